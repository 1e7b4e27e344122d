// longjmp through several frames, with volatile locals that keep their last values, others that were not changed after setjmp,
// jumps in loops, setjmp in conditions and switches, and jumps out of callbacks.
#include <setjmp.h>

#include "checksum.h"

static jmp_buf out;
static int landed, depth_reached;

static __attribute__((noinline)) int sink(int depth, int jump_at, int code) {
  int kept[4] = {depth, depth + 1, depth + 2, depth + 3};
  depth_reached = depth;
  if (depth == jump_at) longjmp(out, code);
  if (depth >= 12) return kept[2];
  int below = sink(depth + 1, jump_at, code);
  landed += 1;
  return below + kept[depth & 3];
}

static __attribute__((noinline)) int plunge(int jump_at, int code) {
  volatile int changed = 1;
  volatile struct { int a, b; } state = {2, 3};
  int constant = jump_at * 10;  // not changed after setjmp: still valid afterwards
  switch (setjmp(out)) {
    case 0:
      changed = 7;
      state.a += jump_at;
      landed = sink(0, jump_at, code);
      changed = 8;
      break;
    case 1:  // also what a code of 0 becomes
      changed += 100;
      break;
    case 2:
      state.b *= 50;
      break;
    default:
      changed = -changed;
  }
  return changed + 3 * state.a + 5 * state.b + constant;
}

// Jumps back a few times before it goes on.
static __attribute__((noinline)) int retry(int failures, const int *costs) {
  volatile int attempts = 0, spent = 0;
  if (setjmp(out)) spent += 1000;
  ++attempts;
  spent += costs[attempts % 5];
  if (attempts <= failures) longjmp(out, attempts);
  return spent * 10 + attempts;
}

static void visit_each(const int *values, int count, void (*visitor)(int)) {
  for (int i = 0; i < count; ++i) visitor(values[i]);
}

static int visited_sum;
static void add_positive(int value) {
  if (value < 0) longjmp(out, 1 - value);
  visited_sum += value;
}
static void stop_at_even(int value) {
  if (!(value & 1)) longjmp(out, value + 1);
  visited_sum = visited_sum * 2 + value;
}

// In each round of a loop anew, with the loop counter in a volatile.
static __attribute__((noinline)) int filtered(const int *values, int count, void (*visitor)(int)) {
  volatile int skipped = 0;
  for (volatile int start = 0; start < count; start = start + 3) {
    visited_sum = start;
    if (setjmp(out) == 0) {
      visit_each(values + start, count - start, visitor);
      skipped += 1;
    } else {
      skipped += visited_sum + 10;
    }
  }
  return skipped;
}

static int compare_forms(int code) {
  volatile int before = 0;
  if (setjmp(out) >= 3) return before + 30;
  if (before++ < 2) longjmp(out, code);
  return before;
}

int main(void) {
  for (int jump_at = -1; jump_at < 14; jump_at += 3)
    for (int code = -1; code < 4; ++code) {
      mix((uint64_t)plunge(opaque_int(jump_at), opaque_int(code)));
      mix((uint64_t)landed);
      mix((uint64_t)depth_reached);
    }
  int values[12];
  for (int i = 0; i < 12; ++i) values[i] = opaque_int(i * 17 % 11 + 1);
  for (int failures = 0; failures < 7; ++failures) mix((uint64_t)retry(opaque_int(failures), values));
  for (int negative = 0; negative < 12; negative += 4) {
    values[negative] = -values[negative];
    mix((uint64_t)filtered(values, opaque_int(12), add_positive));
    mix((uint64_t)filtered(values, opaque_int(negative), stop_at_even));
  }
  for (int code = 0; code < 5; ++code) mix((uint64_t)compare_forms(opaque_int(code)));
  return report();
}
