// Fractions of 64-bit integers with 128-bit intermediates: exact comparison by cross products, mediants, sums that
// are reduced, continued fractions, and the next fraction in an ordered sequence of all those with small
// denominators.
#include "checksum.h"

typedef __int128 wide;

struct fraction {
  int64_t top;
  int64_t bottom;  // always positive
};

static wide gcd(wide a, wide b) {
  if (a < 0) a = -a;
  while (b != 0) {
    wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// Sets `*result` if the reduced fraction fits, and returns whether it does.
static __attribute__((noinline)) int reduce(wide top, wide bottom, struct fraction *result) {
  if (bottom == 0) return 0;
  if (bottom < 0) top = -top, bottom = -bottom;
  wide common = gcd(top, bottom);
  top /= common, bottom /= common;
  if (top != (int64_t)top || bottom != (int64_t)bottom) return 0;
  *result = (struct fraction){(int64_t)top, (int64_t)bottom};
  return 1;
}

static int compare(struct fraction a, struct fraction b) {
  wide left = (wide)a.top * b.bottom, right = (wide)b.top * a.bottom;
  return (left > right) - (left < right);
}

/// The same by whole parts and remainders, in 64 bits only.
int compare_narrow(struct fraction a, struct fraction b) {
  int flip = 1;
  for (;;) {
    int64_t whole_a = a.top / a.bottom, whole_b = b.top / b.bottom;
    int64_t rest_a = a.top % a.bottom, rest_b = b.top % b.bottom;
    if (rest_a < 0) rest_a += a.bottom, --whole_a;
    if (rest_b < 0) rest_b += b.bottom, --whole_b;
    if (whole_a != whole_b) return whole_a < whole_b ? -flip : flip;
    if (rest_a == 0 || rest_b == 0) return flip * ((rest_a != 0) - (rest_b != 0));
    a = (struct fraction){a.bottom, rest_a};
    b = (struct fraction){b.bottom, rest_b};
    flip = -flip;
  }
}

static int combine(struct fraction a, struct fraction b, char operation, struct fraction *result) {
  switch (operation) {
  case '+': return reduce((wide)a.top * b.bottom + (wide)b.top * a.bottom, (wide)a.bottom * b.bottom, result);
  case '-': return reduce((wide)a.top * b.bottom - (wide)b.top * a.bottom, (wide)a.bottom * b.bottom, result);
  case '*': return reduce((wide)a.top * b.top, (wide)a.bottom * b.bottom, result);
  case '/': return reduce((wide)a.top * b.bottom, (wide)a.bottom * b.top, result);
  default: return reduce((wide)a.top + b.top, (wide)a.bottom + b.bottom, result);
  }
}

/// Rounds towards a multiple of 1/scale, halves away from zero.
static int64_t scaled(struct fraction a, int64_t scale) {
  wide twice = (wide)a.top * scale * 2, bottom = (wide)a.bottom * 2;
  return (int64_t)((twice + (twice < 0 ? -a.bottom : a.bottom)) / bottom);
}

static __attribute__((noinline)) int continued(struct fraction a, int64_t *terms) {
  int count = 0;
  while (count < 90) {
    int64_t whole = a.top / a.bottom - (a.top % a.bottom < 0);
    terms[count++] = whole;
    int64_t rest = (int64_t)((wide)a.top - (wide)whole * a.bottom);
    if (rest == 0) break;
    a = (struct fraction){a.bottom, rest};
  }
  return count;
}

static uint64_t ordered_sequence(int64_t most) {
  struct fraction a = {0, 1}, b = {1, most};
  uint64_t sum = 0;
  while (a.top < a.bottom) {
    int64_t k = (most + a.bottom) / b.bottom;
    struct fraction next = {k * b.top - a.top, k * b.bottom - a.bottom};
    sum = sum * 31 + (uint64_t)(a.top * most + a.bottom);
    a = b, b = next;
  }
  return sum;
}

int main(void) {
  static const int64_t parts[] = {
      1, 2, 3, 7, 1000, 65537, 4294967296, 6074001001, 1000000000000000003, INT64_MAX - 1, INT64_MAX};
  struct fraction list[44];
  int count = 0;
  for (int i = 0; i < 11; ++i)
    for (int j = i % 3; j < 11; j += 3) {
      int64_t top = (int64_t)opaque((uint64_t)parts[i]);
      list[count++] = (struct fraction){(i ^ j) & 1 ? -top : top, parts[j]};
    }
  for (int i = 0; i < count; ++i) {
    int64_t terms[90];
    int length = continued(list[i], terms);
    mix(length);
    for (int k = 0; k < length; ++k) mix(terms[k]);
    if (list[i].top / list[i].bottom < 1000000 && list[i].top / list[i].bottom > -1000000)
      mix(scaled(list[i], 1000003));
    for (int j = i % 2; j < count; j += 2) {
      mix(compare(list[i], list[j]) * 3 + compare_narrow(list[i], list[j]));
      struct fraction result = {-1, -1};
      mix(combine(list[i], list[j], "+-*/m"[(i + j) % 5], &result));
      mix((uint64_t)result.top ^ (uint64_t)result.bottom << 1);
    }
  }
  for (int64_t most = 1; most < 30; most += 1 + most / 4) mix(ordered_sequence((int64_t)opaque((uint64_t)most)));
  return report();
}
