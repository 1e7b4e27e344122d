// Chains of quotients and remainders: mixed-radix numbers, permutations by number, clocks, wrapped grid positions
// and a calculator in a clock arithmetic, where remainders of remainders can be merged only if one base divides
// another.
#include "checksum.h"

struct duration {
  unsigned weeks, days, hours, minutes, seconds, millis;
};

static struct duration split(uint64_t millis) {
  struct duration d;
  d.millis = millis % 1000;
  d.seconds = millis / 1000 % 60;
  d.minutes = millis / 60000 % 60;
  d.hours = millis / 3600000 % 24;
  d.days = millis / 86400000 % 7;
  d.weeks = (unsigned)(millis / 604800000);
  return d;
}

static __attribute__((noinline)) uint64_t join(struct duration d) {
  return ((((d.weeks * 7ull + d.days) * 24 + d.hours) * 60 + d.minutes) * 60 + d.seconds) * 1000 + d.millis;
}

/// The permutation of `count` things that has this number in the factorial base.
static void permutation(uint32_t number, int count, uint8_t *order) {
  uint8_t left[12];
  for (int i = 0; i < count; ++i) left[i] = (uint8_t)i;
  for (int i = 0; i < count; ++i) {
    uint32_t radix = (uint32_t)(count - i), pick = number % radix;
    number /= radix;
    order[i] = left[pick];
    memmove(left + pick, left + pick + 1, radix - pick - 1);
  }
}

static uint32_t permutation_number(const uint8_t *order, int count) {
  uint32_t number = 0, scale = 1;
  for (int i = 0; i < count; scale *= (uint32_t)(count - i), ++i) {
    uint32_t rank = 0;
    for (int j = i + 1; j < count; ++j) rank += order[j] < order[i];
    number += rank * scale;
  }
  return number;
}

unsigned nested(uint32_t a, int32_t b) {
  unsigned result = a % 60 % 12;
  result = result * 3 + a % 60 % 7;
  result = result * 3 + a / 6 % 10;
  result = result * 3 + a / 10 / 10 % 4 + a / 100 % 4;
  result = result * 3 + (a % 1000 - a % 100) / 100;
  result = result * 3 + (unsigned)(b % 24 + 24) % 24;
  result = result * 3 + (unsigned)(b % 9 % 3 + 8);
  result = result * 3 + (a * 5 % 5 == 0) + (a % 8 * 8 + a / 8 % 8 == a % 64);
  return result * 3 + (a & 63) % 8 + (a % 64 & 7);
}

/// A board whose edges are joined, with positions that may be negative.
static int wrapped(int x, int y, int width, int height) {
  return ((y % height + height) % height) * width + (x % width + width) % width;
}

static __attribute__((noinline)) int64_t knight_walk(int width, int height, int steps) {
  static const int8_t leaps[8][2] = {{1, 2}, {2, 1}, {2, -1}, {1, -2}, {-1, -2}, {-2, -1}, {-2, 1}, {-1, 2}};
  uint8_t visits[60] = {0};
  int x = 0, y = 0;
  int64_t sum = 0;
  for (int i = 0; i < steps; ++i) {
    int at = wrapped(x, y, width, height);
    int leap = (visits[at]++ + at * 3 + i % 5) % 8;
    x += leaps[leap][0] * (i % 11), y += leaps[leap][1];
    sum = sum * 3 % 1000000007 + at;
  }
  return sum * 100 + x % 10 - y % 10;
}

/// Sums and products kept below a modulus by subtraction, by remainder and by a folded form for 2^13 - 1.
static uint32_t in_clock(const uint16_t *values, int count, uint32_t modulus) {
  uint32_t sum = 0, product = 1;
  for (int i = 0; i < count; ++i) {
    sum += values[i] % modulus;
    if (sum >= modulus) sum -= modulus;
    product = (uint32_t)((uint64_t)product * (values[i] | 1) % modulus);
  }
  return sum * 7 + product;
}

static uint32_t fold_mersenne(uint64_t value) {
  while (value > 8191) value = (value & 8191) + (value >> 13);
  return value == 8191 ? 0 : (uint32_t)value;
}

int main(void) {
  static const uint64_t starts[] = {0,        999,      1000,      59999,     60000,      3599999,
                                    86399999, 86400000, 604799999, 604800000, 99999999999};
  for (int i = 0; i < 11; ++i)
    for (uint64_t offset = 0; offset < 3; ++offset) {
      struct duration d = split(opaque(starts[i] + offset * 123457));
      mix(d.weeks), mix(d.days * 24 + d.hours), mix(d.minutes * 60 + d.seconds), mix(d.millis);
      d.minutes += 59 * (unsigned)offset, d.seconds += 50;
      mix(join(d));
    }
  for (uint32_t number = (uint32_t)opaque(3), count = 1; count <= 12; ++count, number = number * 51 + 7) {
    uint8_t order[12];
    permutation(number, (int)count, order);
    for (uint32_t i = 0; i < count; ++i) mix(order[i]);
    mix(permutation_number(order, (int)count));
  }
  for (int i = -500; i < 500; i += 3) mix(nested((uint32_t)opaque_int(i) * 40503u, i));
  for (int size = 2; size < 8; ++size) mix(knight_walk(opaque_int(size), 8 - size / 2, 100 * size));
  uint16_t values[50];
  for (int i = 0; i < 50; ++i) values[i] = (uint16_t)opaque((uint64_t)i * 12345);
  for (uint32_t modulus = 2; modulus < 60000; modulus = modulus * 2 + 1)
    mix(in_clock(values, (int)(modulus % 51), modulus));
  for (uint64_t value = opaque(1); value < UINT64_MAX / 20; value = value * 19 + 4)
    mix(fold_mersenne(value) ^ (uint32_t)(value % 8191) << 16);
  mix(fold_mersenne(UINT64_MAX)), mix(fold_mersenne(8191 * 5));
  return report();
}
