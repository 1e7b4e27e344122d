// Saturating addition, subtraction, multiplication, negation and narrowing of several widths, each written in
// several ways (compare first, widen, sign tricks, overflow builtins), and an echo filter that uses them.
#include "checksum.h"
#include <limits.h>

static int8_t add8_wide(int8_t a, int8_t b) {
  int sum = a + b;
  return (int8_t)(sum > 127 ? 127 : sum < -128 ? -128 : sum);
}

static int8_t add8_compare(int8_t a, int8_t b) {
  if (b > 0 && a > 127 - b) return 127;
  if (b < 0 && a < -128 - b) return -128;
  return (int8_t)(a + b);
}

static uint8_t add_unsigned(uint8_t a, uint8_t b) {
  uint8_t sum = (uint8_t)(a + b);
  return (uint8_t)(sum | -(sum < a));
}

static uint8_t subtract_unsigned(uint8_t a, uint8_t b) {
  uint8_t difference = (uint8_t)(a - b);
  return (uint8_t)(difference & -(difference <= a));
}

__attribute__((noinline)) int32_t add32_sign(int32_t a, int32_t b) {
  uint32_t sum = (uint32_t)a + (uint32_t)b;
  uint32_t limit = ((uint32_t)a >> 31) + INT32_MAX;
  if (((int32_t)(((uint32_t)a ^ (uint32_t)b) | ~((uint32_t)b ^ sum))) >= 0) sum = limit;
  return (int32_t)sum;
}

static int32_t add32_builtin(int32_t a, int32_t b) {
  int32_t sum;
  return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? INT32_MIN : INT32_MAX) : sum;
}

static __attribute__((noinline)) int32_t subtract32(int32_t a, int32_t b) {
  int64_t difference = (int64_t)a - b;
  if (difference > INT32_MAX) difference = INT32_MAX;
  if (difference < INT32_MIN) difference = INT32_MIN;
  return (int32_t)difference;
}

int64_t multiply64(int64_t a, int64_t b) {
  int64_t product;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a ^ b) < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t multiply64_divide(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return 0;
  uint64_t size_a = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, size_b = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
  int negative = (a < 0) != (b < 0);
  uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
  if (size_a > limit / size_b) return negative ? INT64_MIN : INT64_MAX;
  uint64_t size = size_a * size_b;
  return (int64_t)(negative ? 0 - size : size);
}

static int32_t negate(int32_t a) { return a == INT32_MIN ? INT32_MAX : -a; }
static int32_t magnitude(int32_t a) { return a < 0 ? negate(a) : a; }

static int16_t narrow16(int32_t a) { return (int16_t)(a < -32768 ? -32768 : a > 32767 ? 32767 : a); }
static uint16_t narrow_unsigned(int32_t a) { return (uint16_t)(a & ~0xffff ? ~a >> 31 & 0xffff : a); }
static int32_t shift_left(int32_t a, unsigned amount) {
  int64_t wide = (int64_t)((uint64_t)(int64_t)a << amount);
  return wide == (int32_t)wide ? (int32_t)wide : a < 0 ? INT_MIN : INT_MAX;
}

static void echo(int16_t *samples, int count, int delay, int gain) {
  for (int i = delay; i < count; ++i) samples[i] = narrow16(samples[i] + samples[i - delay] * gain / 16);
}

int main(void) {
  for (int a = -128; a < 128; a += 5)
    for (int b = -128; b < 128; b += 3) {
      int8_t x = (int8_t)opaque_int(a), y = (int8_t)b;
      mix((uint64_t)(uint8_t)add8_wide(x, y) | (uint64_t)(uint8_t)add8_compare(x, y) << 8 |
          (uint64_t)add_unsigned((uint8_t)x, (uint8_t)y) << 16 |
          (uint64_t)subtract_unsigned((uint8_t)x, (uint8_t)y) << 24);
    }
  static const int64_t edges[] = {0, 1, -1, 2, -2, 3, 255, -256, 32767, -32768, 65536, 0x40000000, -0x40000000,
                                  INT32_MAX, INT32_MIN, 3037000499, 3037000500, -3037000500, INT64_MAX, INT64_MIN};
  int count = sizeof edges / sizeof edges[0];
  for (int i = 0; i < count; ++i) {
    int32_t a = (int32_t)opaque((uint64_t)edges[i]);
    mix((uint64_t)(int64_t)magnitude(a) ^ (uint64_t)(int64_t)negate(a) << 8);
    mix((uint64_t)(int64_t)narrow16(a) ^ (uint64_t)narrow_unsigned(a) << 20);
    for (unsigned amount = 0; amount < 32; amount += 3) mix(shift_left(a, amount));
    for (int j = 0; j < count; ++j) {
      int32_t b = (int32_t)edges[j];
      mix(add32_sign(a, b));
      mix(add32_builtin(a, b));
      mix(subtract32(a, b));
      mix(multiply64(edges[i], (int64_t)opaque((uint64_t)edges[j])));
      mix(multiply64_divide(edges[i], (int64_t)opaque((uint64_t)edges[j])));
    }
  }
  int16_t samples[300];
  for (int i = 0; i < 300; ++i) samples[i] = (int16_t)(i * 7919 + opaque_int(11));
  for (int delay = 1; delay < 9; delay += 2) echo(samples, 300 - delay, delay, 30 - 9 * delay);
  for (int i = 0; i < 300; ++i) mix(samples[i]);
  return report();
}
