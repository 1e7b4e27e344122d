// Rounded division in all its forms: towards zero, down, up, to nearest, half to even and Euclidean, by variables
// and by powers of two done with shifts, each written so that it looks almost like another one.
#include "checksum.h"

static int32_t divide_down(int32_t a, int32_t b) {
  int32_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

static int32_t divide_up(int32_t a, int32_t b) {
  int32_t quotient = a / b, rest = a % b;
  if (rest != 0 && ((rest ^ b) >= 0)) ++quotient;
  return quotient;
}

static __attribute__((noinline)) int32_t modulo_down(int32_t a, int32_t b) {
  int32_t rest = a % b;
  if (rest != 0 && (rest ^ b) < 0) rest += b;
  return rest;
}

int32_t modulo_euclid(int32_t a, int32_t b) {
  int32_t rest = a % b;
  return rest < 0 ? rest + (b < 0 ? -b : b) : rest;
}

static int32_t divide_nearest(int32_t a, int32_t b) {
  int64_t twice = 2 * (int64_t)a;
  return (int32_t)((a < 0) == (b < 0) ? (twice + b) / (2 * (int64_t)b) : (twice - b) / (2 * (int64_t)b));
}

static int32_t divide_half_even(int32_t a, uint32_t b) {
  int64_t down = a / (int64_t)b, rest = a % (int64_t)b;
  if (rest < 0) rest += b, --down;
  if (2 * rest > b || (2 * rest == b && (down & 1))) ++down;
  return (int32_t)down;
}

/// The same five roundings by shifts; a right shift of a negative number rounds down.
static __attribute__((noinline)) void by_power(int64_t value, unsigned power) {
  int64_t one = (int64_t)1 << power, mask = one - 1;
  mix(value >> power);
  mix((value + mask) >> power);
  mix((value + (value < 0 ? mask : 0)) >> power);
  mix((value + ((value >> 63) & mask)) >> power);
  mix((value + (one >> 1)) >> power);
  int64_t even = (value >> power) & 1;
  if (power) mix((value + (one >> 1) - 1 + even) >> power);
  mix((uint64_t)(value & mask) ^ (uint64_t)(value & ~mask));
  mix((uint64_t)(value / one) + 3 * (uint64_t)(value % one));
}

/// Constants written three ways: an optimiser may merge the ones that are equal, and no others.
static void by_eight(int32_t value) {
  int32_t a = value / 8, b = value >> 3, c = (int32_t)((uint32_t)value >> 3), d = (value - (value & 7)) / 8;
  int32_t e = value % 8, f = value & 7, g = value - ((value + (value < 0 ? 7 : 0)) & ~7);
  mix(a ^ b);
  mix(c - (d & 0xffff));
  mix(b == d ? e : f);
  mix((uint64_t)(int64_t)(e == g) + 2 * (uint64_t)(e == f));
}

uint32_t round_to_multiple(uint32_t value, uint32_t unit) {
  if ((unit & (unit - 1)) == 0) return (value + unit - 1) & -unit;
  return (value + unit - 1) / unit * unit;
}

int main(void) {
  static const int32_t divisors[] = {1, -1, 2, -2, 3, -3, 4, 7, -8, 10, 100, -255, 4096, INT32_MAX, -INT32_MAX};
  for (unsigned d = 0; d < sizeof divisors / sizeof divisors[0]; ++d) {
    int32_t b = opaque_int(divisors[d]);
    for (int32_t a = -30; a <= 30; ++a) {
      mix(divide_down(a, b));
      mix(divide_up(a, b));
      mix(divide_nearest(a, b));
      mix(modulo_down(a, b));
      mix(modulo_euclid(a * 71, b));
      if (b > 0) mix(divide_half_even(a * 5, (uint32_t)b));
    }
    for (int32_t i = 0; i < 4; ++i) {
      mix(divide_down(INT32_MAX - i, b));
      mix(divide_up(-INT32_MAX + i, b));
      mix(modulo_down(INT32_MIN + 1 + i, b));
    }
  }
  for (unsigned power = 0; power < 40; power += 1 + power / 5)
    for (int64_t value = -70; value <= 70; value += 7) {
      by_power(opaque_int((int)value), power);
      by_power((int64_t)opaque((uint64_t)value * 0x123456789abu), power);
    }
  for (int32_t value = -100; value < 100; value += 3) by_eight(opaque_int(value)), by_eight(value * 20000003);
  for (uint32_t value = 0; value < 60; value += 3)
    for (uint32_t unit = 1; unit < 18; ++unit) mix(round_to_multiple((uint32_t)opaque(value), unit));
  return report();
}
