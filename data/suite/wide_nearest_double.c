// Decimal texts to the nearest double by multi-word binary numbers: a long quotient, bit by bit, and a rounding
// that looks at what was lost; compared with the library's conversion and with the quick way, which is sometimes
// wrong.
#include "checksum.h"
#include <stdlib.h>

enum { most_words = 40 };

struct digits {
  int count, point;  // the number is 0.ddd * 10^point
  uint8_t d[40];
};

static void read_digits(const char *text, struct digits *n) {
  n->count = n->point = 0;
  int after_point = 0, exponent = 0;
  for (; *text && *text != 'e'; ++text) {
    if (*text == '.') after_point = 1;
    else if (*text == '0' && n->count == 0) n->point -= after_point;
    else n->d[n->count++] = (uint8_t)(*text - '0'), n->point += !after_point;
  }
  if (*text == 'e') {
    int negative = *++text == '-';
    for (text += negative; *text; ++text) exponent = exponent * 10 + (*text - '0');
    n->point += negative ? -exponent : exponent;
  }
}

struct big {
  int count;
  uint32_t w[most_words];
};
static void big_multiply(struct big *b, uint32_t by, uint32_t plus) {
  uint64_t carry = plus;
  for (int i = 0; i < b->count; ++i) carry += (uint64_t)b->w[i] * by, b->w[i] = (uint32_t)carry, carry >>= 32;
  if (carry) b->w[b->count++] = (uint32_t)carry;
}
static void big_shift(struct big *b, int by) {
  for (; by >= 32; by -= 32) memmove(b->w + 1, b->w, (size_t)b->count++ * 4), b->w[0] = 0;
  big_multiply(b, 1u << by, 0);
}
static int big_compare(const struct big *a, const struct big *b) {
  if (a->count != b->count) return a->count - b->count;
  int i = a->count;
  while (i-- > 0)
    if (a->w[i] != b->w[i]) return a->w[i] < b->w[i] ? -1 : 1;
  return 0;
}
static void big_subtract(struct big *a, const struct big *b) {
  uint64_t borrow = 0;
  for (int i = 0; i < a->count; ++i) {
    uint64_t v = (uint64_t)a->w[i] - (i < b->count ? b->w[i] : 0) - borrow;
    a->w[i] = (uint32_t)v, borrow = v >> 63;
  }
  while (a->count && a->w[a->count - 1] == 0) --a->count;
}
static int bit_count(const struct big *b) { return b->count ? b->count * 32 - __builtin_clz(b->w[b->count - 1]) : 0; }

__attribute__((noinline)) double nearest(const struct digits *n) {
  struct big top = {0}, bottom = {1, {1}};
  for (int i = 0; i < n->count; ++i) big_multiply(&top, 10, n->d[i]);
  for (int i = n->count; i < n->point; ++i) big_multiply(&top, 10, 0);
  for (int i = n->point; i < n->count; ++i) big_multiply(&bottom, 10, 0);
  if (top.count == 0) return 0;
  int exponent = bit_count(&top) - bit_count(&bottom) - 54;  // the quotient gets 54 or 55 bits
  if (exponent < 0) big_shift(&top, -exponent);
  else big_shift(&bottom, exponent);
  big_shift(&bottom, 55);
  uint64_t quotient = 0;
  for (int i = 55; i >= 0; --i) {
    quotient <<= 1;
    if (big_compare(&top, &bottom) >= 0) big_subtract(&top, &bottom), quotient |= 1;
    big_shift(&top, 1);
  }
  int drop = 64 - __builtin_clzll(quotient) - 53;
  uint64_t kept = quotient >> drop, lost = quotient & (((uint64_t)1 << drop) - 1), middle = (uint64_t)1 << (drop - 1);
  if (lost > middle || (lost == middle && (top.count || (kept & 1)))) ++kept;
  double result = (double)kept;
  for (exponent += drop; exponent > 0; --exponent) result *= 2;
  for (; exponent < 0; ++exponent) result /= 2;
  return result;
}

/// Exact only if the digits and the power of ten both fit into 53 bits.
static double quick(const struct digits *n) {
  double value = 0, power = 1;
  for (int i = 0; i < n->count; ++i) value = value * 10 + n->d[i];
  int scale = n->point - n->count;
  for (int i = 0; i < (scale < 0 ? -scale : scale); ++i) power *= 10;
  return scale < 0 ? value / power : value * power;
}

int main(void) {
  static const char *const texts[] = {"0", "1", "0.1", "123456.789", "1e23", "8.5e-5", "9007199254740993",
                                      "9007199254740991.5", "0.30000000000000004", "179769313486231570000", "4.35",
                                      "2.2250738585072014e-20", "99999999999999999999999", "6.02214076e23", "1e-7",
                                      "9007199254740995", "9007199254740992.99999999",
                                      "3.14159265358979323846264338", "1000000000000000000000000000000",
                                      "0.000123e3", "18014398509481989"};
  for (int t = 0; t < 21; ++t) {
    char text[48] = {0};
    strcpy(text, texts[opaque_int(t)]);
    for (int change = 0; change < 6; ++change) {
      struct digits n;
      read_digits(text, &n);
      double value = nearest(&n), other = quick(&n);
      mix_double(value), mix_double(value - other), mix(value == strtod(text, NULL));
      for (char *p = text + change; *p && p < text + 5; p += 2)
        if (*p >= '0' && *p <= '9' && p[1] != 'e') *p = (char)('0' + (*p - '0' + 3) % 10);
    }
  }
  return report();
}
