// Number theory: common divisors in two ways, inverses and modular powers, remainders put together, a primality
// test for 64 bits and factors found by a cycle; all with exits that depend on the data.
#include "checksum.h"

static uint64_t gcd_remainders(uint64_t a, uint64_t b) {
  while (b) {
    uint64_t rest = a % b;
    a = b, b = rest;
  }
  return a;
}
static __attribute__((noinline)) uint64_t gcd_shifts(uint64_t a, uint64_t b) {
  if (a == 0 || b == 0) return a | b;
  int common = __builtin_ctzll(a | b);
  a >>= __builtin_ctzll(a);
  do {
    b >>= __builtin_ctzll(b);
    if (a > b) { uint64_t t = a; a = b; b = t; }
    b -= a;
  } while (b);
  return a << common;
}
static int64_t extended(int64_t a, int64_t b, int64_t *x, int64_t *y) {
  int64_t x0 = 1, y0 = 0, x1 = 0, y1 = 1;
  while (b) {
    int64_t q = a / b, t = a % b;
    a = b, b = t;
    t = x0 - q * x1, x0 = x1, x1 = t;
    t = y0 - q * y1, y0 = y1, y1 = t;
  }
  *x = x0, *y = y0;
  return a;
}

static uint64_t multiply(uint64_t a, uint64_t b, uint64_t n) { return (uint64_t)((unsigned __int128)a * b % n); }
static uint64_t multiply_by_doubling(uint64_t a, uint64_t b, uint64_t n) {
  uint64_t result = 0;
  for (a %= n; b; b >>= 1) {
    if (b & 1) result = result >= n - a ? result - (n - a) : result + a;
    a = a >= n - a ? a - (n - a) : a + a;
  }
  return result;
}
uint64_t power(uint64_t base, uint64_t exponent, uint64_t n) {
  uint64_t result = 1 % n;
  for (base %= n; exponent; exponent /= 2) {
    if (exponent % 2) result = multiply(result, base, n);
    base = multiply(base, base, n);
  }
  return result;
}
static int64_t inverse(int64_t a, int64_t n) {
  int64_t x, y;
  if (extended(a, n, &x, &y) != 1) return -1;
  return x < 0 ? x + n : x;
}

/// The number with the given remainders, or -1 if they contradict each other.
static int64_t combine(const int32_t *rests, const int32_t *moduli, int count) {
  int64_t value = 0, modulus = 1;
  for (int i = 0; i < count; ++i) {
    int64_t x, y, common = extended(modulus, moduli[i], &x, &y), apart = rests[i] - value;
    if (apart % common != 0) return -1;
    int64_t part = moduli[i] / common, step = apart / common % part * (x % part) % part;
    value += modulus * (step < 0 ? step + part : step);
    modulus *= part;
  }
  return value;
}

static __attribute__((noinline)) int is_prime(uint64_t n) {
  static const uint8_t small[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (n < 2) return 0;
  for (int i = 0; i < 12; ++i)
    if (n % small[i] == 0) return n == small[i];
  int twos = __builtin_ctzll(n - 1);
  for (int i = 0; i < 12; ++i) {
    uint64_t x = power(small[i], (n - 1) >> twos, n);
    int witness = x != 1 && x != n - 1;
    for (int k = 1; witness && k < twos; ++k) {
      x = multiply(x, x, n);
      if (x == n - 1) witness = 0;
    }
    if (witness) return 0;
  }
  return 1;
}
static uint64_t factor(uint64_t n) {
  if (n % 2 == 0) return 2;
  for (uint64_t c = 1;; ++c) {
    uint64_t slow = c + 1, fast = c + 1, common = 1;
    while (common == 1) {
      slow = (multiply(slow, slow, n) + c) % n;
      fast = (multiply(fast, fast, n) + c) % n, fast = (multiply(fast, fast, n) + c) % n;
      common = gcd_shifts(slow > fast ? slow - fast : fast - slow, n);
    }
    if (common != n) return common;
  }
}
static void all_factors(uint64_t n) {
  if (n < 2) return;
  if (is_prime(n)) return mix(n);
  uint64_t part = factor(n);
  all_factors(part), all_factors(n / part);
}

int main(void) {
  uint64_t state = opaque(0x2545f4914f6cdd1d);
  for (int i = 0; i < 120; ++i) {
    state = state * 0xd1342543de82ef95u + 12345;
    uint64_t a = state >> (i % 50), b = i % 9 ? (state * state | 1) >> (i % 37) : 0, n = (b >> 1) + 1;
    uint64_t shared = (uint64_t)i * i + 6;
    mix(gcd_remainders(a, b)), mix(gcd_shifts(a % 100000 * shared, b % 100000 * shared));
    int64_t x, y, s = (int64_t)(a >> 2), t = (int64_t)(b >> 3);
    mix(extended(i % 3 ? s : -s, t + 1, &x, &y)), mix(x), mix(y);
    mix(multiply(a, b, n) ^ multiply_by_doubling(a, b + 1, n)), mix(power(a, b >> 40, n));
    int64_t prime = i % 2 ? 1000000007 : 998244353, value = (int64_t)(a % 998244352) + 1,
            inverted = inverse(value, prime);
    mix(inverted), mix(value * inverted % prime), mix(inverse(value, 30030));
    int32_t rests[4] = {i % 5, (int32_t)(a % 12), i * 7 % 35, (int32_t)(b % 1001)}, moduli[4] = {5, 12, 35, 1001};
    for (int count = 0; count <= 4; ++count) mix(combine(rests, moduli, count));
    if (i % 10 == 0) mix(is_prime(a | 1));
    all_factors(a % 2000000 + 2);
  }
  static const uint64_t special[] = {
      18446744073709551557u, 18446744073709551615u, 3215031751, 4294967291, 4294967297, 561, 1, 0, 2};
  for (int i = 0; i < 9; ++i) mix(is_prime(opaque(special[i])));
  return report();
}
