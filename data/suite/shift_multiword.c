// Shifts and rotations of numbers made of several words: whole words first, then bits, in place in both directions
// (so that the order of the copies matters), with the shift by zero bits as the awkward case.
#include "checksum.h"

enum { words = 6 };

static void shift_left(uint64_t *v, unsigned amount) {
  unsigned whole = amount / 64, part = amount % 64;
  for (int i = words - 1; i >= 0; --i) {
    uint64_t value = 0;
    if (i >= (int)whole) {
      value = v[i - (int)whole] << part;
      if (part && i > (int)whole) value |= v[i - (int)whole - 1] >> (64 - part);
    }
    v[i] = value;
  }
}

static __attribute__((noinline)) void shift_right(uint64_t *v, unsigned amount, int keep_sign) {
  uint64_t fill = keep_sign && v[words - 1] >> 63 ? UINT64_MAX : 0;
  unsigned whole = amount / 64, part = amount % 64;
  for (unsigned i = 0; i < words; ++i) {
    uint64_t low = i + whole < words ? v[i + whole] : fill;
    uint64_t high = i + whole + 1 < words ? v[i + whole + 1] : fill;
    v[i] = low >> part | high << 1 << (63 - part);
  }
}

/// By one bit at a time, with a carry that runs through the words.
void shift_left_slowly(uint64_t *v, unsigned amount) {
  while (amount--) {
    uint64_t carry = 0;
    for (int i = 0; i < words; ++i) {
      uint64_t out = v[i] >> 63;
      v[i] = v[i] << 1 | carry;
      carry = out;
    }
  }
}

static void rotate(uint64_t *v, unsigned amount) {
  uint64_t high[words], low[words];
  memcpy(high, v, sizeof high);
  memcpy(low, v, sizeof low);
  shift_left(high, amount);
  shift_right(low, words * 64 - amount, 0);
  for (int i = 0; i < words; ++i) v[i] = high[i] | low[i];
}

static int bit_length(const uint64_t *v) {
  for (int i = words - 1; i >= 0; --i)
    if (v[i]) return i * 64 + 64 - __builtin_clzll(v[i]);
  return 0;
}

static void copy_bits(uint8_t *to, unsigned to_bit, const uint8_t *from, unsigned from_bit, unsigned count) {
  while (count) {
    unsigned in_from = from_bit & 7, in_to = to_bit & 7, chunk = 8 - (in_from > in_to ? in_from : in_to);
    if (chunk > count) chunk = count;
    uint8_t mask = (uint8_t)((1u << chunk) - 1);
    uint8_t bits = (uint8_t)(from[from_bit >> 3] >> in_from & mask);
    to[to_bit >> 3] = (uint8_t)((to[to_bit >> 3] & ~(mask << in_to)) | bits << in_to);
    from_bit += chunk, to_bit += chunk, count -= chunk;
  }
}

/// A shift register with taps, in one word and in many words of 32 bits that are moved by a pair of shifts.
static __attribute__((noinline)) uint32_t feedback(uint32_t *cells, int count, int steps) {
  uint32_t produced = 0;
  for (int s = 0; s < steps; ++s) {
    uint32_t in = (cells[0] ^ cells[count - 1] >> 5 ^ cells[count / 2] >> 17) & 1;
    for (int i = 0; i + 1 < count; ++i) cells[i] = (uint32_t)(((uint64_t)cells[i + 1] << 32 | cells[i]) >> 1);
    cells[count - 1] = cells[count - 1] >> 1 | in << 31;
    produced = produced << 1 ^ in ^ (produced >> 31) * 0x1d;
  }
  return produced;
}

static void mix_words(const uint64_t *v) {
  for (int i = 0; i < words; ++i) mix(v[i]);
}

int main(void) {
  uint64_t start[words], v[words];
  for (int i = 0; i < words; ++i)
    start[i] = opaque(0x9e3779b97f4a7c15u * (uint64_t)(i + 1)) | (i == words - 1 ? 1ull << 63 : 0);
  for (unsigned amount = 0; amount < words * 64; amount += amount % 64 < 2     ? 1
                                                           : amount % 64 == 63 ? 1
                                                                               : 61 - amount % 3 * 7) {
    memcpy(v, start, sizeof v), shift_left(v, (unsigned)opaque(amount)), mix_words(v);
    mix(bit_length(v));
    memcpy(v, start, sizeof v), shift_right(v, amount, 1), mix_words(v);
    memcpy(v, start, sizeof v), shift_right(v, amount, 0), mix(bit_length(v));
    if (amount < 70) memcpy(v, start, sizeof v), shift_left_slowly(v, amount), mix_words(v);
    if (amount) memcpy(v, start, sizeof v), rotate(v, amount), rotate(v, words * 64 - amount), mix_words(v);
  }
  uint8_t from[24], to[24];
  for (int i = 0; i < 24; ++i) from[i] = (uint8_t)opaque((uint64_t)i * 91 + 7), to[i] = (uint8_t)~from[i];
  for (unsigned i = 0; i < 60; ++i) {
    copy_bits(to, i * 3 % 67, from, i * 5 % 71, i * 7 % 100);
    mix(to[i % 24] + 256u * to[(i * 5 + 3) % 24]);
  }
  for (int i = 0; i < 24; ++i) mix(to[i]);
  for (int count = 2; count < 8; ++count) {
    uint32_t cells[8];
    for (int i = 0; i < 8; ++i) cells[i] = (uint32_t)opaque((uint64_t)(i + count) * 0x85ebca6b);
    mix(feedback(cells, count, 40 * count));
    for (int i = 0; i < count; ++i) mix(cells[i]);
  }
  return report();
}
