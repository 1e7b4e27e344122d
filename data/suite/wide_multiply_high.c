// High halves of products, signed and unsigned, from four narrow products and from one wide product; Montgomery
// multiplication, inverses modulo powers of two, and multiplication by reciprocals in place of division.
#include "checksum.h"

typedef unsigned __int128 uwide;

static uint64_t high_by_parts(uint64_t a, uint64_t b) {
  uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32);
  uint64_t other = a0 * b1 + (uint32_t)middle;
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

static uint64_t high_by_wide(uint64_t a, uint64_t b) { return (uint64_t)((uwide)a * b >> 64); }
static int64_t high_signed(int64_t a, int64_t b) { return (int64_t)((__int128)a * b >> 64); }
static int64_t high_signed_corrected(int64_t a, int64_t b) {
  uint64_t high = high_by_parts((uint64_t)a, (uint64_t)b);
  return (int64_t)(high - (a < 0 ? (uint64_t)b : 0) - (b < 0 ? (uint64_t)a : 0));
}
static __attribute__((noinline)) uint32_t high32(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a * b >> 32); }
static int32_t rounded_high16(int16_t a, int16_t b) { return (a * b + 0x4000) >> 15; }

/// The inverse of an odd number modulo 2^64: each step doubles the number of right bits.
uint64_t inverse(uint64_t odd) {
  uint64_t x = odd * 3 ^ 2;
  for (int bits = 5; bits < 64; bits *= 2) x *= 2 - odd * x;
  return x;
}

struct modulus {
  uint64_t n, negative_inverse, square;  // square is 2^128 mod n
};

static struct modulus prepare(uint64_t n) {
  struct modulus m = {n, 0 - inverse(n), 0};
  uint64_t power = -n % n;  // 2^64 mod n
  m.square = (uint64_t)((uwide)power * power % n);
  return m;
}

static __attribute__((noinline)) uint64_t reduce(uwide value, const struct modulus *m) {
  uint64_t q = (uint64_t)value * m->negative_inverse;
  uwide product = (uwide)q * m->n;
  uint64_t carry = (uint64_t)value != 0, low = (uint64_t)(value >> 64), high = (uint64_t)(product >> 64);
  uint64_t sum = low + high, result = sum + carry;
  if (sum < low || result < sum || result >= m->n) result -= m->n;
  return result;
}

static uint64_t power_modulo(uint64_t base, uint64_t exponent, const struct modulus *m) {
  uint64_t x = reduce((uwide)(base % m->n) * m->square, m), result = reduce(m->square, m);
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) result = reduce((uwide)result * x, m);
    x = reduce((uwide)x * x, m);
  }
  return reduce(result, m);
}

static uint64_t power_plain(uint64_t base, uint64_t exponent, uint64_t n) {
  uint64_t result = 1 % n;
  for (base %= n; exponent; exponent >>= 1, base = (uint64_t)((uwide)base * base % n))
    if (exponent & 1) result = (uint64_t)((uwide)result * base % n);
  return result;
}

/// Division of 32-bit numbers by an invariant divisor through a 64-bit reciprocal.
static uint64_t divide_all(const uint32_t *values, int count, uint32_t divisor) {
  uint64_t reciprocal = UINT64_MAX / divisor + 1, result = 0;
  for (int i = 0; i < count; ++i) {
    uint32_t quotient = (uint32_t)((uwide)reciprocal * values[i] >> 64);
    uint32_t rest = (uint32_t)((uwide)(reciprocal * values[i]) * divisor >> 64);
    result = result * 0x9e3779b97f4a7c15u + quotient + ((uint64_t)rest << 32);
    if (quotient != values[i] / divisor || rest != values[i] % divisor) result ^= UINT64_MAX;
  }
  return result;
}

int main(void) {
  static const uint64_t edges[] = {0, 1, 3, 0xffffffff, 0x100000000, 0x100000001, INT64_MAX, 0x8000000000000000,
                                   0x8000000000000001, UINT64_MAX - 2, UINT64_MAX};
  int count = sizeof edges / sizeof edges[0];
  for (int i = 0; i < count; ++i) {
    uint64_t a = opaque(edges[i]);
    mix(inverse(a | 1));
    for (int j = 0; j < count; ++j) {
      uint64_t b = edges[j] ^ (i % 2 ? 0 : 0x5bd1e995);
      mix(high_by_parts(a, b)), mix(high_by_wide(a, b));
      mix(high_signed((int64_t)a, (int64_t)b)), mix(high_signed_corrected((int64_t)a, (int64_t)b));
      mix(high32((uint32_t)a, (uint32_t)b)), mix(rounded_high16((int16_t)a, (int16_t)b));
    }
    struct modulus m = prepare(a | 3);
    for (uint64_t base = 2; base < 2000000000; base = base * 17 + 1) {
      uint64_t exponent = base * 0x9e3779b9u >> (base % 40);
      mix(power_modulo(base, exponent, &m));
      mix(power_plain(base, exponent, m.n));
    }
  }
  uint32_t values[40];
  for (uint32_t i = 0; i < 40; ++i) values[i] = i < 5 ? UINT32_MAX - i : i * i * 123457u;
  for (uint32_t divisor = 2; divisor < 3000000000u; divisor = divisor * 3 + (divisor & 1))
    mix(divide_all(values, 40, (uint32_t)opaque(divisor)));
  return report();
}
