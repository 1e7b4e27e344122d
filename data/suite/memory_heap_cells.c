// Heap blocks that could live on the stack or vanish: allocated and freed in one function, in loops, conditionally, escaping on one
// way only, grown by realloc, zeroed by calloc, compared with null, freed in a callee.
#include <stdlib.h>

#include "checksum.h"

static int *escaped[8];
static int escaped_count, allocations;

static void *checked(void *block) {
  if (!block) exit(4);
  ++allocations;
  return block;
}

static __attribute__((noinline)) int short_lived(int a, int b) {
  int *pair = checked(malloc(2 * sizeof *pair));
  pair[0] = a, pair[1] = b;
  int *bigger = &pair[pair[0] < pair[1]];
  *bigger -= 1;
  int result = pair[0] * 100 + pair[1];
  free(pair);
  return result;
}

// A new block in each round: what an earlier round stored must not be seen in this one.
static __attribute__((noinline)) int fresh_each_round(int rounds) {
  int sum = 0;
  int *previous = 0;
  for (int i = 0; i < rounds; ++i) {
    int *cells = checked(calloc(4, sizeof *cells));
    sum += cells[i & 3];  // 0
    cells[i & 3] = i;
    cells[(i + 1) & 3] += 10;
    sum = sum * 2 + cells[0] + cells[1] * 3;
    if (previous) {
      sum += previous[2];  // two blocks live at a time
      free(previous);
    }
    previous = cells;
    sum %= 100003;
  }
  free(previous);
  return sum;
}

static __attribute__((noinline)) int maybe_escapes(int x) {
  int *cell = checked(malloc(sizeof *cell));
  *cell = x * x;
  if (x % 4 == 3 && escaped_count < 8) return escaped[escaped_count++] = cell, -1;
  int value = *cell + 1;
  free(cell);
  return value;
}

static __attribute__((noinline)) void free_it(int *block) {
  free(block);
}

static int freed_by_callee(int x) {
  int *block = checked(malloc(sizeof *block * 3));
  block[0] = x, block[1] = x + 1, block[2] = x + 2;
  int sum = block[0] + block[1] * block[2];
  free_it(block);
  return sum;
}

static __attribute__((noinline)) unsigned grown(int count) {
  unsigned char *bytes = 0;
  size_t room = 0;
  unsigned sum = 0;
  for (int i = 0; i < count; ++i) {
    if ((size_t)i >= room) {
      room = room * 2 + 3;
      bytes = checked(realloc(bytes, room));
      memset(bytes + i, 0xee, room - (size_t)i);
    }
    sum = sum * 3 + bytes[i];
    bytes[i] = (unsigned char)(i * 7);
    sum ^= bytes[i / 2];
  }
  if (room > 40) {  // shrinks: the beginning stays
    bytes = checked(realloc(bytes, 20));
    for (int i = 0; i < 20; ++i) sum = sum * 5 + bytes[i];
  }
  free(bytes);
  return sum;
}

// Stored to, never read: may vanish together with the stores, but not with the effects of the values.
static int effects;
static int effect(int x) { return effects = effects * 3 + x; }
static __attribute__((noinline)) void write_only(int x) {
  int *sink = malloc(4 * sizeof *sink);
  if (sink) {
    sink[0] = effect(x);
    sink[x & 3] = effect(x + 1);
  }
  free(sink);
}

struct pair { struct pair *other; int value; };
static int linked(int x) {
  struct pair *a = checked(malloc(sizeof *a)), *b = checked(calloc(1, sizeof *b));
  *a = (struct pair){b, x};
  if (x & 1) b->other = a;
  a->other->value += 5;
  int result = a->other->other ? a->other->other->value * 2 : b->value - 100;
  result += a == b ? 1000 : 0;
  free(a), free(b);
  return result;
}

int main(void) {
  for (int x = 0; x < 20; ++x) {
    int v = opaque_int(x);
    mix((uint64_t)short_lived(v * 3 % 7, v));
    mix((uint64_t)fresh_each_round(v));
    mix((uint64_t)maybe_escapes(v));
    mix((uint64_t)freed_by_callee(v));
    mix(grown(v * 3));
    write_only(v);
    mix((uint64_t)(linked(v) + effects % 1000));
    effects %= 1000;
  }
  for (int i = 0; i < escaped_count; ++i) mix((uint64_t)*escaped[i]), free(escaped[i]);
  mix((uint64_t)allocations);
  return report();
}
