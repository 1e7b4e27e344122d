// Induction variables of the second and third degree, products and sums of them, geometric ones, and
// narrow ones that wrap: what scalar evolution folds and strength reduction rewrites.
#include "checksum.h"

// Differences of a cubic: three additions a round, beside the formula itself.
static __attribute__((noinline)) uint32_t cubic(uint32_t n) {
  uint32_t value = 7, first = 1, second = 6, wrong = 0;
  for (uint32_t i = 0; i < n; ++i) {
    if (value != 7 + (i + i / 40) * i * i) ++wrong;
    value += first;
    first += second;
    second += 6;
  }
  return value * 16 + wrong;
}

static uint64_t triangular_sums(uint32_t n) {
  uint64_t sum = 0, row = 0;
  for (uint32_t i = 1; i <= n; ++i) {
    row += i;
    sum += row;
  }
  return sum;
}

// i * i wraps at 16 bits, the sum at 8.
static unsigned narrow_squares(unsigned from, unsigned to) {
  uint8_t sum = 0;
  uint16_t last = 0;
  for (uint16_t i = (uint16_t)from; i != (uint16_t)to; ++i) {
    last = (uint16_t)((unsigned)i * i);
    sum = (uint8_t)(sum + (last >> 5));
  }
  return last * 256u + sum;
}

// Several uses of one counter with different scales, offsets and widths.
uint64_t many_uses(const uint8_t *bytes, const uint64_t *longs, int n, int base) {
  uint64_t hash = 0;
  for (int i = 0; i < n; ++i) {
    hash += bytes[i] * (uint64_t)(i * 12 + base);
    hash ^= longs[n - 1 - i] << (i & 31);
    hash += (uint64_t)(int64_t)(base - i * 3) * bytes[(unsigned)(i * 5) % 24u];
  }
  return hash;
}

// A geometric row with a remainder; both the power and its inverse run along.
static uint64_t geometric(uint64_t ratio, int n) {
  uint64_t power = 1, inverse = UINT64_MAX, sum = 0;
  for (int i = 0; i < n; ++i) {
    sum += power ^ inverse;
    power *= ratio;
    inverse /= ratio;
    if (!inverse) inverse = power | 1;
  }
  return sum;
}

// A counter that goes up in an outer and down in an inner loop, and is never reset.
static int zigzag(int n, int m) {
  int height = 0, area = 0, peak = 0;
  for (int i = 0; i < n; ++i) {
    height += m;
    if (height > peak) peak = height;
    for (int k = i; k < m; k += 2) area += --height;
  }
  return peak * 10000 + area + height;
}

// Wrapping counter in a modulus, kept by comparison instead of division.
static unsigned modulus_counter(unsigned step, unsigned modulus, unsigned n) {
  unsigned at = 0, hash = 1, turns = 0;
  for (unsigned i = 0; i < n; ++i) {
    hash = hash * 29 + at + (i * step % modulus == at);
    at += step;
    while (at >= modulus) {
      at -= modulus;
      ++turns;
    }
  }
  return hash ^ turns << 16;
}

// The trip count comes from a division that rounds up or down, with the counter's end value used.
static uint32_t ends(uint32_t from, uint32_t to, uint32_t step) {
  uint32_t i, trips = 0;
  for (i = from; i <= to && to - i > step; i += step) ++trips;
  return i * 64 + trips;
}

int main(void) {
  uint8_t bytes[24];
  uint64_t longs[24];
  for (unsigned i = 0; i < 24; ++i) bytes[i] = (uint8_t)opaque(i * 91), longs[i] = opaque(i * 0x9e3779b97f4a7c15u);
  for (uint32_t n = 0; n < 48; ++n) {
    mix(cubic((uint32_t)opaque(n)));
    mix(triangular_sums((uint32_t)opaque(n * 5)));
    mix(narrow_squares((unsigned)opaque(65500 + n * 3), n * 2));
    mix(many_uses(bytes, longs, (int)(n % 25), opaque_int((int)n - 30)));
    mix(geometric(opaque(n + 2), (int)n));
    mix((uint64_t)zigzag((int)n / 4, opaque_int((int)n % 13)));
    mix(modulus_counter((unsigned)opaque(n * 3), 1 + n % 17, n));
    mix(ends((uint32_t)opaque(n), 97, 1 + n % 6));
    mix(ends((uint32_t)opaque(0xfffffff0u), 0xffffffffu, 1 + n));
  }
  return report();
}
