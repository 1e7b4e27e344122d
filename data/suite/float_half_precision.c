// Floating numbers of 16 bits in software: conversion from and to float with rounding to even, denormals,
// infinities and NaN, and addition, multiplication and comparison on the bit patterns, compared with the same done
// through floats.
#include "checksum.h"

typedef uint16_t half;

static uint32_t bits_of(float f) {
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  return u;
}
static float of_bits(uint32_t u) {
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

/// Shifts right and rounds to the nearest, halves to even; bits lost before are in the lowest bit.
static uint32_t shift_rounded(uint32_t value, unsigned amount) {
  if (amount == 0) return value;
  if (amount > 31) return 0;
  uint32_t kept = value >> amount, lost = value << (32 - amount);
  return kept + (lost > 0x80000000u || (lost == 0x80000000u && (kept & 1)));
}

static half narrow(float f) {
  uint32_t u = bits_of(f), sign = u >> 16 & 0x8000, exponent = u >> 23 & 255, fraction = u & 0x7fffff;
  if (exponent == 255) return (half)(sign | 0x7c00 | (fraction ? 0x200 : 0));
  int e = (int)exponent - 127 + 15;
  if (e >= 31) return (half)(sign | 0x7c00);
  if (e <= 0) return e < -10 ? (half)sign : (half)(sign | shift_rounded(fraction | 0x800000, (unsigned)(14 - e)));
  return (half)(sign | shift_rounded((uint32_t)e << 23 | fraction, 13));
}

static __attribute__((noinline)) float widen(half h) {
  uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 0x3ff;
  if (exponent == 31) return of_bits(sign | 0x7f800000 | fraction << 13);
  if (exponent) return of_bits(sign | (exponent + 112) << 23 | fraction << 13);
  if (fraction == 0) return of_bits(sign);
  int shift = __builtin_clz(fraction) - 21;
  return of_bits(sign | (uint32_t)(113 - shift) << 23 | (fraction << shift & 0x3ff) << 13);
}

static int is_nan(half h) { return (h & 0x7fff) > 0x7c00; }

/// Takes a significand with the leading bit at 2^13 or below (or one above) for the exponent given.
static half assemble(uint32_t sign, int exponent, uint32_t significand) {
  if (significand == 0) return (half)sign;
  while (significand >= 1u << 14) significand = significand >> 1 | (significand & 1), ++exponent;
  while (significand < 1u << 13 && exponent > 1) significand <<= 1, --exponent;
  if (exponent < 1) {
    unsigned down = (unsigned)(1 - exponent);
    significand = down > 15 ? significand != 0 : significand >> down | ((significand & ((1u << down) - 1)) != 0);
    exponent = 1;
  }
  uint32_t rounded = shift_rounded(significand, 3);
  uint32_t biased = (uint32_t)(exponent - 1) << 10;  // the leading bit adds the missing one
  uint32_t result = rounded + biased;
  return (half)(sign | (result >= 0x7c00 ? 0x7c00 : result));
}

static void take_apart(half h, int *exponent, uint32_t *significand) {
  *exponent = h >> 10 & 31;
  *significand = (h & 0x3ffu) | (*exponent ? 0x400u : 0);
  if (*exponent == 0) *exponent = 1;
}

half add(half a, half b) {
  if (is_nan(a) || is_nan(b)) return 0x7e00;
  if ((a & 0x7fff) < (b & 0x7fff)) { half t = a; a = b; b = t; }
  if ((a & 0x7fff) == 0x7c00) return (b & 0x7fff) == 0x7c00 && a != b ? 0x7e00 : a;
  int ea, eb;
  uint32_t sa, sb;
  take_apart(a, &ea, &sa), take_apart(b, &eb, &sb);
  sa <<= 3, sb <<= 3;
  unsigned apart = (unsigned)(ea - eb);
  sb = apart > 14 ? sb != 0 : sb >> apart | ((sb & ((1u << apart) - 1)) != 0);
  uint32_t sum = (a ^ b) & 0x8000 ? sa - sb : sa + sb;
  if (sum == 0) return a & b & 0x8000;
  return assemble(a & 0x8000, ea, sum);
}

static half multiply(half a, half b) {
  uint32_t sign = (a ^ b) & 0x8000;
  if (is_nan(a) || is_nan(b)) return 0x7e00;
  half x = a & 0x7fff, y = b & 0x7fff;
  if (x == 0x7c00 || y == 0x7c00) return x == 0 || y == 0 ? 0x7e00 : (half)(sign | 0x7c00);
  int ea, eb;
  uint32_t sa, sb;
  take_apart(x, &ea, &sa), take_apart(y, &eb, &sb);
  uint32_t product = sa * sb;  // 22 bits; seven of them become one
  return assemble(sign, ea + eb - 15, product >> 7 | ((product & 0x7f) != 0));
}

static int less(half a, half b) {
  if (is_nan(a) || is_nan(b)) return 0;
  int x = a & 0x8000 ? -(a & 0x7fff) : a, y = b & 0x8000 ? -(b & 0x7fff) : b;
  return x < y;
}

int main(void) {
  int same = 0;
  for (uint32_t i = 0; i < 65536; i += 29) {
    half a = (half)opaque(i), b = (half)(i * 40503u >> 3), c = (half)(a + (b & 3) - 1), r;
    if (!is_nan(a)) same += narrow(widen(a)) == a;
    mix(r = add(a, b)), mix(multiply(a, b)), mix(add(a, c ^ 0x8000));
    mix(narrow(widen(a) * 0.7f) | (uint64_t)narrow(1.0f / widen(b)) << 16);
    if (!is_nan(r)) same += narrow(widen(a) + widen(b)) == r;
    if (!is_nan(multiply(b, c))) same += narrow(widen(b) * widen(c)) == multiply(b, c);
    mix((uint64_t)(less(a, b) + 2 * (widen(a) < widen(b)) + 4 * less(c, a)));
  }
  mix((uint64_t)same);
  return report();
}
