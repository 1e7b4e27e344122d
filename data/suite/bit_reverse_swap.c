// Reversal of bits, bytes, nibbles and halves by shifts and masks, by loops, by tables and by builtins, alone and in
// pairs that cancel one another, and swaps of bit groups by exclusive-or.
#include "checksum.h"

static uint32_t swap_bytes(uint32_t v) { return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24; }
static uint16_t swap_half(uint16_t v) { return (uint16_t)(v << 8 | v >> 8); }
static uint64_t swap_long(uint64_t v) {
  v = (v & 0x00ff00ff00ff00ff) << 8 | (v >> 8 & 0x00ff00ff00ff00ff);
  v = (v & 0x0000ffff0000ffff) << 16 | (v >> 16 & 0x0000ffff0000ffff);
  return v << 32 | v >> 32;
}
static __attribute__((noinline)) uint32_t swap_in_loop(uint32_t v) {
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i, v >>= 8) result = result << 8 | (v & 0xff);
  return result;
}
/// Nearly swaps: a byte is missing, doubled, or goes to the wrong place.
static uint32_t swap_three(uint32_t v) { return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000); }
static uint32_t swap_doubled(uint32_t v) {
  return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | (v << 16 & 0xff000000);
}
static uint32_t swap_sign(int32_t v) {
  return (uint32_t)(v >> 24) | ((uint32_t)v >> 8 & 0xff00) | ((uint32_t)v << 8 & 0xff0000) | (uint32_t)v << 24;
}
static uint32_t swap_pairs(uint32_t v) { return (v & 0xff00ff) << 8 | (v >> 8 & 0xff00ff); }

static uint32_t reverse_masks(uint32_t v) {
  v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
  v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
  v = (v >> 4 & 0x0f0f0f0f) | (v & 0x0f0f0f0f) << 4;
  return __builtin_bswap32(v);
}
uint64_t reverse_loop(uint64_t v, unsigned bits) {
  uint64_t result = 0;
  while (bits--) result = result << 1 | (v & 1), v >>= 1;
  return result;
}
static uint8_t reverse_byte_product(uint8_t v) {
  return (uint8_t)((v * 0x0802u & 0x22110u) | (v * 0x8020u & 0x88440u)) * 0x10101u >> 16;
}
static __attribute__((noinline)) uint8_t reverse_byte_table(uint8_t v) {
  static const uint8_t nibbles[16] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
  return (uint8_t)(nibbles[v & 15] << 4 | nibbles[v >> 4]);
}

/// Swaps two groups of bits inside a number.
static uint64_t exchange(uint64_t v, unsigned first, unsigned second, unsigned width) {
  uint64_t different = (v >> first ^ v >> second) & (((uint64_t)1 << width) - 1);
  return v ^ (different << first | different << second);
}
static uint64_t delta_swap(uint64_t v, uint64_t mask, unsigned distance) {
  uint64_t t = (v >> distance ^ v) & mask;
  return v ^ t ^ t << distance;
}
/// An 8x8 matrix of bits turned over its diagonal, quickly and bit by bit.
static uint64_t transpose(uint64_t v) {
  v = delta_swap(v, 0x00aa00aa00aa00aa, 7);
  v = delta_swap(v, 0x0000cccc0000cccc, 14);
  return delta_swap(v, 0x00000000f0f0f0f0, 28);
}
static __attribute__((noinline)) uint64_t transpose_slowly(uint64_t v) {
  uint64_t result = 0;
  for (unsigned row = 0; row < 8; ++row)
    for (unsigned column = 0; column < 8; ++column) result |= (v >> (row * 8 + column) & 1) << (column * 8 + row);
  return result;
}

/// What remains of swaps under masks, comparisons, shifts and logic.
static unsigned swapped_facts(uint32_t a, uint32_t b) {
  unsigned result = 0;
  if (__builtin_bswap32(a) == __builtin_bswap32(b)) result |= 1;
  if (__builtin_bswap32(a) < __builtin_bswap32(b)) result |= 2;
  if (__builtin_bswap32(a) == 0x01000000) result |= 4;
  if (__builtin_bswap32(__builtin_bswap32(a) ^ __builtin_bswap32(b)) == (a ^ b)) result |= 8;
  if ((uint16_t)(__builtin_bswap32(a) >> 16) == __builtin_bswap16((uint16_t)a)) result |= 16;
  if (__builtin_bswap32(a << 8) == __builtin_bswap32(a) >> 8) result |= 32;
  if ((__builtin_bswap32(a + b) == __builtin_bswap32(a) + __builtin_bswap32(b))) result |= 64;
  if ((__builtin_bswap64(a) >> 32) == swap_bytes(a)) result |= 128;
  if (__builtin_bswap32(a & 0xff00) == (__builtin_bswap32(a) & 0xff0000)) result |= 256;
  return result | (__builtin_bswap32(a) >> 24) << 10 | (__builtin_bswap32(b) & 0xff) << 20;
}

int main(void) {
  uint64_t value = opaque(0x0123456789abcdef);
  for (unsigned i = 0; i < 120; ++i) {
    uint32_t low = (uint32_t)value, other = i % 3 ? (uint32_t)(value >> 32) : i % 2 ? low : low ^ 0x80;
    mix(swap_bytes(low) | (uint64_t)swap_half((uint16_t)low) << 32),
        mix(swap_long(value) ^ __builtin_bswap64(value >> 1));
    mix(swap_in_loop(low) | (uint64_t)swap_three(low) << 32),
        mix(swap_doubled(low) | (uint64_t)swap_sign((int32_t)low) << 32);
    mix(swap_pairs(low) ^ swap_bytes(swap_pairs(other)));
    mix(reverse_masks(low)), mix(reverse_masks(swap_bytes(reverse_masks(low)))), mix(reverse_loop(value, 1 + i % 64));
    mix(reverse_byte_product((uint8_t)low) | reverse_byte_table((uint8_t)low) << 8);
    mix(exchange(value, i % 13, 20 + i % 17, 1 + i % 7)), mix(exchange(value, 0, 32, 32));
    mix(transpose(value)), mix(transpose_slowly(value >> i % 5));
    mix(swapped_facts(low, other)), mix(swapped_facts(i, (uint32_t)opaque(i * 0x1000000)));
    value = value * 0xd1342543de82ef95u + (i % 4 ? 0x9e3779b9 : 0);
  }
  return report();
}
