// Reading numbers and fields: strtol and its kin with every base, overflow, stop positions and errno; sscanf with counted, skipped
// and failing conversions; a hand-written reader beside them that must agree.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "checksum.h"

static const char *const inputs[] = {"0",    "42",         "-17 apples", "+5",         "  \t12",  "0x1f",  "0X",   "077",   "08",
                                     "zz",   "-0x80",      "",           "   ",        "9999999999", "-9223372036854775808",
                                     "9223372036854775808", "1e3",        "12.75kg",    ".5",      "-.25e2", "abc", "7fffffff", "--3",
                                     "1_000", "99999999999999999999999", "-1", "0b101", "DeadBeef g"};
enum { input_count = sizeof inputs / sizeof *inputs };

struct reading { long value; int used, error; };

static __attribute__((noinline)) struct reading by_library(const char *text, int base) {
  char *end;
  errno = 0;
  struct reading r = {strtol(text, &end, base), 0, 0};
  r.error = errno == ERANGE;
  r.used = (int)(end - text);
  return r;
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

static __attribute__((noinline)) struct reading by_hand(const char *text, int base) {
  const char *at = text;
  while (*at == ' ' || (*at >= '\t' && *at <= '\r')) ++at;
  int negative = *at == '-';
  if (*at == '-' || *at == '+') ++at;
  if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 32) == 'x' && digit_of(at[2]) < 16)
    at += 2, base = 16;
  else if (base == 0)
    base = *at == '0' ? 8 : 10;
  struct reading r = {0, 0, 0};
  for (; digit_of(*at) < base; ++at) {
    r.used = (int)(at - text) + 1;
    if (__builtin_mul_overflow(r.value, (long)base, &r.value) ||
        __builtin_add_overflow(r.value, negative ? -(long)digit_of(*at) : digit_of(*at), &r.value))
      r.error = 1;
    if (r.error) r.value = negative ? LONG_MIN : LONG_MAX;
  }
  return r;
}

static __attribute__((noinline)) uint64_t other_readers(const char *text) {
  char *end;
  uint64_t sum = strtoul(text, &end, 10);
  sum = sum * 31 + (uint64_t)(end - text);
  sum = sum * 31 + strtoull(text, 0, 36);
  double d = strtod(text, &end);
  mix_double(d);
  sum = sum * 31 + (uint64_t)(end - text);
  if (strlen(text) < 9) sum = sum * 31 + (uint64_t)atoi(text);
  mix_float(strtof(text, 0));
  return sum;
}

// Constant texts: the calls may be done at compile time.
static long folded(void) {
  char *end;
  long sum = strtol("0x7fz", &end, 0);
  sum = sum * 10 + *end;
  sum = sum * 10 + atoi("-12") + strtol("zz", 0, 36) + (long)atoll("99x");
  return sum * 10 + (long)strtoul("-1", 0, 10) % 7 + isdigit('5') / isdigit('5') + toupper('q') + !!isalpha('.') + toascii(200) + labs(-9L);
}

static __attribute__((noinline)) int scan_fields(const char *text) {
  int a = -1, b = -1, used = -1;
  char word[8] = "none", set[6] = "----", one = '?';
  unsigned hex = 0;
  double real = -1;
  int got = sscanf(text, "%d , %7[a-z]%n", &a, word, &used);
  mix((uint64_t)(got * 1000 + a)), mix_text(word), mix((uint64_t)used);
  got = sscanf(text, "%*d%c%3x%*1s%d", &one, &hex, &b);
  mix((uint64_t)(got * 1000 + one)), mix(hex), mix((uint64_t)b);
  got = sscanf(text, "%lf%5[^ ]", &real, set);
  mix((uint64_t)got), mix_double(real), mix_text(set);
  return sscanf(text, "12%n", &used) * 100 + used;
}

static int classify(const char *text) {
  int sum = 0;
  for (; *text; ++text) {
    unsigned char c = (unsigned char)*text;
    sum = sum * 2 + !!isdigit(c) + 3 * !!isspace(c) + 5 * !!isxdigit(c) + 7 * !!ispunct(c) + 11 * !!isalpha(c) + toupper(c) % 13;
    sum %= 65521;
  }
  return sum;
}

int main(void) {
  static const int bases[] = {0, 2, 8, 10, 16, 36};
  for (int i = 0; i < input_count; ++i) {
    const char *text = inputs[opaque_int(i)];
    for (int b = 0; b < 6; ++b) {
      struct reading l = by_library(text, bases[opaque_int(b)]), h = by_hand(text, bases[b]);
      mix((uint64_t)l.value + (uint64_t)l.used * 3 + (uint64_t)l.error * 5);
      mix(l.value == h.value && l.used == h.used && l.error == h.error);
    }
    mix(other_readers(text));
    mix((uint64_t)classify(text));
  }
  mix((uint64_t)folded());
  static const char *const lines[] = {"12,abc", "5 , words and more", "x", "", "-3,UPPER", "1234567890", "7 1f2 99", "12", "3.5e1rest of it"};
  for (int i = 0; i < 9; ++i) mix((uint64_t)scan_fields(lines[opaque_int(i)]));
  return report();
}
