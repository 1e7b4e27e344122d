// Loops whose first, second or last round differs: separators, carried flags, delayed values, and
// values that are invariant only from the second round on.
#include "checksum.h"

static __attribute__((noinline)) char *join(char *to, const char *const *words, int count, const char *last) {
  for (int i = 0; i < count; ++i) {
    if (i > 0)
      for (const char *s = i == count - 1 ? last : ", "; *s;) *to++ = *s++;
    for (const char *w = words[i]; *w;) *to++ = *w++;
  }
  *to = 0;
  return to;
}

// The difference to the one before; the first has none, the second sets the unit.
static int64_t deltas(const int *v, int count, int *unit) {
  int before = 0, first = 1;
  int64_t sum = 0;
  *unit = 1;
  for (int i = 0; i < count; ++i) {
    if (first) {
      first = 0;
    } else {
      int d = v[i] - before;
      if (i == 1 && d) *unit = d;
      sum = sum * 5 % 1000003 + d / *unit;
    }
    before = v[i];
  }
  return sum;
}

// After one round `y` is `x`, after two `z` is: three rounds are needed before all is invariant.
static unsigned settle(unsigned x, unsigned y, unsigned z, unsigned w, int count) {
  unsigned sum = 0;
  for (int i = 0; i < count; ++i) {
    sum = sum * 10 + w % 10;
    w = z;
    z = y;
    y = x;
  }
  return sum;
}

// Runs of equal bytes; the last run is put out behind the loop.
unsigned runs(const uint8_t *from, unsigned n, uint8_t *to) {
  unsigned out = 0, length = 0;
  for (unsigned i = 0; i < n; ++i) {
    if (i && from[i] == from[i - 1] && length < 5) {
      ++length;
      continue;
    }
    if (length) {
      to[out++] = (uint8_t)length;
      to[out++] = from[i - 1];
    }
    length = 1;
  }
  if (length) {
    to[out++] = (uint8_t)length;
    to[out++] = from[n - 1];
  }
  return out;
}

// Simpson's weights 1 4 2 4 ... 1 by tests on the index.
static double weighted(double from, double width, int cells) {
  double sum = 0;
  for (int i = 0; i <= cells; ++i) {
    double x = from + width * i, y = x * x * x - 2 * x + 1;
    if (i == 0 || i == cells)
      sum += y;
    else if (i & 1)
      sum += 4 * y;
    else
      sum += 2 * y;
  }
  return sum * width / 3;
}

// A sign, a radix point at most once, and no leading zeros: three flags that change at most once.
static int numeral(const char *s) {
  int point = 0, digits = 0, value = 0, places = 0;
  for (int i = 0; s[i]; ++i) {
    if (i == 0 && (s[i] == '-' || s[i] == '+')) continue;
    if (!point && s[i] == '.') {
      point = 1;
      continue;
    }
    if (s[i] < '0' || s[i] > '9') return -1 - i;
    if (digits == 1 && value == 0 && !point) return -100;
    value = value * 10 + (s[i] - '0');
    ++digits;
    places += point;
  }
  return digits ? (s[0] == '-' ? -value : value) * 8 + places : -200;
}

int main(void) {
  static const char *const words[] = {"one", "two", "", "four", "five!"};
  static const char *const numerals[] = {"", "0", "-", "12", "-12.5", "+.75", "1.2.3", "007", "0.25", "3a", "x", ".", "99999"};
  char text[80];
  for (int count = 0; count <= 5; ++count) {
    mix((uint64_t)(join(text, words, opaque_int(count), " and ") - text));
    mix_text(text);
  }
  for (int round = 0; round < 30; ++round) {
    int v[12], unit, count = opaque_int(round % 13);
    for (int i = 0; i < 12; ++i) v[i] = (i * i * 7 + round * i) % 53 * (round % 4);
    mix((uint64_t)deltas(v, count, &unit));
    mix((uint64_t)unit);
    mix(settle((unsigned)opaque(7), 3, (unsigned)round, (unsigned)opaque(4), round % 9));
    uint8_t from[31], to[62];
    for (unsigned i = 0; i < 31; ++i) from[i] = (uint8_t)(opaque(i) * i / (3 + (unsigned)round));
    unsigned n = runs(from, (unsigned)round, to);
    for (unsigned i = 0; i < n; ++i) mix(to[i]);
    mix_double(weighted(opaque_int(round) * 0.25, 0.5, round % 11));
  }
  for (unsigned i = 0; i < sizeof numerals / sizeof *numerals; ++i) mix((uint64_t)numeral(numerals[opaque(i)]));
  return report();
}
