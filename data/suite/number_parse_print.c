// Text to numbers and back: signs, bases from 2 to 36 with prefixes, separators, overflow reported or clamped,
// padding, digits two at a time, Roman numbers, and fixed decimals with rounding.
#include "checksum.h"

enum outcome { parsed, empty, bad_digit, too_large };

static enum outcome parse(const char *text, int base, uint64_t limit, uint64_t *value, int *used) {
  const char *at = text;
  if (base == 0) {
    base = 10;
    if (at[0] == '0') {
      char mark = at[1] | 32;
      base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
      at += base == 8 ? 1 : 2;
    }
  }
  uint64_t result = 0;
  int digits = at > text && base == 8, over = 0;
  for (;; ++at) {
    int letter = *at | 32, digit = letter >= 'a' && letter <= 'z' ? letter - 'a' + 10 : 99;
    if (*at >= '0' && *at <= '9') digit = *at - '0';
    if (*at == '_' && digits) continue;
    if (digit >= base) break;
    ++digits;
    if (result > (limit - (uint64_t)digit) / (uint64_t)base) over = 1;
    result = result * (uint64_t)base + (uint64_t)digit;
  }
  *used = (int)(at - text);
  *value = over ? limit : result;
  return digits == 0 ? empty : over ? too_large : *at ? bad_digit : parsed;
}

static __attribute__((noinline)) enum outcome parse_signed(const char *text, int64_t *value) {
  while (*text == ' ') ++text;
  int negative = *text == '-', used;
  if (*text == '-' || *text == '+') ++text;
  uint64_t size;
  enum outcome outcome = parse(text, 10, negative ? (uint64_t)1 << 63 : (uint64_t)INT64_MAX, &size, &used);
  *value = (int64_t)(negative ? 0 - size : size);
  return outcome;
}

static int print_base(uint64_t value, unsigned base, char *text) {
  char *end = text, *start = text;
  do *end++ = "0123456789abcdefghijklmnopqrstuvwxyz"[value % base];
  while (value /= base);
  *end = 0;
  int length = (int)(end - text);
  while (start < --end) { char t = *start; *start++ = *end; *end = t; }
  return length;
}

/// Two digits in each step, from the end of the buffer, then padded to a width.
char *print_signed(int64_t value, int width, char fill, char text[40]) {
  static const char pairs[] =
      "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849505152535455"
      "5657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
  char *at = text + 39;
  uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  *at = 0;
  for (; size >= 100; size /= 100) at -= 2, memcpy(at, pairs + size % 100 * 2, 2);
  if (size >= 10) at -= 2, memcpy(at, pairs + size * 2, 2);
  else *--at = (char)('0' + size);
  if (value < 0 && fill != '0') *--at = '-';
  while (text + 39 - at < width - (value < 0 && fill == '0')) *--at = fill;
  if (value < 0 && fill == '0') *--at = '-';
  return at;
}

static void roman(unsigned value, char *text) {
  static const struct {
    uint16_t size;
    char name[3];
  } steps[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
               {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
  for (int i = 0; i < 13; ++i)
    for (; value >= steps[i].size; value -= steps[i].size)
      for (const char *p = steps[i].name; *p; ++p) *text++ = *p;
  *text = 0;
}
static __attribute__((noinline)) void print_fixed(int64_t millionths, int decimals, char *text) {
  int64_t unit = 1;
  for (int i = decimals; i < 6; ++i) unit *= 10;
  int negative = millionths < 0;
  uint64_t size = (negative ? 0 - (uint64_t)millionths : (uint64_t)millionths),
           rounded = (size + (uint64_t)unit / 2) / (uint64_t)unit;
  uint64_t scale = 1000000 / (uint64_t)unit;
  if (negative && rounded) *text++ = '-';
  text += print_base(rounded / scale, 10, text);
  if (decimals) *text++ = '.';
  for (uint64_t rest = rounded % scale; scale > 1; rest %= scale) scale /= 10, *text++ = (char)('0' + rest / scale);
  *text = 0;
}

int main(void) {
  static const char *const texts[] = {"0", "42", "-17", "+8", "", "-", "  99", "9223372036854775807",
                                      "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
                                      "12_345", "_1", "0x1F", "0b1011", "017", "08", "0xg", "zz",
                                      "18446744073709551615", "18446744073709551616", "ffffffffffffffff", "1e5",
                                      "99999999999999999999999"};
  static const int bases[] = {0, 2, 8, 10, 16, 36};
  char text[80];
  for (int t = 0; t < 24; ++t) {
    int64_t number;
    uint64_t value;
    int used;
    mix(parse_signed(texts[opaque_int(t)], &number)), mix(number);
    for (int b = 0; b < 6; ++b)
      for (int small = 0; small < 2; ++small)
        mix(parse(texts[t], bases[b], small ? 0xffff : UINT64_MAX, &value, &used)), mix(value), mix(used);
  }
  uint64_t value = opaque(1);
  for (int i = 0; i < 70; ++i, value = value * 3 + (value >> 60) + (i % 5 == 0)) {
    for (unsigned base = 2; base <= 36; base += 7) {
      print_base(value, base, text), mix_text(text);
      uint64_t back;
      int used;
      mix(parse(text, (int)base, UINT64_MAX, &back, &used)), mix(back - value);
    }
    mix_text(print_signed((int64_t)(i % 2 ? value : -value), i % 26, i % 3 ? '0' : ' ', text));
    for (int decimals = 0; decimals <= 6; decimals += 2)
      print_fixed((int64_t)(value % 10000000000) * (i % 3 - 1), decimals, text), mix_text(text);
    roman((unsigned)(value % 4000), text), mix_text(text);
  }
  mix_text(print_signed(INT64_MIN, 25, '0', text));
  return report();
}
