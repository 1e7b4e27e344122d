// Facts about ranges: what masks, comparisons, remainders, assumed conditions and earlier exits say about a value,
// and what they do not say; conditions that follow from them may be dropped, others only look as if they did.
#include "checksum.h"

#define TRUST(condition)                                                                                             \
  do {                                                                                                               \
    if (!(condition)) __builtin_unreachable();                                                                       \
  } while (0)

static unsigned by_mask(uint32_t value) {
  unsigned low = value & 0x3c, high = value | 0xffffff00u, result = 0;
  if (low < 64) result |= 1;
  if (low == 2) result |= 2;
  if (low > 59) result |= 4;
  if ((low & 3) == 0) result |= 8;
  if (high > 0xfffffff0u) result |= 16;
  if ((high ^ 0xffffff00u) == low) result |= 32;
  if ((low << 2 >> 2) == low) result |= 64;
  if ((value & 0xf0) + (value & 15) == (value & 255)) result |= 128;
  if ((uint8_t)(value << 4) >> 4 == (value & 15)) result |= 256;
  if ((value >> 28) * 16 + 15 > (value >> 24)) result |= 512;
  return result;
}

static __attribute__((noinline)) int by_earlier_exit(int value, int other) {
  if (value < 10) return value <= 9 ? 1 : 99;
  if (value > 1000) return value > 999 ? 2 : 99;
  if (value * 2 < 20) return 99;
  if (value == other) return value + other < 2001 ? 3 : 99;
  if (value - 10 > 495) {
    if (value < 506) return 99;
    if (value % 2 == 0) return value / 2 >= 253 ? 4 : 99;
    return (value ^ 1) > 505 ? 5 : 99;
  }
  if (other >= 0 && other < value) return other <= 504 ? 6 + other % value - other : 99;
  return other < 0 ? 7 : 8;
}

static int by_remainder(int value, unsigned natural) {
  int rest = value % 7, result = 0;
  if (rest > -7 && rest < 7) result |= 1;
  if (rest < 0) result |= value < 0 ? 2 : 4;
  if (rest == 6) result |= 8;
  unsigned part = natural % 100 / 10;
  switch (part) {
  case 0: result |= 16; break;
  case 9: result |= 32; break;
  case 10: result |= 64; break;
  default: result |= (int)(part << 8);
  }
  if (natural / 1000000 > 4294) result |= 128;
  if ((natural & 0xfff) % 5000 == (natural & 0xfff)) result |= 1 << 12;
  if ((uint16_t)natural % 40000u != (uint16_t)natural) result |= 1 << 13;
  return result;
}

/// The callers keep the promises made here.
int trusting(int level, unsigned flags) {
  TRUST(level >= 0 && level < 8);
  TRUST(flags % 4 == 0);
  int result = (level & 7) == level ? 1 : 2;
  result += flags & 2 ? 100 : 0;
  switch (level) {
  case 0: return result + 10;
  case 3:
  case 5: return result + (int)(flags / 4 * 4 == flags);
  case 7: return result + 30;
  default: return result + level * (int)(flags & 31);
  }
}

static const uint8_t lengths[16] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 3, 4};

static __attribute__((noinline)) int bounded_walk(const uint8_t *bytes, int count) {
  int at = 0, items = 0;
  while (at < count) {
    unsigned length = lengths[bytes[at] >> 4];
    if (length == 0) return -at - 1;
    if (length > (unsigned)(count - at)) return items * 100 + 50;
    at += (int)length;
    ++items;
    if (at > count) return -9999;
  }
  return items * 100;
}

/// Correlated conditions: the second switch is decided by the first one on some of the ways.
static int correlated(int kind, int value) {
  int class, result = 0;
  if (kind < 0) class = 0;
  else if (kind < 5) class = value > 3 ? 1 : 2;
  else if (kind == 5) class = 3;
  else class = value & 3;
  if (class == 2 && kind >= 0 && kind < 5 && value > 3) result = 999;
  if (class == 3 && kind <= 5) result += value == 3 ? 1 : 2;
  if (class != 0) result += kind < 0 ? 998 : 4;
  if (kind > 5 && class == (value & 1)) result += 8;
  return result * 4 + class;
}

int main(void) {
  for (uint32_t i = 0; i < 600; ++i) mix(by_mask((uint32_t)opaque(i * 0x01f7a3b5u)));
  static const int edges[] = {-5, 0, 9, 10, 11, 500, 504, 505, 506, 507, 999, 1000, 1001, 5000};
  for (int i = 0; i < 14; ++i)
    for (int j = 0; j < 14; ++j) mix(by_earlier_exit(opaque_int(edges[i]), edges[j]));
  for (int i = -200; i < 200; i += 3) mix(by_remainder(opaque_int(i), (unsigned)i * 10737419u));
  for (int i = 0; i < 64; ++i) mix(trusting(opaque_int(i % 8), (unsigned)i / 8 * 4));
  uint8_t bytes[32];
  for (int round = 0; round < 120; ++round) {
    for (int i = 0; i < 32; ++i) {
      uint8_t byte = (uint8_t)opaque((uint64_t)(round * 59 + i * i * 23));
      bytes[i] = byte >= 0x80 && byte < 0xc0 && round % 8 ? byte ^ 0xc0 : byte;
    }
    mix(bounded_walk(bytes, round % 33));
  }
  for (int kind = -2; kind < 9; ++kind)
    for (int value = 0; value < 9; ++value) mix(correlated(opaque_int(kind), value));
  return report();
}
