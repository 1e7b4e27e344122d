// 128-bit integers: addition and subtraction with carries between the halves, multiplication, division, remainder,
// comparison, shifts by variables and across 64, conversions to and from narrower types and doubles, decimal output.
#include "checksum.h"

typedef __int128 wide;
typedef unsigned __int128 uwide;

static uwide make(uint64_t high, uint64_t low) { return (uwide)high << 64 | low; }

static void mix_wide(uwide value) {
  mix(value);
  mix(value >> 64);
}

static __attribute__((noinline)) void arithmetic(uwide a, uwide b) {
  mix_wide(a + b);
  mix_wide(a - b);
  mix_wide(a * b);
  mix_wide(-a ^ ~b);
  mix_wide((uint64_t)a * (uwide)(uint64_t)b);
  mix_wide((uwide)((wide)(int64_t)a * (int64_t)b));
  if (b != 0) {
    mix_wide(a / b);
    mix_wide(a % b);
  }
  wide x = (wide)a, y = (wide)b;
  if (y != 0 && y != -1) {
    mix_wide((uwide)(x / y));
    mix_wide((uwide)(x % y));
  }
}

unsigned comparisons(uwide a, uwide b) {
  wide x = (wide)a, y = (wide)b;
  unsigned result = (a < b) | (a <= b) << 1 | (x < y) << 2 | (x <= y) << 3 | (a == b) << 4;
  result |= (unsigned)(x < 0) << 5 | (unsigned)(a > UINT64_MAX) << 6 | (unsigned)(x == (int64_t)x) << 7;
  result |= (unsigned)((a >> 64) == 0) << 8 | (unsigned)((uint64_t)a == (uint64_t)b) << 9;
  result |= (unsigned)(x > y ? a > b : b >= a) << 10 | (unsigned)(a - b > a) << 11;
  return result;
}

static void shifts(uwide value, unsigned amount) {
  amount &= 127;
  mix_wide(value << amount);
  mix_wide(value >> amount);
  mix_wide((uwide)((wide)value >> amount));
  mix_wide(value << amount | value >> (-amount & 127));
  mix(value >> (amount & 63));
  mix(value >> 64 << (amount & 63));
}

static int decimal(wide value, char *text) {
  char reversed[44];
  int count = 0, length = 0;
  uwide rest = value < 0 ? -(uwide)value : (uwide)value;
  do reversed[count++] = (char)('0' + (int)(rest % 10));
  while ((rest /= 10) != 0);
  if (value < 0) text[length++] = '-';
  while (count) text[length++] = reversed[--count];
  text[length] = 0;
  return length;
}

static __attribute__((noinline)) wide parse(const char *text, int *overflow) {
  int negative = *text == '-';
  wide value = 0;
  *overflow = 0;
  for (text += negative; *text; ++text) {
    *overflow |= __builtin_mul_overflow(value, 10, &value);
    *overflow |= __builtin_sub_overflow(value, *text - '0', &value);
  }
  if (!negative) *overflow |= __builtin_sub_overflow((wide)0, value, &value);
  return value;
}

/// The sum of squares and the square of the sum, in a loop whose accumulators are wide.
static uwide variance(const int64_t *values, int count) {
  wide squares = 0, sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += values[i];
    squares += (wide)values[i] * values[i] / 64;
  }
  return (uwide)(squares - sum / (count ? count : 1));
}

int main(void) {
  static const uint64_t halves[] = {
      0, 1, 2, 10, 0x7fffffff, 0xffffffff, 0x100000000, INT64_MAX, 0x8000000000000000, UINT64_MAX - 1, UINT64_MAX};
  int count = sizeof halves / sizeof halves[0];
  int64_t values[11];
  for (int i = 0; i < count; ++i) {
    values[i] = (int64_t)opaque(halves[i]);
    for (int j = 0; j < count; ++j) {
      uwide a = make(opaque(halves[i]), halves[j]);
      for (int k = (i + j) % 3; k < count; k += 4) {
        uwide b = make(halves[k], halves[(i + k * 5) % count]), c = make(k & 1 ? halves[i] : 0, halves[k]);
        if (k < 6) arithmetic(a, b), arithmetic(b, c);
        mix(comparisons(a, b) | (uint64_t)comparisons(a, c) << 12 | (uint64_t)comparisons(b, b) << 24);
      }
      shifts(a, (unsigned)(i * 29 + j * 12));
      char text[44];
      int overflow, length = decimal((wide)a, text);
      mix_text(text);
      mix_wide((uwide)parse(text, &overflow));
      text[length] = '3', text[length + 1] = 0;
      wide longer = parse(text, &overflow);
      mix(overflow);
      if (!overflow) mix_wide((uwide)longer);
      mix_double((double)(wide)a), mix_double((double)a / 3), mix_float((float)a / 16);
    }
    mix_wide(variance(values, i));
    double real = (double)(int64_t)halves[i] * 4194304.5;
    mix_wide((uwide)(wide)real);
  }
  return report();
}
