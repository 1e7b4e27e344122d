// Integer square and cube roots in several ways (digit by digit, Newton, bisection, by a double with correction),
// with hypotenuses, perfect powers and sums of squares found with them.
#include "checksum.h"
#include <math.h>

static uint32_t root_by_bits(uint64_t n) {
  uint64_t root = 0, bit = (uint64_t)1 << 62;
  while (bit > n) bit >>= 2;
  for (; bit; bit >>= 2) {
    if (n >= root + bit) n -= root + bit, root = (root >> 1) + bit;
    else root >>= 1;
  }
  return (uint32_t)root;
}
static uint32_t root_newton(uint64_t n) {
  if (n < 2) return (uint32_t)n;
  uint64_t x = (uint64_t)1 << ((65 - __builtin_clzll(n)) / 2);
  for (;;) {
    uint64_t next = (x + n / x) / 2;
    if (next >= x) return (uint32_t)x;
    x = next;
  }
}
static __attribute__((noinline)) uint32_t root_bisect(uint64_t n) {
  uint64_t low = 0, high = UINT32_MAX;
  while (low < high) {
    uint64_t middle = (low + high + 1) / 2;
    if (middle * middle <= n) low = middle;
    else high = middle - 1;
  }
  return (uint32_t)low;
}
uint32_t root_by_double(uint64_t n) {
  uint64_t x = (uint64_t)sqrt((double)n);
  while (x > UINT32_MAX || x * x > n) --x;
  while (x < UINT32_MAX && (x + 1) * (x + 1) <= n) ++x;
  return (uint32_t)x;
}
static uint16_t root_fixed(uint16_t n) {  // eight bits after the point
  uint32_t rest = 0, root = 0, value = (uint32_t)n << 16;
  for (int i = 0; i < 16; ++i) {
    rest = rest << 2 | value >> 30;
    value <<= 2;
    root <<= 1;
    if (rest > 2 * root) rest -= 2 * root + 1, ++root;
  }
  return (uint16_t)root;
}

static uint32_t cube_root(uint64_t n) {
  uint64_t root = 0;
  for (int shift = 63; shift >= 0; shift -= 3) {
    root *= 2;
    uint64_t step = 3 * root * (root + 1) + 1;
    if (n >> shift >= step) n -= step << shift, ++root;
  }
  return (uint32_t)root;
}
/// The largest root of any degree, with products that may overflow.
static __attribute__((noinline)) uint32_t any_root(uint64_t n, unsigned degree) {
  uint64_t root = 0;
  for (int bit = (int)(63 / degree); bit >= 0; --bit) {
    uint64_t trial = root | (uint64_t)1 << bit, product = 1;
    unsigned i = 0;
    for (; i < degree; ++i)
      if (__builtin_mul_overflow(product, trial, &product)) break;
    if (i == degree && product <= n) root = trial;
  }
  return (uint32_t)root;
}

static int perfect_power(uint64_t n, uint32_t *base) {
  for (unsigned degree = 63; degree > 1; --degree) {
    if (n >> degree == 0) continue;
    uint64_t root = any_root(n, degree), product = 1;
    for (unsigned i = 0; i < degree; ++i) product *= root;
    if (product == n) return *base = (uint32_t)root, (int)degree;
  }
  *base = 0;
  return 1;
}

static int square_filter(uint64_t n) {  // few numbers need the root at all
  static const uint64_t squares_mod_64 = 0x0202021202030213;
  if (!(squares_mod_64 >> (n & 63) & 1)) return 0;
  uint32_t by_63 = (uint32_t)(n % 63), by_65 = (uint32_t)(n % 65);
  if (by_63 % 3 == 2 || by_65 % 5 == 2 || by_65 % 5 == 3) return 1;
  uint64_t root = root_newton(n);
  return root * root == n ? 3 : 2;
}

static uint32_t hypotenuse(int32_t x, int32_t y) {
  return root_by_bits((uint64_t)((int64_t)x * x) + (uint64_t)((int64_t)y * y));
}

static unsigned sums_of_squares(uint32_t n, unsigned count) {  // how many ways, in falling order, with `count` squares
  if (count == 0) return n == 0;
  unsigned ways = 0;
  for (uint32_t largest = root_by_bits(n); largest * largest * count >= n; --largest) {
    if (count == 1) return largest * largest == n;
    ways = ways * 3 + sums_of_squares(n - largest * largest, count - 1);
    if (largest == 0) break;
  }
  return ways;
}

int main(void) {
  for (int i = 0; i < 64; ++i)
    for (int64_t off = -2; off <= 2; ++off) {
      uint64_t power = opaque((uint64_t)1 << i), n = power + (uint64_t)off, m = (power >> 3) * 7 + (uint64_t)(i * off);
      mix(root_by_bits(n) | (uint64_t)root_newton(n) << 32), mix(root_bisect(m) | (uint64_t)root_by_double(n) << 32);
      uint64_t square = (uint64_t)root_newton(m) * root_newton(m);
      mix(root_by_double(square) - (uint64_t)root_by_bits(square - 1)),
          mix(cube_root(n) | (uint64_t)cube_root(m) << 32);
      mix((uint64_t)square_filter(n) + 4u * (unsigned)square_filter(square));
      if (off == 1) for (unsigned degree = 2; degree < 12; degree += 3) mix(any_root(m, degree));
    }
  for (uint64_t n = 2; n < 4000; n += 1 + n / 40) {
    uint32_t base;
    mix(perfect_power(opaque(n * n * n), &base)), mix(base);
    mix(root_fixed((uint16_t)(n * 17))),
        mix(hypotenuse((int32_t)n * 31, -(int32_t)(n * n) / 5));
  }
  for (uint32_t n = 0; n < 120; n += 7) mix(sums_of_squares((uint32_t)opaque(n), 2) + 10000u * sums_of_squares(n, 4));
  mix(hypotenuse(opaque_int(INT32_MIN), INT32_MIN)), mix(root_by_double(UINT64_MAX)), mix(cube_root(UINT64_MAX));
  return report();
}
