// Switches on values of 64, 16, 8 and 1 bits, on enumerations and on fields of bits: keys that agree
// in their low half, truncations, sign extension of the tested value, 128-bit ladders.
#include "checksum.h"

// Low halves collide on purpose: a test of 32 bits takes the wrong arm.
static __attribute__((noinline)) int by_long(uint64_t x) {
  switch (x) {
    case 5: return 1;
    case 0x100000005: return 2;
    case 0x200000005: return 3;
    case 0x8000000000000005: return 4;
    case 0xffffffff00000005: return 5;
    case 0x100000006: return 6;
    case 0x100000007: return 7;
    case 0x100000008: return 8;
    case UINT64_MAX: return 9;
  }
  return 0;
}

static int by_signed_long(int64_t x) {
  switch (x) {
    case INT64_MIN: return -1;
    case INT64_MIN + 1: return -2;
    case -4294967291: return -3;  // 5 in its low half
    case -1: return -4;
    case 5: return -5;
    case INT64_MAX: return -6;
    case INT64_MAX - 2 ... INT64_MAX - 1: return -7;
    default: return 0;
  }
}

// The tested value is narrowed first; the arms see the whole.
static uint64_t narrowed(uint64_t x) {
  switch ((uint8_t)x) {
    case 0: return x + 1;
    case 1 ... 100: return x * 3;
    case 200: return x >> 8;
    case 255: return ~x;
  }
  switch ((int16_t)x) {
    case -32768 ... -30000: return 1;
    case -29999 ... -257: return 2;
    case 257 ... 32767: return x & 0xfff;
    default: return 4;
  }
}

enum wide { wide_small = 3, wide_large = 0x300000003, wide_negative = -3 };

static int by_enum(enum wide w) {
  switch (w) {
    case wide_small: return 10;
    case wide_large: return 20;
    case wide_negative: return 30;
    default: return 40;
  }
}

struct packed {
  unsigned kind : 3;
  signed delta : 4;
  unsigned long count : 36;
  _Bool last : 1;
};

// Fields of three, four, thirty-six bits and one.
static int by_fields(struct packed p) {
  int sum = 0;
  switch (p.kind) {
    case 0: sum = 1; break;
    case 3: sum = 2; break;
    case 7: sum = 3; break;
    default: sum = 4; break;
  }
  switch (p.delta) {
    case -8: sum += 10; break;
    case -1: sum += 20; break;
    case 7: sum += 30; break;
    case 0 ... 3: sum += 40;
  }
  switch (p.count) {
    case 0xfffffffff: sum += 100; break;
    case 0x100000000: sum += 200; break;
    case 0: sum += 300; break;
    case 1: sum += 400; break;
  }
  switch ((int)p.last) {
    case 0: return sum;
    default: return -sum;
  }
}

// No switch can test 128 bits in C; a chain of tests for equality may be made into one.
static int by_huge(unsigned __int128 x) {
  const unsigned __int128 one = 1;
  if (x == one << 64) return 1;
  if (x == (one << 64 | 1)) return 2;
  if (x == 1) return 3;
  if (x == one << 127) return 4;
  if (x == ~(one - 1)) return 5;
  return 0;
}

int main(void) {
  static const uint64_t bases[] = {0, 5, 0x100000005, 0x200000005, 0x8000000000000000, 0x8000000000000005, 0xffffffff00000005, 0x7ffffffffffffffd,
                                   0x300000003, 200, 255, 0x8068, 0x8b70, 0x7fff, 0xfffffffffffffffb};
  for (unsigned i = 0; i < sizeof bases / sizeof *bases; ++i)
    for (uint64_t near = 0; near < 5; ++near) {
      uint64_t x = opaque(bases[i] + near - 1);
      mix((uint64_t)by_long(x));
      mix((uint64_t)by_signed_long((int64_t)x));
      mix(narrowed(x));
      mix((uint64_t)by_enum((enum wide)x));
      mix((uint64_t)by_huge((unsigned __int128)x << 64 >> (near & 1 ? 0 : 64) | near / 3));
      mix((uint64_t)by_huge((unsigned __int128)opaque(near) << 64 | (i & 1)));
    }
  mix((uint64_t)by_huge((unsigned __int128)opaque(1) << 127) + (uint64_t)by_huge(-(unsigned __int128)opaque(1)));
  for (unsigned n = 0; n < 128; ++n) {
    struct packed p = {n & 7, (int)opaque(n >> 2) % 16 - 8, n % 5 == 0 ? 0xfffffffff : opaque(n % 5 - 1) << (n % 3 * 16), n >> 6 & 1};
    mix((uint64_t)by_fields(p));
  }
  return report();
}
