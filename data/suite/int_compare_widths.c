// Comparisons between operands of mixed widths and signs, with constants next to the edges, chained, negated and
// combined with and/or so that they can be merged into ranges.
#include "checksum.h"

struct sample {
  int8_t i8;
  uint8_t u8;
  int16_t i16;
  uint16_t u16;
  int32_t i32;
  uint32_t u32;
  int64_t i64;
  uint64_t u64;
};

#define SIX(a, b)                                                                                                    \
  ((unsigned)((a) < (b)) | (unsigned)((a) <= (b)) << 1 | (unsigned)((a) > (b)) << 2 | (unsigned)((a) >= (b)) << 3 |  \
   (unsigned)((a) == (b)) << 4 | (unsigned)((a) != (b)) << 5)

static uint64_t against_each_other(const struct sample *s) {
  uint64_t found = SIX(s->i8, s->u8);
  found = found << 6 | SIX(s->i16, s->u8);
  found = found << 6 | SIX(s->i8, s->u16);
  found = found << 6 | SIX((int64_t)s->i32, (int64_t)s->u32);
  found = found << 6 | SIX((uint32_t)s->i8, s->u32);
  found = found << 6 | SIX((uint64_t)s->i16, s->u64);
  found = found << 6 | SIX(s->i64, s->i32);
  found = found << 6 | SIX((int32_t)s->u16, s->i32);
  found = found << 6 | SIX((uint8_t)s->i32, s->u8);
  return found << 6 | SIX((int16_t)s->u64, s->i16);
}

/// A signed and an unsigned number compared by value, three ways.
static int less_by_value(int32_t a, uint32_t b) { return a < 0 || (uint32_t)a < b; }
static int less_by_widening(int32_t a, uint32_t b) { return (int64_t)a < b; }
static __attribute__((noinline)) int order_by_value(int64_t a, uint64_t b) {
  if (a < 0) return -1;
  return ((uint64_t)a > b) - ((uint64_t)a < b);
}

uint64_t against_constants(const struct sample *s) {
  uint64_t found = 0;
#define TEST(condition) found = found << 1 | ((condition) ? 1 : 0)
  TEST(s->i8 > 100);
  TEST((uint8_t)(s->i8 + 1) < 2);
  TEST(s->u8 - 10 < 0);
  TEST(s->u8 - 10u < 240u);
  TEST(s->u8 >= 'a' && s->u8 <= 'z');
  TEST(s->u8 < '0' || s->u8 > '9');
  TEST((s->u8 | 32) == 'q');
  TEST(s->i16 > -5 && s->i16 < 5);
  TEST(s->i16 > 5 && s->i16 < -5 + (int)s->u8);
  TEST(s->i16 == 3 || s->i16 == 4 || s->i16 == 7);
  TEST(s->u16 == 0x100 || s->u16 == 0x101);
  TEST(s->i32 <= INT32_MAX - 1);
  TEST(s->i32 != INT32_MIN && -s->i32 < 100);
  TEST((s->i32 & s->i16) < 0);
  TEST((s->i32 | s->i16) >= 0);
  TEST((s->i32 ^ s->i16) < 0);
  TEST(s->u32 > 0x7fffffff);
  TEST((int32_t)s->u32 < -1);
  TEST(s->u32 >> 8 == 0xffffff);
  TEST(s->u32 << 1 > 10);
  TEST(s->u32 * 2u == 6);
  TEST((uint16_t)s->u32 == 0xfffe);
  TEST((int8_t)s->u32 == -2);
  TEST(s->i64 < INT32_MIN || s->i64 > INT32_MAX);
  TEST((int32_t)s->i64 != s->i64);
  TEST(s->i64 + 0u > 5);
  TEST(!(s->i64 >= 0));
  TEST(s->u64 > UINT32_MAX && (uint32_t)s->u64 == 0);
  TEST(((int64_t)s->u64 < 0) == (s->i32 > 0));
  TEST(!!s->u8 == !s->i8);
  return found;
}

/// A three-way order of fields, as sort functions have it; each difference must not be taken in a narrow type.
static int order(const struct sample *a, const struct sample *b) {
  if (a->i8 != b->i8) return a->i8 - b->i8;
  if (a->u16 != b->u16) return a->u16 - b->u16;
  if (a->u32 != b->u32) return a->u32 < b->u32 ? -1 : 1;
  return (a->i64 > b->i64) - (a->i64 < b->i64);
}

int main(void) {
  static const int64_t edges[] = {0, 1, -1, 2, -2, 3, 4, 5, -5, 7, 10, 48, 57, 58, 81, 97, 122, 113, 127, 128, -128,
                                  255, 256, 257, -129, 32767, 32768, -32768, 65535, 65536, -65536, INT32_MAX,
                                  INT32_MIN, 2147483648, 4294967295, 4294967296, 4294967294, -4294967296, INT64_MAX,
                                  INT64_MIN, 0x7fffffff00000000};
  int count = sizeof edges / sizeof edges[0];
  struct sample samples[41];
  for (int i = 0; i < count; ++i) {
    uint64_t v = opaque((uint64_t)edges[i]), w = opaque((uint64_t)edges[(i * 7 + 3) % count]);
    samples[i] =
        (struct sample){(int8_t)v, (uint8_t)w, (int16_t)w, (uint16_t)v, (int32_t)v, (uint32_t)w, (int64_t)v, w};
  }
  for (int i = 0; i < count; ++i) {
    mix(against_each_other(&samples[i]));
    mix(against_constants(&samples[i]));
    for (int j = 0; j < count; ++j) {
      mix(less_by_value(samples[i].i32, samples[j].u32) + 2 * less_by_widening(samples[i].i32, samples[j].u32));
      mix(order_by_value(samples[i].i64, samples[j].u64) + 10);
      struct sample both = samples[i];
      both.u8 = samples[j].u8, both.i16 = samples[j].i16, both.u32 = samples[j].u32;
      mix(against_constants(&both) ^ against_each_other(&both) << 3);
      mix(order(&samples[i], &both));
    }
  }
  return report();
}
