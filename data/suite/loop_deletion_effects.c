// Loops that look useless: some are, with a result to be computed in closed form; the others write
// to volatile, to memory that escapes, or call something.
#include "checksum.h"

static volatile uint32_t port;
static unsigned calls;
static uint32_t trace[16];

static __attribute__((noinline)) int tick(int x) {
  trace[++calls & 15] += (uint32_t)x;
  return x & 1;
}

// Only the last value counts; it has a closed form, also when the loop does not run.
static unsigned last_value(unsigned from, unsigned to, unsigned step) {
  unsigned i = from;
  while (i < to) i += step;
  return i;
}

static uint64_t sum_to(uint32_t n) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i <= n; ++i) sum += i;
  return sum;
}

static uint32_t power(uint32_t base, unsigned n) {
  uint32_t product = 1;
  for (unsigned i = 0; i < n; ++i) product *= base;
  return product;
}

// Halves until nothing is left: the result is always the same, but the trip count is a result too.
static int halvings(uint64_t x, uint64_t *rest) {
  int n = 0;
  for (; x > 1; x /= 2) ++n;
  *rest = x;
  return n;
}

// Dead but for the volatile accesses, of which there must be exactly this many.
static __attribute__((noinline)) void pulses(unsigned n) {
  for (unsigned i = 0; i < n; ++i) port = port + 1;
}

// The call's result is dropped, the call is not.
static void call_only(int from, int to) {
  for (int i = from; i < to; ++i) (void)tick(i);
}

// Only the exit test has an effect.
static void test_only(int from) {
  for (int i = from; tick(i * 3) == 0 || i < 3; ++i)
    ;
}

// The stores go to a local array; the loop is dead only when the array is not read.
int local_array(int n, int read) {
  int room[16];
  for (int i = 0; i < 16; ++i) room[i] = i * n;
  if (!read) return n;
  return room[n & 15] + room[15];
}

// The first loop's stores are all overwritten by the second when they cover the same cells.
static void overwritten(uint8_t *to, unsigned n, unsigned m) {
  for (unsigned i = 0; i < n; ++i) to[i] = (uint8_t)(i + 1);
  for (unsigned i = 0; i < m; ++i) to[i] = (uint8_t)(200 - i);
}

// Inner loops without effect within one that has.
static unsigned hollow(unsigned n) {
  unsigned hash = n, spin = 0;
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned k = 0; k < i; ++k) spin ^= k;
    for (unsigned k = i; k > 3; k /= 3) hash += k;
    if (hash & 8) spin = 0;
  }
  (void)spin;
  return hash;
}

// Counts how often a value is stored back unchanged: the store is dead, the count is not.
static unsigned idempotent(uint32_t *v, unsigned n) {
  unsigned same = 0;
  for (unsigned i = 0; i < n; ++i) {
    uint32_t x = v[i] & 0xff;
    same += v[i] == x;
    v[i] = v[i] > 255 ? v[i] : x;
  }
  return same;
}

int main(void) {
  for (unsigned n = 0; n < 40; ++n) {
    uint64_t rest;
    mix(last_value((unsigned)opaque(n), 37, 1 + n % 5));
    mix(last_value(3, (unsigned)opaque(n), 1));
    mix(sum_to((uint32_t)opaque(n * 3)));
    mix(power((uint32_t)opaque(n + 2), n % 13));
    mix((uint64_t)halvings(opaque(n ? 1ull << n : 0) + n / 2, &rest));
    mix(rest);
    pulses((unsigned)opaque(n % 9));
    mix(port);
    call_only((int)n, opaque_int(20));
    test_only(opaque_int((int)n % 8));
    mix(calls);
    mix((uint64_t)local_array((int)n, (int)opaque(n % 3)));
    uint8_t cells[24] = {0};
    overwritten(cells, n % 25, (unsigned)opaque(n * 5 % 24));
    for (unsigned i = 0; i < 24; i += 1 + n % 4) mix(cells[i]);
    mix(hollow(n));
    mix(idempotent(trace, n % 17));
  }
  for (unsigned i = 0; i < 16; ++i) mix(trace[i]);
  return report();
}
