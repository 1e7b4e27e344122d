// Arithmetic with zeros of both signs, infinities and NaN: sums, products, negations and quotients that look as if
// they could be simplified, and could not, because of a sign of zero, an infinity or a value that is not a number.
#include "checksum.h"
#include <math.h>

static double plus_zero(double x) { return x + 0.0; }
static double minus_zero(double x) { return x - 0.0; }
static double plus_negative_zero(double x) { return x + -0.0; }
static double zero_minus(double x) { return 0.0 - x; }
static double negated(double x) { return -x; }
static double negative_zero_minus(double x) { return -0.0 - x; }
static double times_zero(double x) { return x * 0.0; }
static double times_one(double x) { return x * 1.0; }
static double times_minus_one(double x) { return -1.0 * x; }
static double minus_itself(double x) { return x - x; }
static double over_itself(double x) { return x / x; }
static double plus_itself(double x) { return x + x; }
static double zero_over(double x) { return 0.0 / x; }
static double one_over_twice(double x) { return 1.0 / (1.0 / x); }
static double over_two(double x) { return x / 2.0 * 2.0; }
static double over_three(double x) { return x / 3.0 * 3.0; }
static double square_root_of_square(double x) { return sqrt(x * x); }
static double magnitude_product(double x) { return fabs(x) * fabs(x) - fabs(-x * x); }
static double select_zero(double x) { return x == 0.0 ? 0.0 : x; }
static double select_other_zero(double x) { return x != 0.0 ? x : -0.0; }
static double select_magnitude(double x) { return x < 0.0 ? -x : x; }
static double select_magnitude_le(double x) { return x <= 0.0 ? 0.0 - x : x; }
static double select_itself(double x) { return x == x ? 1.0 : -1.0; }

typedef double unary(double);
static unary *const unaries[] = {plus_zero, minus_zero, plus_negative_zero, zero_minus, negated, negative_zero_minus,
                                 times_zero, times_one, times_minus_one, minus_itself, over_itself, plus_itself,
                                 zero_over, one_over_twice, over_two, over_three, square_root_of_square,
                                 magnitude_product, select_zero, select_other_zero, select_magnitude,
                                 select_magnitude_le, select_itself};

static __attribute__((noinline)) void binary(double a, double b) {
  mix_double(a + b), mix_double(a - b), mix_double(b - a), mix_double(a * b), mix_double(a / b);
  mix_double(-(a - b)), mix_double(-a - b), mix_double(-a * -b), mix_double(-a / b), mix_double(a + -b);
  mix_double((a + b) - b), mix_double((a - b) + b), mix_double((a * b) / b), mix_double(a + (b - a));
  mix_double(a * b + a * a), mix_double(a * (b + a)), mix_double(a / b + b / b), mix_double((a + b) / b);
  mix_double(a == b ? a : b), mix_double(a == b ? b : a), mix_double(a != b ? a : b);
  mix_double(1.0 / (a == b ? a : b));
  mix_double(a < b ? a : b), mix_double(b > a ? b : a), mix_double(a <= b ? a : b), mix_double(!(a >= b) ? a : b);
}

/// The sign of zero after each operation shows in a quotient.
unsigned zero_signs(double zero) {
  unsigned signs = 0;
#define SIGN(expression) signs = signs << 1 | (1.0 / (expression) < 0.0)
  SIGN(zero + zero);
  SIGN(zero - zero);
  SIGN(-zero + zero);
  SIGN(-zero - zero);
  SIGN(zero * -3.0);
  SIGN(-zero * -3.0);
  SIGN(zero / -INFINITY);
  SIGN(sqrt(-zero));
  SIGN(0.0 - zero);
  SIGN(-(0.0 + zero));
  SIGN(fabs(-zero));
  SIGN((double)(float)-zero);
  SIGN((double)(int)-zero);
  SIGN(-zero * 0.0 + zero);
  SIGN(trunc(zero - 0.5));
  SIGN(1e-300 * -1e-300 + zero);
#undef SIGN
  return signs;
}

/// Accumulations that pass through the special values.
static double accumulate(const double *values, int count, double start) {
  double sum = start, product = 1.0, largest = -INFINITY;
  for (int i = 0; i < count; ++i) {
    sum += values[i];
    product *= values[i];
    if (values[i] > largest) largest = values[i];
  }
  return isnan(sum) ? product : isnan(product) ? largest : sum + product;
}

static float single(float a, float b) { return (a + b) * 0.0f + (a - a) + -b; }

int main(void) {
  volatile double zero = 0.0;
  double infinite = 1.0 / zero, nan = infinite - infinite;
  double values[] = {zero, -zero, 1.0,    -1.0,   0.5,     -3.0,     infinite, -infinite,
                     nan,  1e308, -1e308, 5e-324, -5e-324, 2.5e-308, 1e-200};
  int count = sizeof values / sizeof values[0];
  for (int i = 0; i < count; ++i) {
    for (unsigned u = 0; u < sizeof unaries / sizeof unaries[0]; ++u) mix_double(unaries[u](values[i]));
    for (int j = 0; j < count; ++j) {
      binary(values[i], values[j]);
      mix_float(single((float)values[i], (float)values[j]));
    }
    for (int j = i; j <= count; j += 3) mix_double(accumulate(values + i, j - i, i % 2 ? -zero : zero));
  }
  mix(zero_signs(zero)), mix(zero_signs(-zero));
  return report();
}
