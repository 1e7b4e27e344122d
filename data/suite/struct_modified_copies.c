// Copies that must stay copies: a by-value structure changed in the callee, a result assigned to its own argument, structures swapped
// and passed while a pointer or a global still leads to the original.
#include "checksum.h"

struct state {
  int cells[10];
  int cursor;
  unsigned steps;
};

static struct state global_state;

static __attribute__((noinline)) unsigned fingerprint(const struct state *s) {
  unsigned sum = (unsigned)s->cursor + s->steps * 7;
  for (int i = 0; i < 10; ++i) sum = sum * 31 + (unsigned)s->cells[i];
  return sum;
}

static __attribute__((noinline)) int consume(struct state s, int rounds) {
  while (rounds-- > 0) {
    s.cells[s.cursor] ^= rounds;
    s.cursor = (s.cursor + 3) % 10;
    ++s.steps;
  }
  return (int)(fingerprint(&s) & 0xfffff);
}

// The copy is taken before the original changes.
static __attribute__((noinline)) int compare_with_original(struct state copy, struct state *original) {
  original->cells[0] += 5;
  original->cursor = 9;
  copy.cells[1] = original->cells[0];
  return copy.cells[0] * 1000 + copy.cursor * 100 + original->cells[1] % 50 + copy.cells[1];
}

static __attribute__((noinline)) int reads_global(struct state copy) {
  int sum = 0;
  for (int i = 0; i < 10; ++i) {
    global_state.cells[i] += i;
    sum = sum * 2 + (copy.cells[i] - global_state.cells[i]);
  }
  return sum;
}

static __attribute__((noinline)) struct state advance(struct state s, int by) {
  struct state next = s;
  for (int i = 0; i < 10; ++i) next.cells[(i + by) % 10] = s.cells[i];
  next.steps = s.steps + 1;
  return next;
}

// Reads its argument after it has begun to write the result, which may be at the same place.
static __attribute__((noinline)) struct state reversed(const struct state *s) {
  struct state r;
  r.cursor = 9 - s->cursor;
  r.steps = s->steps;
  for (int i = 0; i < 10; ++i) r.cells[i] = s->cells[9 - i];
  return r;
}

static inline void exchange(struct state *a, struct state *b) {
  struct state kept = *a;
  *a = *b;
  *b = kept;
}

static unsigned undo_stack(int depth, struct state s, int *changes) {
  unsigned result = fingerprint(&s);
  if (depth == 0) return result;
  struct state saved = s;
  s.cells[depth % 10] = *changes;
  ++*changes;
  result += undo_stack(depth - 1, s, changes);
  s = saved;
  s.cursor = depth % 10;
  result ^= undo_stack(depth - 1, s, changes);
  return result + (unsigned)s.cells[depth % 10];
}

int by_value_twice(struct state a, struct state b) {
  a.cells[3] = 77;
  b.cells[3] += 1;
  return a.cells[3] * 100 + b.cells[3] % 100 + (a.cursor == b.cursor);
}

int main(void) {
  struct state s = {.cursor = opaque_int(2)};
  for (int i = 0; i < 10; ++i) s.cells[i] = opaque_int(i * i - 20);
  global_state = s;
  for (int rounds = 0; rounds < 20; rounds += 3) {
    mix((uint64_t)consume(s, opaque_int(rounds)));
    mix(fingerprint(&s));
    mix((uint64_t)compare_with_original(s, &s));
    mix((uint64_t)reads_global(global_state));
    mix((uint64_t)by_value_twice(s, s));
    s = advance(s, opaque_int(rounds));
    mix(fingerprint(&s));
    s = reversed(&s);
    mix(fingerprint(&s));
    s.cursor = rounds % 10;
    global_state = advance(reversed(&global_state), 1);
    if (rounds & 1) exchange(&s, &global_state);
    exchange(&s, &s);
    int changes = 5;
    mix(undo_stack(opaque_int(rounds % 7), s, &changes));
    mix((uint64_t)changes);
  }
  struct state history[4] = {s, global_state, s, s};
  for (int i = 0; i < 9; ++i) {
    history[i % 4] = advance(history[(i + opaque_int(i)) % 4], i);
    history[(i + 1) % 4].cells[i] -= history[i % 4].cells[i];
  }
  for (int i = 0; i < 4; ++i) mix(fingerprint(&history[i]));
  return report();
}
