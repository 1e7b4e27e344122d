// Numbers near the smallest: gradual underflow in sums, products and quotients, steps from one number to the next,
// scaling by powers of two down into the denormals and up again, and loops that halve until nothing is left.
#include "checksum.h"
#include <float.h>
#include <math.h>

static uint64_t bits_of(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
static double of_bits(uint64_t u) {
  double x;
  memcpy(&x, &u, sizeof x);
  return x;
}

static double step_towards(double x, double target) {
  if (x == target || x != x) return x;
  if (x == 0) return target > 0 ? 5e-324 : -5e-324;
  uint64_t u = bits_of(x);
  return of_bits((x < target) == (x > 0) ? u + 1 : u - 1);
}

static __attribute__((noinline)) int halve_down(double x, double *product) {
  int steps = 0;
  *product = 1;
  while (x > 0 && steps < 1200) {
    double half = x * 0.5;
    if (half + half != x) *product *= 1.0009765625;  // the step lost a bit
    x = half;
    ++steps;
  }
  return steps;
}

static int halve_single(float x) {
  int steps = 0, exact = 0;
  for (; x != 0 && steps < 400; ++steps) {
    float half = x / 2.0f;
    exact += half * 2.0f == x;
    x = half;
  }
  return steps * 1000 + exact;
}

/// The own ldexp, which must round only once at the end.
double scale(double x, int power) {
  double result = x;
  while (power > 1000) result *= 0x1p1000, power -= 1000;
  if (power < -1020) {
    result *= 0x1p-500, power += 500;  // still normal for the numbers given here
    while (power < -1020) result *= 0x1p-54, power += 54;
  }
  return result * of_bits((uint64_t)(1023 + power) << 52);
}

static const char *kind(double x) {
  switch (fpclassify(x)) {
  case FP_ZERO: return "zero";
  case FP_SUBNORMAL: return "small";
  case FP_NORMAL: return "normal";
  case FP_INFINITE: return "infinite";
  default: return "nan";
  }
}

/// The difference of two different numbers is never zero, thanks to the denormals.
static unsigned differences(double a, double b) {
  unsigned result = 0;
  if (a - b == 0) result |= 1;
  if (a == b) result |= 2;
  if (a - b < DBL_MIN && a > b) result |= 4;
  if (a * b == 0) result |= 8;
  if (a * 0x1p60 * b == 0) result |= 16;
  if (a / 2 + b / 2 == (a + b) / 2) result |= 32;
  if ((a + b) - a == b) result |= 64;
  if (a * 0.3 / 0.3 == a) result |= 128;
  if (a * 0x1p-30 * 0x1p30 == a) result |= 256;
  if ((float)a == 0) result |= 512;
  if ((double)(float)a == a) result |= 1024;
  if (sqrt(a) * sqrt(a) == a) result |= 2048;
  return result;
}

static float single_sum(const float *values, int count) {
  float sum = 0;
  for (int i = 0; i < count; ++i) sum = sum * 0.25f + values[i] * values[i / 2];
  return sum;
}

int main(void) {
  volatile double one = 1.0;
  double starts[] = {0,      5e-324, 1e-323, DBL_MIN, DBL_MIN / 3, 1e-310, DBL_MIN * 1.5,
                     1e-300, 3e-160, 1,      0.1,     1e300,       DBL_MAX};
  int count = sizeof starts / sizeof starts[0];
  for (int i = 0; i < count; ++i) {
    double x = starts[i] * one, product;
    mix((uint64_t)halve_down(x, &product)), mix_double(product);
    mix((uint64_t)halve_single((float)x < INFINITY ? (float)x : 1.0f));
    mix_text(kind(x)), mix_text(kind(x / 7)), mix_text(kind(x * x)), mix_text(kind(x * 0x1p-100));
    double up = x, down = -x;
    for (int k = 0; k < 5; ++k) {
      up = step_towards(up, INFINITY), down = step_towards(down, 0);
      mix_double(up), mix_double(down), mix_double(step_towards(up, x) - x), mix_double(nextafter(up, -1) - down);
    }
    int exponent;
    double fraction = frexp(x / 3, &exponent);
    mix_double(fraction), mix((uint64_t)(int64_t)exponent), mix_double(ldexp(fraction, exponent - 1040));
    for (int power = -1100; power < 1000; power += 150)
      if (x >= 1e-300 || power > -500) mix_double(scale(x, power));
    for (int j = 0; j < count; ++j) {
      double y = starts[j] / one;
      mix(differences(x, y)), mix(differences(x / 3, y * 0x1p-20));
      mix_double(x * y), mix_double(x - y / 5), mix_double(y == 0 ? 7 : x / y), mix_double(fmod(x, y == 0 ? 3 : y));
    }
  }
  float values[32];
  for (int i = 0; i < 32; ++i) values[i] = (float)ldexp(1 + i * one / 8, -60 - i);
  for (int n = 0; n <= 32; n += 4) mix_float(single_sum(values, n));
  mix_float((float)(one * 1e-45)), mix_float((float)(one * 7e-46)), mix_float((float)(one * 1.1754943e-38));
  return report();
}
