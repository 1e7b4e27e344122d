// Branches whose two sides share instructions at their start or end: code that may be hoisted above or
// sunk below the branch, and code that only looks the same (order, volatile, aliasing, calls between).
#include "checksum.h"

static int cells[16];
static volatile int bell;
static uint32_t trace;

static __attribute__((noinline)) int touch(int where, int by) {
  trace = trace * 37 + (uint32_t)(where + by);
  return cells[where & 15] += by;
}

// The last store and the sum are in all arms, behind different work.
static int common_tail(int x, int y) {
  int r;
  if (x < y) {
    r = touch(x, 2);
    cells[y & 15] = r + x, trace += 5;
  } else if (x == y) {
    r = cells[1] - x;
    cells[y & 15] = r + x, trace += 5;
  } else {
    r = touch(y, -1);
    cells[x & 15] = r + x, trace += 5;
  }
  return r ^ trace >> 4;
}

// The first load is in both arms, but one arm stores to the same place before it.
static int common_head(int *p, const int *q, int which) {
  int a, b;
  if (which) {
    *p += 3, a = *q;
    b = *p * 2;
  } else {
    a = *q;
    *p += 3;
    b = *p * 2;
  }
  return a * 1000 + b;
}

// A chain of diamonds with correlated tests: the third branch repeats the first.
int correlated(int x, int *out) {
  int a = 0;
  if (x & 1) a += 3;
  else *out += 1;
  if (x & 2) a *= 5;
  else a -= 7;
  if (x & 1) *out += a;
  else a ^= 9;
  if ((x & 3) == 3) a += 100;
  return a;
}

// The same two volatile accesses in both arms, in another order.
static void volatile_order(int x) {
  if (x > 0) {
    bell = x;
    trace += (uint32_t)bell * 3;
    bell = 1;
  } else {
    bell = 1;
    trace += (uint32_t)bell * 3;
    bell = x;
  }
}

// Equal calls with equal arguments at the ends of both arms; the results go different ways.
static int equal_calls(int x) {
  int kept = 10, used;
  if (x % 3) {
    kept = touch(x, 1), used = touch(4, x);
    return used - kept;
  }
  used = touch(4, x), kept = touch(x, 1);
  return used * 2 - kept;
}

// Three predecessors join in a block which then splits again by what they set.
static __attribute__((noinline)) unsigned rejoin(unsigned x) {
  unsigned kind, size = x >> 2;
  if (x & 1) {
    kind = size > 20 ? 2 : size ? 1 : 0;
    if (kind < 2) size += 4;
  } else {
    kind = 2 + (x & 2);
    size *= 3;
  }
  if (kind == 0) return size;
  if (kind == 1) return size * size;
  cells[kind] ^= (int)size;
  return kind == 4 ? size / 7 : (unsigned)cells[kind] + size % 11;
}

// Stores of constants on the sides, one overwritten behind the join, one read behind it.
static int overwritten(int *p, int *q, int x) {
  if (x & 4) {
    *p = 1, *q = 2;
  } else if (x & 8) {
    *q = 3;
  } else {
    *p = 4;
  }
  int seen = *q;
  *p = x;
  return seen * 10 + *q;
}

int main(void) {
  for (int i = 0; i < 16; ++i) cells[i] = opaque_int(i * 3);
  for (int round = 0; round < 100; ++round) {
    int x = opaque_int(round * 7 % 31 - 8), y = opaque_int(round * 3 % 17 - 4), out = round;
    mix((uint64_t)common_tail(x, y));
    mix((uint64_t)common_tail(y, y));
    mix((uint64_t)common_head(&cells[round & 15], &cells[round / 2 & 15], round & 4));
    mix((uint64_t)correlated(x, &out));
    mix((uint64_t)correlated(x, &cells[3]));
    volatile_order(x);
    mix((uint64_t)(bell + out));
    mix((uint64_t)equal_calls(round));
    mix(rejoin((unsigned)opaque((unsigned)round)));
    mix((uint64_t)overwritten(&cells[round % 5], &cells[round % 3], x));
    mix(trace);
    for (int i = 0; i < 16; ++i) cells[i] %= 10007;
  }
  for (int i = 0; i < 16; ++i) mix((uint64_t)cells[i]);
  return report();
}
