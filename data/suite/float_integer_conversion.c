// Conversions between integers and floating numbers of all widths, within range: truncation, the loss of low bits,
// rounding to even, unsigned numbers above the signed range, and round trips that only look as if they did nothing.
#include "checksum.h"
#include <math.h>

static void from_integer(uint64_t v) {
  mix_double((double)(int8_t)v), mix_double((double)(uint8_t)v), mix_double((double)(int16_t)v);
  mix_double((double)(int32_t)v), mix_double((double)(uint32_t)v), mix_double((double)(int64_t)v),
      mix_double((double)v);
  mix_float((float)(int16_t)v), mix_float((float)(int32_t)v), mix_float((float)(uint32_t)v);
  mix_float((float)(int64_t)v), mix_float((float)v);
  mix_float((float)(double)(int64_t)v);  // rounded twice
  mix_double((double)(float)(uint32_t)v);
  mix_double((double)(__int128)(int64_t)v * 2.0);
}

static __attribute__((noinline)) uint64_t round_trips(int64_t v) {
  uint64_t same = 0;
  same |= (uint64_t)((int64_t)(double)(v / 2) == v / 2);
  same |= (uint64_t)((int32_t)(double)(int32_t)v == (int32_t)v) << 1;
  same |= (uint64_t)((int64_t)(float)(int32_t)v == (int32_t)v) << 2;
  same |= (uint64_t)((uint32_t)(double)(uint32_t)v == (uint32_t)v) << 3;
  same |= (uint64_t)((int16_t)(float)(int16_t)v == (int16_t)v) << 4;
  same |= (uint64_t)((float)(int32_t)v == (double)(int32_t)v) << 5;
  same |= (uint64_t)((double)(uint64_t)v == (double)v) << 6;
  same |= (uint64_t)((double)(v / 4) + (double)(v / 4) == (double)(v / 4 * 2)) << 7;
  same |= (uint64_t)((double)(int32_t)v * 3.0 == (double)((int64_t)(int32_t)v * 3)) << 8;
  same |= (uint64_t)((float)(int32_t)v + 1.0f > (float)(int32_t)v) << 9;
  same |= (uint64_t)((double)v == v + 0.0 && (int32_t)v == (double)v) << 10;
  same |= (uint64_t)((int)((float)(v & 0xffffff) / 2.0f) == (int)((v & 0xffffff) >> 1)) << 11;
  return same;
}

/// Only called with numbers that every target type can hold.
static void to_integer(double d) {
  mix((uint64_t)(int64_t)(int8_t)d), mix((uint64_t)(int64_t)(int16_t)d), mix((uint64_t)(int64_t)(int32_t)d),
      mix((uint64_t)(int64_t)d);
  mix((uint64_t)(int64_t)(int32_t)(float)d);
  if (d > -1) mix((uint8_t)d), mix((uint16_t)d), mix((uint32_t)d), mix((uint64_t)d), mix((uint64_t)(float)d);
  mix((uint64_t)lrint(d)), mix((uint64_t)lround(d)), mix((uint64_t)(int64_t)floor(d)),
      mix((uint64_t)(int64_t)(d < 0 ? d - 0.5 : d + 0.5));
}

uint64_t large(double d) {  // at least 0 and below 2^64
  uint64_t result = (uint64_t)d;
  if (d < 9.2e18) result += (uint64_t)(int64_t)d << 1;
  if (d < 4294967296.0) result ^= (uint64_t)(uint32_t)d << 32;
  return result;
}

/// Clamped first, so that any double may come in; NaN becomes zero.
static __attribute__((noinline)) int32_t clamped(double d) {
  if (d >= 2147483647.0) return INT32_MAX;
  if (d <= -2147483648.0) return INT32_MIN;
  return d == d ? (int32_t)d : 0;
}
static uint8_t pixel(float f) { return f <= 0.0f ? 0 : f >= 255.0f ? 255 : (uint8_t)(f + 0.5f); }

/// Comparisons of an integer with a fraction or with a number out of its range.
static unsigned comparisons(int32_t v, uint8_t b) {
  unsigned result = 0;
  if (v < 2.5) result |= 1;
  if (v >= -0.5) result |= 2;
  if (v == 0.5) result |= 4;
  if (v != 7.25f) result |= 8;
  if (v <= 2147483647.0) result |= 16;
  if (v > -2147483649.0) result |= 32;
  if ((float)v > 2147483520.0f) result |= 64;
  if ((double)b < 256.0) result |= 128;
  if (b > 254.5) result |= 256;
  if ((unsigned)v < 4294967295.5) result |= 512;
  if ((double)v == (double)b) result |= 1024;
  if (v > 16777216.0f) result |= 2048;
  return result;
}

/// A counter that is an integer, a float and a double at once.
static double count_with_floats(int from, int to, float step) {
  double sum = 0;
  float f = (float)from;
  for (int i = from; i < to; ++i, f += step) sum += (double)i / 4 - f + (int)f;
  for (float x = 0.0f; x < 3.0f; x += 0.1f) sum += (int)(x * 10.0f);
  return sum;
}

int main(void) {
  volatile double one = 1;
  for (unsigned i = 0; i < 64; ++i) {
    uint64_t power = opaque((uint64_t)1 << i);
    for (int64_t off = -3; off <= 3; off += 1 + (i > 30))
      from_integer(power + (uint64_t)off), mix(round_trips((int64_t)(power + (uint64_t)off)));
    from_integer(power * 3 / 2 + 1), from_integer(-power - power / 2), mix(round_trips((int64_t)(power * 0xfffffbu)));
    mix(large((double)power * one)), mix(large((double)power * 1.75 * one)),
        mix(large((double)(power - 1) * 0.999 * one));
    mix((uint64_t)(int64_t)clamped((double)power * -1.1 * one)),
        mix((uint64_t)(int64_t)clamped((double)power * one - 1));
    mix(comparisons((int32_t)power - (i & 1), (uint8_t)(i * 5))),
        mix(comparisons((int32_t)i / 2 - 2, (uint8_t)(i * 65)));
  }
  for (int i = -500; i < 500; i += 11) to_integer(i / 4.0 * one), mix(pixel((float)i * 0.6f));
  for (int i = -10; i <= 10; ++i) to_integer(i / 2.0 * one), to_integer(nextafter(i / 2.0 * one, i % 2 ? 9 : -9));
  mix((uint64_t)(int64_t)clamped(NAN * one)), mix((uint64_t)(int64_t)clamped(-INFINITY * one)),
      mix((uint64_t)(int64_t)clamped(1e300 * one));
  for (int to = 0; to < 50; to = to * 2 + 1) mix_double(count_with_floats(opaque_int(-to), to, 0.75f + (float)to));
  return report();
}
