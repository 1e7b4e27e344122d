// The exact decimal expansion of a double, made by doubling and halving arrays of digits in place, and its
// rounding to any count of digits, where exact halves go to the even digit and a run of nines carries over.
#include "checksum.h"

enum { most_digits = 400 };

struct digits {
  int count, point;  // the number is 0.ddd * 10^point
  uint8_t d[most_digits];
};

static void take_apart(double x, uint64_t *fraction, int *exponent) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  *fraction = bits & 0xfffffffffffff;
  *exponent = (int)(bits >> 52 & 0x7ff);
  if (*exponent) *fraction |= (uint64_t)1 << 52;
  else *exponent = 1;
  *exponent -= 1075;
}

/// Doubles or halves a decimal number in place.
static void twice(struct digits *n) {
  int carry = 0;
  for (int i = n->count - 1; i >= 0; --i) {
    int v = n->d[i] * 2 + carry;
    carry = v >= 10;
    n->d[i] = (uint8_t)(v - 10 * carry);
  }
  if (carry) {
    memmove(n->d + 1, n->d, (size_t)n->count);
    n->d[0] = 1, ++n->count, ++n->point;
  }
}
static __attribute__((noinline)) void half(struct digits *n) {
  int rest = 0, to = 0;
  for (int i = 0; i < n->count || rest; ++i) {
    int v = rest * 10 + (i < n->count ? n->d[i] : 0);
    rest = v & 1;
    if (to == 0 && v < 2 && i == 0) --n->point;
    else n->d[to++] = (uint8_t)(v >> 1);
  }
  n->count = to;
}
static void expand(double x, struct digits *n) {
  uint64_t fraction;
  int exponent;
  take_apart(x, &fraction, &exponent);
  n->count = n->point = 0;
  for (uint64_t unit = 1000000000000000000; unit; unit /= 10)
    if (n->count || fraction / unit) n->d[n->count++] = (uint8_t)(fraction / unit), fraction %= unit;
  n->point = n->count;
  for (; exponent > 0; --exponent) twice(n);
  for (; exponent < 0 && n->count; ++exponent) half(n);
  while (n->count && n->d[n->count - 1] == 0) --n->count;
}
/// Halves go to the even digit, and only exact halves.
static void round_to(struct digits *n, int wanted) {
  if (wanted >= n->count) return;
  int up = n->d[wanted] > 5 || (n->d[wanted] == 5 && (wanted + 1 < n->count || (wanted && (n->d[wanted - 1] & 1))));
  n->count = wanted;
  while (up && n->count && n->d[n->count - 1] == 9) --n->count;
  if (up && n->count) ++n->d[n->count - 1];
  else if (up) n->d[n->count++] = 1, ++n->point;
  while (n->count && n->d[n->count - 1] == 0) --n->count;
}

/// Sums the digits of the expansion and looks for the longest run, in one pass with a flag carried along.
int describe(const struct digits *n, char text[24]) {
  int sum = 0, run = 0, longest = 0, length = 0;
  for (int i = 0; i < n->count; ++i) {
    sum += n->d[i];
    run = i && n->d[i] == n->d[i - 1] ? run + 1 : 1;
    if (run > longest) longest = run;
  }
  if (n->point <= 0) text[length++] = '0', text[length++] = '.';
  for (int i = n->point; i < 0 && i > -8; ++i) text[length++] = '0';
  for (int i = 0; (i < n->count || i < n->point) && length < 23; ++i) {
    if (i && i == n->point) text[length++] = '.';
    if (length < 23) text[length++] = (char)('0' + (i < n->count ? n->d[i] : 0));
  }
  text[length] = 0;
  return sum * 100 + longest;
}

int main(void) {
  static const double values[] = {1,   0.1, 2.0 / 3, 1e-100, 123456.789, 1e23, 9007199254740992.0, 999.9999999999999,
                                  8.5, 0.5, 2.5e-5,  1e-9,   1e60,       0};
  static struct digits n, shorter;
  char text[24];
  for (int v = 0; v < 14; ++v) {
    volatile double x = values[v];
    expand(x, &n), mix(n.count), mix(n.point), mix(describe(&n, text)), mix_text(text);
    for (int i = 0; i < n.count; i += 1 + i / 20) mix(n.d[i]);
    for (int wanted = 0; wanted <= 17; ++wanted) {
      shorter = n, round_to(&shorter, wanted);
      mix(describe(&shorter, text)), mix_text(text), mix(shorter.point);
    }
  }
  return report();
}
