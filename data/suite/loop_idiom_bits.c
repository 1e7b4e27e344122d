// Loops that count or find bits and that an optimiser turns into one instruction: at zero, at the top
// bit, with a second result, and near misses that must stay loops.
#include "checksum.h"

// The next four have the shapes of known idioms: clear the lowest bit, shift right, shift left.
static __attribute__((noinline)) int ones(uint64_t x) {
  int n = 0;
  while (x) {
    x &= x - 1;
    ++n;
  }
  return n;
}

static int width(uint32_t x) {
  int n = 0;
  for (; x; x >>= 1) ++n;
  return n;
}

static int lowest(uint32_t x) {
  int n = 0;
  if (!x) return -1;
  for (; !(x & 1); x >>= 1) ++n;
  return n;
}

int leading(uint16_t x) {
  int n = 0;
  for (uint16_t top = 0x8000; top && !(x & top); top >>= 1) ++n;
  return n;
}

// An arithmetic shift of a negative number ends at -1, never at 0.
static int width_signed(int32_t x) {
  int n = 1;
  while (x != 0 && x != -1) {
    x >>= 1;
    ++n;
  }
  return n;
}

// The count starts elsewhere and a second value is gathered on the way.
static int ones_from(uint32_t x, int start, uint32_t *places) {
  *places = 0;
  do {
    *places += x & -x;
    x &= x - 1;
    start += 2;
  } while (x);
  return start;
}

// Looks like a count but stops at three, and clears the highest bit in one of the ways.
static int some_ones(uint32_t x, int from_top) {
  int n = 0;
  while (x && n < 3) {
    if (from_top) {
      uint32_t y = x;
      while (y & (y - 1)) y &= y - 1;
      x ^= y;
    } else {
      x &= x - 1;
    }
    ++n;
  }
  return n * 256 + (int)(x & 255);
}

static int parity(uint8_t x) {
  int odd = 0;
  for (; x; x &= (uint8_t)(x - 1)) odd = !odd;
  return odd;
}

static uint32_t reversed(uint32_t x, int bits) {
  uint32_t y = 0;
  while (bits-- > 0) {
    y = y << 1 | (x & 1);
    x >>= 1;
  }
  return y | x << 16;
}

// Remainder by a polynomial: conditional exclusive or in every round, first with the top, then with the low bit.
static uint16_t remainder_top(uint16_t rest, uint8_t byte, uint16_t polynomial) {
  rest ^= (uint16_t)(byte << 8);
  for (int i = 0; i < 8; ++i) rest = (uint16_t)(rest & 0x8000 ? rest << 1 ^ polynomial : rest << 1);
  return rest;
}

uint16_t remainder_low(uint16_t rest, uint8_t byte, uint16_t polynomial) {
  rest ^= byte;
  for (int i = 0; i < 8; ++i) rest = (uint16_t)(rest >> 1 ^ (polynomial & -(rest & 1)));
  return rest;
}

// Goes through the set bits and uses both the place and the count.
static uint64_t weigh(uint64_t set) {
  uint64_t sum = 0;
  for (unsigned place = 0, rank = 0; set; set >>= 1, ++place)
    if (set & 1) sum += (uint64_t)place * ++rank;
  return sum;
}

int main(void) {
  static const uint64_t seeds[] = {0, 1, 2, 3, 0x80, 0xff, 0x8000, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
                                   0x100000000, 0xf0f0f0f012345678, 0x8000000000000000, 0x7fffffffffffffff, UINT64_MAX};
  uint16_t top = 0xffff, low = 0xffff;
  for (unsigned s = 0; s < sizeof seeds / sizeof *seeds; ++s)
    for (uint64_t twist = 0; twist < 4; ++twist) {
      uint64_t x = opaque(seeds[s]) ^ (twist * 0x0123456701234567u);
      uint32_t places, half = (uint32_t)x;
      mix((uint64_t)(ones(x) + (width(half) << 8)));
      mix((uint64_t)lowest(half));
      mix((uint64_t)(leading((uint16_t)x) * 64 + width_signed((int32_t)half)));
      mix((uint64_t)ones_from(half, (int)twist, &places));
      mix(places);
      mix((uint64_t)(some_ones(half, 0) * 65536 + some_ones(half, 1)));
      mix((uint64_t)(parity((uint8_t)x) + parity((uint8_t)(x >> 24))));
      mix(reversed(half, (int)(twist * 11)));
      mix(weigh(x));
      top = remainder_top(top, (uint8_t)(x >> 3), (uint16_t)opaque(0x8bb7));
      low = remainder_low(low, (uint8_t)(x >> 5), (uint16_t)opaque(0xa6bc));
      mix(top * 65536u + low);
    }
  return report();
}
