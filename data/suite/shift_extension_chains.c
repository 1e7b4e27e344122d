// Sign and zero extensions in chains: by casts, by pairs of shifts, by masks and by bias tricks, of whole types and
// of any number of bits, before and after additions, and through arrays, parameters and returns of narrow types.
#include "checksum.h"

static int32_t extend_shifts(uint32_t value, unsigned bits) { return (int32_t)(value << (32 - bits)) >> (32 - bits); }
static int32_t extend_bias(uint32_t value, unsigned bits) {
  uint32_t sign = 1u << (bits - 1);
  value &= sign * 2 - 1;
  return (int32_t)((value ^ sign) - sign);
}
static __attribute__((noinline)) int64_t extend_branch(uint64_t value, unsigned bits) {
  uint64_t mask = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
  value &= mask;
  if (value >> (bits - 1)) value |= ~mask;
  return (int64_t)value;
}

/// Each line is another chain of casts; next to one another they differ by one link.
static uint64_t casts(uint64_t v) {
  uint64_t sum = 0;
#define LINK(expression) sum = (sum << 7 | sum >> 57) ^ (uint64_t)(expression)
  LINK((int64_t)(int8_t)v);
  LINK((uint8_t)(int8_t)v);
  LINK((int16_t)(int8_t)v);
  LINK((uint16_t)(int8_t)v);
  LINK((int64_t)(uint16_t)(int8_t)v);
  LINK((int64_t)(int32_t)(uint16_t)v);
  LINK((int64_t)(int16_t)(uint32_t)v);
  LINK((uint32_t)(int16_t)v);
  LINK((int64_t)(uint32_t)(int32_t)(int8_t)v);
  LINK((int32_t)(uint8_t)(int16_t)v);
  LINK((uint32_t)(int8_t)(uint16_t)(v >> 8));
  LINK((int64_t)(int32_t)v * 256 >> 8);
  LINK((uint64_t)(uint32_t)v << 40 >> 40);
  LINK((int64_t)(v << 40) >> 40);
  LINK((int64_t)(v << 40) >> 48);
  LINK((int64_t)(v << 33) >> 40);
  LINK((int32_t)((uint32_t)v << 16) >> 24);
  LINK((uint32_t)v << 16 >> 24);
  LINK((int8_t)(v >> 3) & 0x1ff);
  LINK((int16_t)v & 0xffff0000u);
  LINK((uint64_t)(int64_t)(int16_t)v >> 8);
  LINK(-(int64_t)(v & 1));
  LINK((int64_t)(v << 63) >> 63);
  LINK((int64_t)(v << 60) >> 62);
  return sum;
#undef LINK
}

/// Narrow parameters and returns: callers and callees must agree who extends.
int8_t narrow_sum(int8_t a, uint8_t b, int16_t c) { return (int8_t)(a + b - c); }
static uint16_t narrow_product(uint8_t a, uint8_t b) { return a * b; }
static __attribute__((noinline)) int16_t pick(const int8_t *small, const uint16_t *large, int8_t at) {
  return at < 0 ? small[-at] : (int16_t)large[at];
}
static __attribute__((noinline)) uint8_t bounce(int8_t value, int depth) {
  return depth ? (uint8_t)(bounce((int8_t)(value * 3 + 1), depth - 1) ^ value) : (uint8_t)value;
}

/// Additions in a narrow type before the extension wrap, after it they do not.
static int64_t around_sums(int8_t a, int8_t b, uint8_t c, int32_t d) {
  int64_t inside = (int8_t)(a + b), outside = (int64_t)a + b;
  int64_t unsigned_inside = (uint8_t)(c + a), unsigned_outside = c + (int64_t)(uint8_t)a;
  int64_t word = (int64_t)(int32_t)((uint32_t)d + (uint32_t)a), wide = (int64_t)d + a;
  int64_t negated = (uint8_t)-c - (int64_t)-c, inverted = (uint16_t)~c - (int64_t)(uint8_t)~c;
  return inside + outside * 3 + unsigned_inside * 5 + unsigned_outside * 7 + (word ^ wide) * 11 + negated * 13 +
         inverted * 17;
}

/// A signed field of some width at some place in an array of bytes, most significant bit first.
static int32_t read_field(const uint8_t *bytes, unsigned position, unsigned width) {
  uint64_t window = 0;
  for (unsigned i = 0; i < 5; ++i) window = window << 8 | bytes[position / 8 + i];
  window <<= 24 + position % 8;
  return (int32_t)((int64_t)window >> (64 - width));
}

/// An index that is kept in a byte and used to address on both sides of the middle.
static int32_t around_middle(const int32_t *middle, uint8_t start, int steps) {
  int32_t sum = 0;
  for (int i = 0; i < steps; ++i, start = (uint8_t)(start + 41))
    sum = sum * 3 % 100003 + middle[(int8_t)start] - middle[(int8_t)~start];
  return sum;
}

int main(void) {
  static const uint64_t values[] = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xff80, 0xffff, 0x7fffffff,
                                    0x80000000, 0xffffff80, 0x8000000000000000, 0xffffffffffffff7f,
                                    0x0123456789abcdef, 0xfedcba9876543210, UINT64_MAX};
  int8_t small[129];
  uint16_t large[128];
  int32_t table[256];
  uint8_t bytes[40];
  for (int i = 0; i < 256; ++i)
    table[i] = (int32_t)opaque((uint64_t)(i * i * 77)) - 999999, small[i / 2] = (int8_t)(i * 5),
    large[i / 2] = (uint16_t)(i * 499);
  for (int i = 0; i < 40; ++i) bytes[i] = (uint8_t)opaque((uint64_t)(i * i * 29 + 171));
  small[128] = -3;
  for (int v = 0; v < 18; ++v) {
    uint64_t value = opaque(values[v]);
    for (unsigned bits = 1; bits <= 64; bits += bits < 34 ? 1 : 6) {
      if (bits <= 32)
        mix((uint64_t)(int64_t)extend_shifts((uint32_t)value, bits) ^
            (uint64_t)(int64_t)extend_bias((uint32_t)value, bits) << 1);
      mix(extend_branch(value, bits));
    }
    for (int i = 0; i < 8; ++i) mix(casts(value << i ^ value >> 3 * i));
    for (int w = 0; w < 18; ++w) {
      int8_t a = (int8_t)value, b = (int8_t)values[w];
      mix((uint64_t)(int64_t)narrow_sum(a, (uint8_t)b, (int16_t)(values[w] >> 4)) ^
          (uint64_t)narrow_product((uint8_t)a, (uint8_t)b) << 8);
      mix(pick(small, large, b)), mix(bounce(b, v));
      mix(around_sums(a, b, (uint8_t)(b ^ a), (int32_t)values[w]));
    }
    mix(around_middle(table + 128, (uint8_t)value, v * 9));
  }
  for (unsigned width = 1; width <= 32; ++width)
    for (unsigned position = 0; position < 280; position += width + 4) mix(read_field(bytes, position, width));
  return report();
}
