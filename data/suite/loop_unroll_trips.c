// Loops with every small trip count, known and unknown to the compiler, whose last rounds a wrong
// remainder loop would lose: reductions, carries, nested triangles, early ends.
#include "checksum.h"

static uint32_t data[64];

// Known counts: candidates for full unrolling, with a value that only the last round defines.
#define FIXED(count)                                              \
  static uint32_t fixed_##count(const uint32_t *v, uint32_t *last) { \
    uint32_t a = 1;                                               \
    for (int i = 0; i < count; ++i) {                             \
      a = (a << 3 | a >> 29) ^ v[i * 64 / count];                 \
      *last = v[63 - i] + a;                                      \
    }                                                             \
    return a;                                                     \
  }
FIXED(1) FIXED(2) FIXED(3) FIXED(7) FIXED(8) FIXED(13) FIXED(64)

// An order-dependent reduction: a lost, doubled or exchanged round shows.
static __attribute__((noinline)) uint32_t ordered(const uint32_t *v, unsigned n) {
  uint32_t sum = n;
  for (unsigned i = 0; i < n; ++i) sum = sum * 0x01000193u ^ v[i];
  return sum;
}

// The count is a multiple of four, which a mask says; then a multiple of three, which a product says.
static uint32_t multiples(const uint32_t *v, unsigned n) {
  uint32_t sum = 0;
  for (unsigned i = 0; i < (n & ~3u); ++i) sum += v[i] * i;
  for (unsigned i = 0; i != n / 4 * 3; ++i) sum ^= v[i] + sum % 5;
  return sum;
}

// Adds long numbers; the carry crosses rounds, and the loop ends when the shorter one does.
unsigned add_limbs(uint32_t *to, const uint32_t *a, unsigned na, const uint32_t *b, unsigned nb) {
  unsigned carry = 0, i = 0;
  for (; i < na && i < nb; ++i) {
    uint64_t sum = (uint64_t)a[i] + b[i] + carry;
    to[i] = (uint32_t)sum;
    carry = (unsigned)(sum >> 32);
  }
  for (; i < na; ++i) {
    to[i] = a[i] + carry;
    carry = to[i] < carry;
  }
  to[i] = carry;
  return i + carry;
}

// Unroll and jam: the inner loop's length hangs on the outer index or is the same for all.
static uint64_t triangles(unsigned n, unsigned m) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < n; ++i) {
    uint64_t row = 0;
    for (unsigned k = 0; k <= i; ++k) row = row * 3 + data[k];
    sum = sum * 5 + row;
  }
  for (unsigned i = 0; i < n; ++i) {
    uint32_t row = 0;
    for (unsigned k = 0; k < m; ++k) row += data[(i + k) & 63] >> (k & 7);
    data[i] ^= row;
  }
  return sum;
}

// A second exit in an unrolled body.
static int first_above(const uint32_t *v, int n, uint32_t bound) {
  int i;
  for (i = 0; i < n; ++i)
    if (v[i] >> 4 > bound) break;
  return i;
}

// Floating sums may not be split in several.
static double alternating(const uint32_t *v, int n) {
  double sum = 1e9;
  for (int i = 0; i < n; ++i) sum += (i & 1 ? -1.0 : 1.0) * v[i] / (i + 3);
  return sum;
}

int main(void) {
  static uint32_t (*const fixed[])(const uint32_t *, uint32_t *) = {fixed_1, fixed_2, fixed_3, fixed_7, fixed_8, fixed_13, fixed_64};
  for (unsigned i = 0; i < 64; ++i) data[i] = (uint32_t)opaque(i * 0x9e3779b9u);
  for (unsigned i = 0; i < 7; ++i) {
    uint32_t last = 0;
    mix(fixed[i](data, &last));
    mix(last);
    mix(fixed_8(data + 0, &last) + fixed_3(data, &last) + last);
  }
  for (unsigned n = 0; n <= 40; ++n) {
    unsigned count = (unsigned)opaque(n);
    uint32_t to[64], ones[40];
    mix(ordered(data, count));
    mix(multiples(data, count));
    memset(ones, 0xff, sizeof ones);
    mix(add_limbs(to, n % 3 ? data : ones, count, n % 5 ? data + 7 : ones, n * 7 % 41));
    for (unsigned i = 0; i <= n; i += 3) mix(to[i]);
    mix(add_limbs(to, ones, count, data, n / 9));
    mix(to[count]);
    if (n < 20) mix(triangles(count, n * 3 % 11));
    for (uint32_t bound = 0x1000000; bound <= 0x10000000; bound += 0x5000000) mix((uint64_t)first_above(data + n / 2, (int)count, bound));
    mix_double(alternating(data, (int)count));
  }
  return report();
}
