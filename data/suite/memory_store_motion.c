// Stores that may be moved out of loops, over calls, or into branches only if nobody sees the difference: a callee that reads the
// global, a loop that runs no time, an early exit, a jump out of the loop, a conditional store.
#include <setjmp.h>

#include "checksum.h"

static int total, best, index_of_best, last, limit_hits;
static int snapshots[200], snapshot_count;
static jmp_buf out;

static __attribute__((noinline)) void snapshot(void) {
  if (snapshot_count < 200) snapshots[snapshot_count++] = total * 10 + best;
}

static __attribute__((noinline)) int may_leave(int x) {
  if (x > 88) longjmp(out, 1);
  return x / 2;
}

// `total` may live in a register, except around the snapshots.
static __attribute__((noinline)) void sum_with_snapshots(const int *v, int n, int every) {
  for (int i = 0; i < n; ++i) {
    total += v[i];
    if (every && i % every == every - 1) snapshot();
  }
}

// No store at all if the loop does not run or finds nothing.
static __attribute__((noinline)) void find_best(const int *v, int n, int above) {
  for (int i = 0; i < n; ++i) {
    if (v[i] > above) {
      best = v[i];
      index_of_best = i;
      above = v[i];
    }
    if (v[i] == 0) return;
  }
}

// The store must be done before the callee leaves the loop by a jump.
static __attribute__((noinline)) int sum_until_jump(const int *v, int n) {
  total = 0;
  last = -1;
  if (setjmp(out)) return -total;
  for (int i = 0; i < n; ++i) {
    total += v[i];
    last = i;
    total += may_leave(v[i]);
  }
  return total;
}

// The same store in both branches, with the same or another value, before or after a load of the place.
static __attribute__((noinline)) int both_branches(int x, int *cell) {
  int seen;
  if (x % 2) {
    seen = *cell;
    *cell = x;
  } else {
    *cell = x;
    seen = *cell;
  }
  if (x % 3 == 0) {
    *cell += 5;
    ++limit_hits;
  } else if (x % 3 == 1) {
    *cell += 5;
    snapshot();
  } else {
    *cell += 6;
  }
  return seen * 100 + *cell;
}

// The constant object must not be written, even with its own value, when the condition is false.
static const int fixed[2] = {5, 6};
static __attribute__((noinline)) int store_if(int *cell, int condition, int value) {
  if (condition) *cell = value;
  return *cell;
}

static __attribute__((noinline)) int clamp_into(int *cell, int n) {
  int rounds = 0;
  for (*cell = n; *cell > 10; *cell -= 7) {
    ++rounds;
    last = *cell;
    if (rounds == 5) break;
  }
  last += 1;
  return rounds;
}

// The loaded value may be kept over the loop only if the store in it goes elsewhere.
static int scaled(int *values, int n, const int *factor, int *count) {
  *count = 0;
  for (int i = 0; i < n; ++i) {
    values[i] *= *factor;
    ++*count;
  }
  return *count + *factor;
}

int main(void) {
  int v[30];
  for (int i = 0; i < 30; ++i) v[i] = opaque_int((i * 37 + 7) % 97 * (i != 11));
  for (int n = 0; n <= 30; n = n < 4 ? n + 1 : n * 2 - 2) {
    sum_with_snapshots(v, opaque_int(n), opaque_int(n % 5));
    find_best(v, opaque_int(n), opaque_int(50 + n));
    mix((uint64_t)total), mix((uint64_t)best), mix((uint64_t)index_of_best);
    mix((uint64_t)sum_until_jump(v + n % 3, opaque_int(n - n % 3)));
    mix((uint64_t)last);
    int own = n;
    for (int x = 0; x < 7; ++x) {
      mix((uint64_t)both_branches(opaque_int(x), x & 1 ? &own : &best));
      mix((uint64_t)store_if((int *)&fixed[opaque_int(x) & 1], opaque_int(0), x));
      mix((uint64_t)store_if(opaque_int(x) & 1 ? &total : &last, opaque_int(x) & 2, x));
      mix((uint64_t)clamp_into(x & 1 ? &last : &own, opaque_int(x * n)));
      mix((uint64_t)last);
    }
    int cells[6] = {1, 2, 3, 4, 5, 6};
    mix((uint64_t)scaled(cells, 5, &cells[opaque_int(n) % 6], &cells[5]));
    mix((uint64_t)scaled(cells, opaque_int(4), &cells[5], &own));
    for (int i = 0; i < 6; ++i) mix((uint64_t)cells[i]), total %= 1000;
  }
  for (int i = 0; i < snapshot_count; ++i) mix((uint64_t)snapshots[i]);
  return report();
}
