// Locals whose addresses get out: into a global, a structure, a list on the stack, a return value, an array of pointers, a closure.
#include "checksum.h"

struct frame {
  struct frame *caller;
  int depth;
  int result;
};

static struct frame *innermost;
static int *slots[6];

// Each recursion links its own frame; the deepest one writes into all of them.
static __attribute__((noinline)) int descend(int depth, int limit) {
  struct frame here = {innermost, depth, 1};
  innermost = &here;
  if (depth < limit) {
    int below = descend(depth + 1, limit);
    here.result += below;
  } else {
    for (struct frame *f = innermost; f; f = f->caller) f->result += 10 * f->depth;
  }
  innermost = here.caller;
  return here.result + here.depth;
}

static __attribute__((noinline)) int *larger(int *a, int *b) { return *a >= *b ? a : b; }

static __attribute__((noinline)) int balance(int a, int b, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    *larger(&a, &b) -= 3;
    *larger(&b, &a) += 1;
  }
  return a * 1000 + b;
}

static __attribute__((noinline)) void publish(int index, int *address) { slots[index] = address; }

static __attribute__((noinline)) void bump_slots(int by) {
  for (int i = 0; i < 6; ++i)
    if (slots[i]) *slots[i] += by * (i + 1);
}

static __attribute__((noinline)) int some_published(unsigned mask) {
  int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
  if (mask & 1) publish(0, &a);
  if (mask & 2) publish(1, &b);
  if (mask & 4) publish(2, &c);
  if (mask & 8) publish(3, &d);
  if (mask & 16) publish(4, &e);
  if (mask & 32) publish(5, &f);
  a += 10, f += 10;
  bump_slots(100);
  int sum = a + 3 * b + 5 * c + 7 * d + 11 * e + 13 * f;
  for (int i = 0; i < 6; ++i) slots[i] = 0;
  a = b = c = 0;
  bump_slots(1);
  return sum + a + b + c + d + e + f;
}

struct closure {
  void (*run)(struct closure *self, int argument);
  int *captured;
  int calls;
};

static void add_to_captured(struct closure *self, int argument) {
  *self->captured += argument;
  ++self->calls;
}

static void replace_itself(struct closure *self, int argument) {
  *self->captured ^= argument;
  self->run = add_to_captured;
}

void for_each(int count, struct closure *action) {
  for (int i = 0; i < count; ++i) action->run(action, i);
}

static __attribute__((noinline)) int capture(int count, int variant) {
  int total = 100;
  struct closure action = {variant & 1 ? replace_itself : add_to_captured, &total, 0};
  if (variant & 2) action.captured = &action.calls;  // the closure then changes its own counter
  for_each(count, &action);
  total *= 2;
  for_each(count / 2, &action);
  return total * 100 + action.calls;
}

// A local array whose element addresses are sorted instead of the elements.
static int median_in_place(const int *values, int count) {
  int copy[9] = {0}, *order[9] = {0};
  for (int i = 0; i < count; ++i) copy[i] = values[i], order[i] = &copy[i];
  for (int i = 1; i < count; ++i)
    for (int j = i; j > 0 && *order[j] < *order[j - 1]; --j) {
      int *kept = order[j];
      order[j] = order[j - 1];
      order[j - 1] = kept;
    }
  *order[count / 2] += 1000;
  int sum = 0;
  for (int i = 0; i < count; ++i) sum = sum * 3 + copy[i] % 1009;
  return sum;
}

int main(void) {
  for (int limit = 0; limit < 9; ++limit) mix((uint64_t)descend(0, opaque_int(limit)));
  mix(innermost == 0);
  for (int a = 0; a < 10; a += 3)
    for (int b = 0; b < 10; b += 2) mix((uint64_t)balance(opaque_int(a), opaque_int(b), a + b));
  for (unsigned mask = 0; mask < 64; ++mask) mix((uint64_t)some_published((unsigned)opaque(mask)));
  for (int count = 0; count < 8; ++count)
    for (int variant = 0; variant < 4; ++variant) mix((uint64_t)capture(opaque_int(count), opaque_int(variant)));
  int values[9];
  for (int i = 0; i < 9; ++i) values[i] = opaque_int(i * i * 5 % 23);
  for (int count = 1; count <= 9; ++count) mix((uint64_t)median_in_place(values, opaque_int(count)));
  return report();
}
