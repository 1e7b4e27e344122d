// Chains of conditional operators and small branches that become selects, minima, absolute values
// and saturations: at the borders of the types, with NaN, with pointers, and with one arm unsafe.
#include "checksum.h"

static int sign(int x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
static int three_way(unsigned a, unsigned b) { return a < b ? -1 : a == b ? 0 : 1; }
static int32_t clamp(int32_t x, int32_t low, int32_t high) { return x < low ? low : x > high ? high : x; }

// The least number has no opposite; the unsigned way round is defined.
static __attribute__((noinline)) uint32_t magnitude(int32_t x) { return x < 0 ? 0u - (uint32_t)x : (uint32_t)x; }
static int32_t negative_magnitude(int32_t x) { return x > 0 ? -x : x; }

static int median(int a, int b, int c) { return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b); }

// Bounds in the wrong order: the chain decides which one wins.
int clamp_other_way(int x, int low, int high) {
  int y = x > high ? high : x;
  return y < low ? low : y;
}

// Saturating sums and differences of several widths.
static uint8_t add_u8(uint8_t a, uint8_t b) { return (uint8_t)(a + b) < a ? 255 : (uint8_t)(a + b); }
static int16_t sub_i16(int16_t a, int16_t b) { return a - b > INT16_MAX ? INT16_MAX : a - b < INT16_MIN ? INT16_MIN : (int16_t)(a - b); }
static uint32_t sub_u32(uint32_t a, uint32_t b) { return a > b ? a - b : 0; }

static int64_t add_i64(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? INT64_MIN : INT64_MAX) : sum;
}

// Not minima: the compared value is not the chosen one, or equality changes the side.
static int nearly_minimum(int a, int b, int which) {
  switch (which) {
    case 0: return a < b ? b : a - 1;
    case 1: return a + 1 < b ? a : b;
    case 2: return (unsigned)a < (unsigned)b ? a : b;
    case 3: return a <= b + 1 ? a + 1 : b;
    default: return a < 10 ? a : 10 - (b > 0);
  }
}

// With NaN none of the comparisons holds; zeros of both signs compare equal.
static double pick(double a, double b, int how) {
  switch (how) {
    case 0: return a < b ? a : b;
    case 1: return a < b ? b : a;
    case 2: return a <= b ? a : b;
    case 3: return !(a < b) ? a : b;
    case 4: return a == b ? a : b;
    case 5: return a != a ? b : a;
    default: return a > b || a < b ? a + b : 0.5;
  }
}

// Choice between addresses, then one load: the one not taken may not be read.
static int through(const int *a, const int *b, int which) {
  const int *p = which > 1 ? b : which > 0 ? a : NULL;
  return p ? *p : -7;
}

// A division in one arm, a shift by too much in the other; the test protects both.
static uint32_t unsafe_arms(uint32_t x, uint32_t n) { return n == 0 ? x : n < 32 ? x / n ^ x << n : n > 64 ? x % (n - 64) : ~x; }

// Masks instead of selects: the compiler may go either way.
static uint32_t masks(uint32_t x, uint32_t y, int test) {
  uint32_t mask = -(uint32_t)(test > 3);
  uint32_t either = (x & mask) | (y & ~mask);
  return test & 1 ? either : either ^ (((x ^ y) & -(uint32_t)(test < 0)) + (mask >> 31));
}

static int grade(int points) {
  return points >= 90 ? 'A' : points >= 75 ? 'B' : points >= 60 ? 'C' : points >= 40 ? 'D' : points >= 0 ? 'E' : '?';
}

int main(void) {
  static const int32_t edges[] = {INT32_MIN, INT32_MIN + 1, -65536, -32769, -32768, -129, -1, 0, 1, 2, 10, 127, 128, 255, 256, 32767, 65535, INT32_MAX - 1, INT32_MAX};
  enum { count = sizeof edges / sizeof *edges };
  const double zero = opaque_int(0), doubles[] = {0.0, -0.0, 1.5, -2.25, zero / zero, 1 / zero, -1 / zero};
  for (int i = 0; i < count; ++i) {
    int32_t a = opaque_int(edges[i]);
    mix((uint64_t)(sign(a) * 100 + grade(a) + grade(opaque_int(i * 7 - 14)) * 7));
    mix(magnitude(a));
    mix((uint64_t)negative_magnitude(a));
    for (int k = 0; k < count; ++k) {
      int32_t b = edges[k], c = edges[(i * 5 + k * 3) % count], low = b < c ? b : c;
      mix((uint64_t)(three_way((uint32_t)a, (uint32_t)b) * 3 + add_u8((uint8_t)a, (uint8_t)b)));
      mix((uint64_t)clamp(a, low, b < c ? c : b) ^ (uint64_t)clamp_other_way(a, b, c) << 32);
      mix((uint64_t)median(a, b, c));
      mix((uint64_t)sub_i16((int16_t)a, (int16_t)b));
      mix(sub_u32((uint32_t)a, (uint32_t)b));
      mix((uint64_t)add_i64((int64_t)a * 0x100000000, (int64_t)b * 0x7fffffff));
      mix((uint64_t)nearly_minimum(a / 2, b / 2, (i + k) % 5));
      mix(unsafe_arms((uint32_t)a, (uint32_t)opaque((unsigned)k * 5u)));
      mix(masks((uint32_t)a, (uint32_t)b, opaque_int((i - k) % 9)));
    }
    mix((uint64_t)through(i % 3 == 1 ? &a : NULL, i % 3 == 2 ? &edges[i] : NULL, opaque_int(i % 3)));
  }
  for (unsigned n = 0; n < 7 * 7 * 7; ++n) mix_double(pick(doubles[opaque(n % 7)], doubles[n / 7 % 7], (int)(n / 49)));
  return report();
}
