// Gray codes to and from numbers, interleaved coordinates (Morton order) and the Hilbert curve, gathering and
// scattering of bits under a mask, and arithmetic done directly on the interleaved numbers.
#include "checksum.h"

static uint64_t to_gray(uint64_t n) { return n ^ n >> 1; }
static uint64_t from_gray_log(uint64_t g) {
  for (int step = 1; step < 64; step *= 2) g ^= g >> step;
  return g;
}
static __attribute__((noinline)) uint64_t from_gray_loop(uint64_t g) {
  uint64_t n = g;
  while (g >>= 1) n ^= g;
  return n;
}

/// Walks through all states of `bits` switches, flipping one at a time; the flip is the ruler function.
static uint64_t ruler_walk(unsigned bits) {
  uint64_t state = 0, hash = 0;
  for (uint64_t i = 1; i < (uint64_t)1 << bits; ++i) {
    int flip = __builtin_ctzll(i);
    state ^= (uint64_t)1 << flip;
    if (state != to_gray(i)) return 0;
    hash = hash * 7 + state * (unsigned)(flip + 1);
  }
  return hash;
}

static uint64_t spread(uint32_t v) {
  uint64_t x = v;
  x = (x | x << 16) & 0x0000ffff0000ffff;
  x = (x | x << 8) & 0x00ff00ff00ff00ff;
  x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
  x = (x | x << 2) & 0x3333333333333333;
  return (x | x << 1) & 0x5555555555555555;
}
static uint32_t squeeze(uint64_t x) {
  x &= 0x5555555555555555;
  x = (x | x >> 1) & 0x3333333333333333;
  x = (x | x >> 2) & 0x0f0f0f0f0f0f0f0f;
  x = (x | x >> 4) & 0x00ff00ff00ff00ff;
  x = (x | x >> 8) & 0x0000ffff0000ffff;
  return (uint32_t)(x | x >> 16);
}
uint64_t interleave(uint32_t x, uint32_t y) { return spread(x) | spread(y) << 1; }
static __attribute__((noinline)) uint64_t interleave_slowly(uint32_t x, uint32_t y) {
  uint64_t result = 0;
  for (int i = 0; i < 32; ++i) result |= (uint64_t)(x >> i & 1) << 2 * i | (uint64_t)(y >> i & 1) << (2 * i + 1);
  return result;
}

/// One step to the right or upwards without taking the number apart.
static uint64_t step_x(uint64_t code) {
  return (((code | 0xaaaaaaaaaaaaaaaa) + 1) & 0x5555555555555555) | (code & 0xaaaaaaaaaaaaaaaa);
}
static uint64_t step_back_y(uint64_t code) {
  return (((code & 0xaaaaaaaaaaaaaaaa) - 1) & 0xaaaaaaaaaaaaaaaa) | (code & 0x5555555555555555);
}
static uint64_t add_codes(uint64_t a, uint64_t b) {
  uint64_t x = (a | 0xaaaaaaaaaaaaaaaa) + (b & 0x5555555555555555),
           y = (a | 0x5555555555555555) + (b & 0xaaaaaaaaaaaaaaaa);
  return (x & 0x5555555555555555) | (y & 0xaaaaaaaaaaaaaaaa);
}

static uint64_t gather(uint64_t value, uint64_t mask) {
  uint64_t result = 0;
  for (unsigned to = 0; mask; mask &= mask - 1, ++to)
    if (value & mask & -mask) result |= (uint64_t)1 << to;
  return result;
}
static uint64_t scatter(uint64_t value, uint64_t mask) {
  uint64_t result = 0;
  for (; mask; value >>= 1) {
    uint64_t rest = mask & (mask - 1);
    result |= value & 1 ? mask ^ rest : 0;
    mask = rest;
  }
  return result;
}

/// The position along a Hilbert curve of a point on a square of 2^order.
static uint32_t hilbert(unsigned order, uint32_t x, uint32_t y) {
  uint32_t position = 0;
  for (uint32_t s = 1u << (order - 1); s; s >>= 1) {
    uint32_t right = (x & s) != 0, up = (y & s) != 0;
    position += s * s * ((3 * right) ^ up);
    if (!up) {
      if (right) x = (s - 1) & ~x, y = (s - 1) & ~y;
      uint32_t t = x;
      x = y, y = t;
    }
  }
  return position;
}

int main(void) {
  uint64_t value = opaque(0xfedcba9876543210);
  for (unsigned i = 0; i < 90; ++i) {
    value = value * 0x5851f42d4c957f2du + i;
    uint64_t number = i < 64 ? value >> i : value;
    mix(to_gray(number)), mix(from_gray_log(number)), mix(from_gray_loop(number));
    mix(from_gray_log(to_gray(number)) - number);
    uint32_t x = (uint32_t)value, y = (uint32_t)(value >> 32), code_x = i % 3 ? x : 0xffffffff;
    uint64_t code = interleave(code_x, y);
    mix(code), mix(interleave_slowly(code_x, y) - code), mix(squeeze(code) | (uint64_t)squeeze(code >> 1) << 32);
    mix(step_x(code)), mix(step_back_y(interleave(x, i % 4 ? y : 0))), mix(add_codes(code, interleave(y, i)));
    uint64_t mask = i % 5 == 0 ? 0 : i % 5 == 1 ? UINT64_MAX : value * value >> (i % 17);
    mix(gather(value, mask)), mix(scatter(value, mask)), mix(scatter(gather(value, mask), mask) ^ (value & mask));
  }
  for (unsigned bits = 0; bits < 11; bits += 2) mix(ruler_walk((unsigned)opaque(bits)));
  for (uint32_t x = 0; x < 16; ++x)
    for (uint32_t y = 0; y < 16; y += 1 + x % 3)
      mix(hilbert(4, (uint32_t)opaque(x), y)), mix(hilbert(9, x * 31, y * 29));
  return report();
}
