// Functions defined by deep double recursion: Ackermann's, Takeuchi's, Hofstadter's, the ladder of
// hyperoperations, and nested calls in argument position, with a count of the calls.
#include "checksum.h"

static unsigned calls;

static __attribute__((noinline)) unsigned ackermann(unsigned m, unsigned n) {
  ++calls;
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

// The same, iterated in one of its arguments by a loop, with the other on an explicit stack.
static unsigned ackermann_stack(unsigned m, unsigned n) {
  unsigned stack[300], depth = 0;
  stack[depth++] = m;
  while (depth) {
    m = stack[--depth];
    if (m == 0) {
      ++n;
    } else if (n == 0) {
      n = 1;
      stack[depth++] = m - 1;
    } else {
      --n;
      stack[depth++] = m - 1;
      stack[depth++] = m;
    }
  }
  return n;
}

// Three recursive calls are the arguments of a fourth; the arguments rotate.
static int takeuchi(int x, int y, int z) {
  ++calls;
  if (y >= x) return z;
  return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

// Female and male sequences call each other, and themselves in the argument.
static int male(int n);
static int female(int n) { return n == 0 ? 1 : n - male(female(n - 1)); }
static int male(int n) { return n == 0 ? 0 : n - female(male(n - 1)); }

// Addition, product, power, tower: each level iterates the one below; modulo 2^32.
uint32_t hyper(unsigned level, uint32_t a, uint32_t b) {
  ++calls;
  switch (level) {
    case 0: return b + 1;
    case 1: return b ? hyper(0, a, hyper(1, a, b - 1)) : a;
    case 2: return b ? hyper(1, hyper(2, a, b - 1), a) : 0;
    default: return b ? hyper(level - 1, a, hyper(level, a, b - 1)) : 1;
  }
}

// McCarthy's function: the outer call is in tail position, the inner is not.
static int ninety_one(int n, int *depth) {
  ++*depth;
  if (n > 100) return n - 10;
  return ninety_one(ninety_one(n + 11, depth), depth);
}

// Binomials by Pascal's rule, and partitions with a largest part: two calls, one with both arguments down.
static uint64_t binomial(int n, int k) { return k == 0 || k == n ? 1 : binomial(n - 1, k - 1) + binomial(n - 1, k); }

static int partitions(int n, int largest) {
  if (n == 0) return 1;
  if (n < 0 || largest == 0) return 0;
  return partitions(n, largest - 1) + partitions(n - largest, largest);
}

// Paths on a board with holes, in which the square itself is marked while the recursion is below it.
static unsigned paths(uint16_t *marked, int x, int y, int steps) {
  unsigned sum = 0;
  if (x < 0 || y < 0 || x > 3 || y > 3 || *marked >> (y * 4 + x) & 1) return 0;
  if (steps == 0) return 1;
  *marked |= (uint16_t)(1u << (y * 4 + x));
  sum += paths(marked, x + 1, y, steps - 1);
  sum += 3 * paths(marked, x, y + 1, steps - 1);
  sum += paths(marked, x - 1, y, steps - 1) << 1;
  sum ^= paths(marked, x, y - 1, steps - 1);
  *marked &= (uint16_t)~(1u << (y * 4 + x));
  return sum;
}

int main(void) {
  for (unsigned m = 0; m < 3; ++m)
    for (unsigned n = 0; n < 8; ++n) {
      mix(ackermann((unsigned)opaque(m), n));
      mix(ackermann_stack((unsigned)opaque(m), n));
    }
  mix(ackermann((unsigned)opaque(3), 2));
  mix(ackermann_stack((unsigned)opaque(3), 3));
  mix((uint64_t)takeuchi(opaque_int(7), 4, 0));
  mix((uint64_t)takeuchi(opaque_int(5), 2, -1));
  mix(calls);
  for (int n = 0; n < 18; ++n) mix((uint64_t)(female(opaque_int(n)) * 100 + male(n)));
  for (unsigned level = 0; level < 4; ++level)
    for (uint32_t b = 0; b < 4; ++b) mix(hyper((unsigned)opaque(level), 3, b));
  mix(hyper((unsigned)opaque(4), 2, 3));
  mix(calls);
  for (int n = 60; n < 110; n += 7) {
    int depth = 0;
    mix((uint64_t)ninety_one(opaque_int(n), &depth));
    mix((uint64_t)depth);
  }
  for (int k = 0; k <= 11; ++k) mix(binomial(11, opaque_int(k)));
  for (int n = 0; n < 20; n += 3) mix((uint64_t)partitions(opaque_int(n), n / 2 + 2));
  for (uint16_t holes = 1; holes < 0x8000; holes = (uint16_t)(holes * 5 + 2)) {
    uint16_t marked = (uint16_t)opaque(holes & 0x7ffe);
    mix(paths(&marked, 0, 0, 6));
    mix(marked);
  }
  return report();
}
