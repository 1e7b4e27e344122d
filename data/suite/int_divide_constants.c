// Division and remainder by many constants, negative ones and powers of two among them, for all widths and both
// signs, at the edges of each type: what becomes multiplications and shifts must still give the same results.
#include "checksum.h"

typedef void divider(uint64_t bits);

#define UNSIGNED_BY(constant)                                                                                        \
  static void by_u##constant(uint64_t bits) {                                                                        \
    uint8_t byte = (uint8_t)bits;                                                                                    \
    uint16_t half = (uint16_t)bits;                                                                                  \
    uint32_t word = (uint32_t)bits;                                                                                  \
    mix(byte / (constant##u & 255) + (uint64_t)(half % (constant##u & 65535)));                                      \
    mix(half / (constant##u & 65535) * 2u + byte % (constant##u & 255));                                             \
    mix(word / constant##u);                                                                                         \
    mix(word % constant##u);                                                                                         \
    mix(bits / constant##u ^ bits % constant##u << 1);                                                               \
  }

UNSIGNED_BY(1)
UNSIGNED_BY(3)
UNSIGNED_BY(5)
UNSIGNED_BY(7)
UNSIGNED_BY(8)
UNSIGNED_BY(10)
UNSIGNED_BY(28)
UNSIGNED_BY(60)
UNSIGNED_BY(127)
UNSIGNED_BY(128)
UNSIGNED_BY(641)
UNSIGNED_BY(1000000007)
UNSIGNED_BY(2147483649)
UNSIGNED_BY(4294967295)

#define SIGNED_BY(name, constant)                                                                                    \
  static void by_s##name(uint64_t bits) {                                                                            \
    int8_t byte = (int8_t)bits;                                                                                      \
    int16_t half = (int16_t)bits;                                                                                    \
    int32_t word = (int32_t)bits;                                                                                    \
    int64_t whole = (int64_t)bits;                                                                                   \
    mix((uint64_t)(int64_t)(byte / (constant)) * 31 + (uint64_t)(int64_t)(byte % (constant)));                       \
    mix((uint64_t)(int64_t)(half / (constant)) * 31 + (uint64_t)(int64_t)(half % (constant)));                       \
    mix(word / (constant));                                                                     \
    mix(word % (constant));                                                                     \
    mix(whole / (constant));                                                                             \
    mix(whole % (constant));                                                                             \
  }

SIGNED_BY(3, 3)
SIGNED_BY(m3, -3)
SIGNED_BY(7, 7)
SIGNED_BY(m7, -7)
SIGNED_BY(2, 2)
SIGNED_BY(m2, -2)
SIGNED_BY(16, 16)
SIGNED_BY(m64, -64)
SIGNED_BY(100, 100)
SIGNED_BY(m1000, -1000)
SIGNED_BY(125, 125)
SIGNED_BY(max, INT32_MAX)
SIGNED_BY(min, INT32_MIN)

/// Tests for divisibility and signs of remainders, which become multiplications by inverses or masks.
__attribute__((noinline)) unsigned divisibility(int32_t value, uint32_t natural) {
  unsigned found = 0;
  if (value % 2 == 1) found |= 1;
  if (value % 2 == -1) found |= 2;
  if (value % 6 == 0) found |= 4;
  if (value % 8 < 0) found |= 8;
  if (value % 5 > 2) found |= 16;
  if (natural % 9 == 0) found |= 32;
  if (natural % 12 == 4) found |= 64;
  if (natural % 100 != 0 || natural % 400 == 0) found |= 128;
  if (value / 4 == 0) found |= 256;
  if (value / 10 > 3) found |= 512;
  if (value / -10 >= 3) found |= 1024;
  if (value / INT32_MIN) found |= 2048;
  return found;
}

int main(void) {
  static divider *const dividers[] = {by_u1,  by_u3,  by_u5,  by_u7,    by_u8,   by_u10,         by_u28,        by_u60,
                                      by_u127, by_u128, by_u641, by_u1000000007, by_u2147483649, by_u4294967295,
                                      by_s3,  by_sm3, by_s7,  by_sm7,   by_s2,   by_sm2,         by_s16,
                                      by_sm64, by_s100, by_sm1000, by_s125, by_smax, by_smin};
  static const uint64_t edges[] = {0, 1, 2, 6, 7, 8, 9, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2147483647,
                                   2147483648, 2147483649, 4294967295, 4294967296, 9223372036854775807u,
                                   9223372036854775808u, 9223372036854775809u, 18446744073709551615u,
                                   18446744073709551614u, 18446744071562067968u, 18446744069414584320u};
  for (unsigned d = 0; d < sizeof dividers / sizeof dividers[0]; ++d) {
    for (unsigned e = 0; e < sizeof edges / sizeof edges[0]; ++e) dividers[d](opaque(edges[e]));
    for (uint64_t value = opaque(0x123456789abcdef), i = 0; i < 12; ++i)
      dividers[d](value = value * 6364136223846793005u + d);
  }
  for (int i = -420; i <= 420; ++i) mix(divisibility(opaque_int(i), (uint32_t)(i * i)));
  for (unsigned e = 0; e < sizeof edges / sizeof edges[0]; ++e)
    mix(divisibility((int32_t)opaque(edges[e]), (uint32_t)edges[e]));
  return report();
}
