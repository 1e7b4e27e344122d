// Counting bits, zeros at either end, parity and logarithms by builtins, by loops that may be recognised, and by
// parallel sums, for 8 to 128 bits, with zero as the case that the builtins leave to a branch.
#include "checksum.h"

static int population_loop(uint64_t value) {
  int count = 0;
  for (; value; value &= value - 1) ++count;
  return count;
}

static int population_shift(uint32_t value) {
  int count = 0;
  while (value) count += value & 1, value >>= 1;
  return count;
}

static __attribute__((noinline)) int population_parallel(uint64_t value) {
  value -= value >> 1 & 0x5555555555555555;
  value = (value & 0x3333333333333333) + (value >> 2 & 0x3333333333333333);
  value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return (int)(value * 0x0101010101010101 >> 56);
}

static int zeros_above(uint32_t value) { return value ? __builtin_clz(value) : 32; }
static int zeros_below(uint32_t value) { return value ? __builtin_ctz(value) : 32; }
static int zeros_below_byte(uint8_t value) { return __builtin_ctz(value | 0x100u); }
static int zeros_above_half(uint16_t value) { return __builtin_clz((unsigned)value << 1 | 1) - 15; }
int zeros_above_loop(uint64_t value) {
  int count = 0;
  while (count < 64 && !(value >> (63 - count) & 1)) ++count;
  return count;
}
static __attribute__((noinline)) int logarithm_loop(uint32_t value) {
  int result = -1;
  while (value) value >>= 1, ++result;
  return result;
}
static int logarithm_halving(uint64_t value) {
  int result = 0;
  for (int step = 32; step; step /= 2)
    if (value >> step) value >>= step, result += step;
  return result;
}
static int zeros_above_wide(unsigned __int128 value) {
  uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
  return high ? __builtin_clzll(high) : low ? 64 + __builtin_clzll(low) : 128;
}
static int lowest_by_product(uint32_t value) {  // a table of the places a product leaves in its top bits
  static const uint8_t places[32] = {0,  1,  28, 2,  29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4,  8,
                                     31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6,  11, 5,  10, 9};
  return places[(value & -value) * 0x077cb531u >> 27];
}

static int parity_fold(uint64_t value) {
  for (int step = 32; step; step >>= 1) value ^= value >> step;
  return value & 1;
}

static uint64_t next_power(uint64_t value) { return value <= 1 ? 1 : (uint64_t)1 << (64 - __builtin_clzll(value - 1)); }
static uint32_t highest_only(uint32_t value) {
  value |= value >> 1, value |= value >> 2, value |= value >> 4, value |= value >> 8, value |= value >> 16;
  return value ^ value >> 1;
}

/// Comparisons of counts, which have short cuts of their own.
static __attribute__((noinline)) unsigned tests(uint32_t value) {
  unsigned result = 0;
  if (__builtin_popcount(value) == 1) result |= 1;
  if (__builtin_popcount(value) <= 1) result |= 2;
  if (__builtin_popcount(value) == 32) result |= 4;
  if (value && (value & (value - 1)) == 0) result |= 8;
  if (value && __builtin_clz(value) == 0) result |= 16;
  if (value && __builtin_ctz(value) > 3) result |= 32;
  if (__builtin_ffs((int)value) == 5) result |= 64;
  if (__builtin_parity(value) == (__builtin_popcount(value) & 1)) result |= 128;
  if (value && 31 - __builtin_clz(value) == __builtin_ctz(value)) result |= 256;
  if (__builtin_popcount(value) > __builtin_popcount(~value)) result |= 512;
  if (__builtin_clrsb((int)value) > 8) result |= 1024;
  if (value && (31 ^ __builtin_clz(value)) / 8 == 3) result |= 2048;
  return result;
}

/// The index of the n-th set bit, or -1; and how many are set below a place.
static int select_bit(uint64_t value, int n) {
  while (n-- > 0) value &= value - 1;
  return value ? __builtin_ctzll(value) : -1;
}
static int rank(uint64_t value, unsigned place) { return place ? __builtin_popcountll(value << (64 - place)) : 0; }

int main(void) {
  for (int i = 0; i < 200; ++i) {
    uint64_t value = opaque(i < 64    ? (uint64_t)1 << i
                            : i < 128 ? UINT64_MAX >> (i - 64)
                            : i < 131 ? (uint64_t)i - 128
                                      : (uint64_t)i * i * 0x9e3779b97f4a7c1);
    uint32_t low = (uint32_t)value;
    mix((uint64_t)population_loop(value) | (uint64_t)population_shift(low) << 8 |
        (uint64_t)population_parallel(value) << 16 | (uint64_t)__builtin_popcountll(value) << 24 |
        (uint64_t)__builtin_popcount((uint16_t)low) << 32);
    mix((uint64_t)zeros_above(low) | (uint64_t)zeros_below(low) << 8 | (uint64_t)zeros_below_byte((uint8_t)low) << 16 |
        (uint64_t)zeros_above_half((uint16_t)low) << 24 | (uint64_t)zeros_above_loop(value) << 32 |
        (uint64_t)zeros_above_wide((unsigned __int128)value << (i % 70)) << 40);
    mix((uint64_t)(logarithm_loop(low) + 1) | (uint64_t)logarithm_halving(value) << 8 |
        (uint64_t)parity_fold(value) << 16 | (uint64_t)__builtin_parityll(value) << 17 |
        (uint64_t)(low ? lowest_by_product(low) : 40) << 24);
    if (value <= (uint64_t)1 << 63) mix(next_power(value));
    mix(highest_only(low)), mix(tests(low)), mix(tests(~low << (i % 32)));
    mix((uint64_t)__builtin_ffsll((long long)value) + 100 * (uint64_t)__builtin_clrsbll((long long)~value));
    for (int n = 0; n < 70; n += 5)
      mix((uint64_t)(int64_t)select_bit(value, n) + 100 * (uint64_t)rank(value, (unsigned)n % 64));
  }
  return report();
}
