// Polynomials by Horner's rule, in pairs, by powers, by forward differences and in the Chebyshev form, and small own
// versions of exp, log, sine and arctangent built on them; no product may be fused and no sum put in another order.
#include "checksum.h"
#include <math.h>

static double horner(const double *c, int degree, double x) {
  double result = c[degree];
  for (int i = degree - 1; i >= 0; --i) result = result * x + c[i];
  return result;
}
static double by_powers(const double *c, int degree, double x) {
  double result = 0, power = 1;
  for (int i = 0; i <= degree; ++i) result += c[i] * power, power *= x;
  return result;
}
static __attribute__((noinline)) double in_pairs(const double *c, int degree, double x) {
  double square = x * x, even = 0, odd = 0;
  for (int i = degree; i >= 0; --i)
    if (i & 1) odd = odd * square + c[i];
    else even = even * square + c[i];
  return even + odd * x;
}
static double written_out(const double *c, double x) {
  double x2 = x * x, x4 = x2 * x2;
  return (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2 + ((c[4] + c[5] * x) + (c[6] + c[7] * x) * x2) * x4;
}
static float horner_single(const double *c, int degree, float x) {
  float result = (float)c[degree];
  while (--degree >= 0) result = result * x + (float)c[degree];
  return result;
}
static double chebyshev(const double *c, int degree, double x) {
  double newer = 0, older = 0;
  for (int i = degree; i > 0; --i) {
    double next = 2 * x * newer - older + c[i];
    older = newer, newer = next;
  }
  return x * newer - older + c[0];
}

/// The value and the derivative at once.
double with_derivative(const double *c, int degree, double x, double *derivative) {
  double value = c[degree];
  *derivative = 0;
  for (int i = degree - 1; i >= 0; --i) {
    *derivative = *derivative * x + value;
    value = value * x + c[i];
  }
  return value;
}

/// Tabulates a cubic by adding differences only, which drifts away from the true values.
static double by_differences(const double *c, double start, double step, int count) {
  double f0 = horner(c, 3, start), f1 = horner(c, 3, start + step), f2 = horner(c, 3, start + 2 * step),
         f3 = horner(c, 3, start + 3 * step);
  double d1 = f1 - f0, d2 = f2 - 2 * f1 + f0, d3 = f3 - 3 * f2 + 3 * f1 - f0, sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += f0 - horner(c, 3, start + i * step);
    f0 += d1, d1 += d2, d2 += d3;
  }
  return sum + f0;
}

static double own_exp(double x) {
  if (x > 700) return INFINITY;
  if (x < -700) return 0;
  int whole = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  double rest = (x - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10, term = 1, sum = 1;
  for (int i = 1; i < 18; ++i) term *= rest / i, sum += term;
  return ldexp(sum, whole);
}
static __attribute__((noinline)) double own_log(double x) {
  if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
  int exponent;
  double m = frexp(x, &exponent);
  if (m < 0.70710678118654752) m *= 2, --exponent;
  double s = (m - 1) / (m + 1), square = s * s, sum = 0;
  for (int i = 25; i > 0; i -= 2) sum = sum * square + 1.0 / i;
  return exponent * 0.6931471805599453 + 2 * s * sum;
}
static double own_sine(double x) {
  int quarter = (int)(x * 0.63661977236758134 + (x < 0 ? -0.5 : 0.5));
  double r = (x - quarter * 1.57079632673412561417) - quarter * 6.07710050650619224932e-11, square = r * r;
  static const double sines[] = {1, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800};
  static const double cosines[] = {1, -0.5, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800};
  double value = quarter & 1 ? horner(cosines, 5, square) : r * horner(sines, 5, square);
  return quarter & 2 ? -value : value;
}
static double own_arctangent(double x) {
  if (x < 0) return -own_arctangent(-x);
  if (x > 1) return 1.5707963267948966 - own_arctangent(1 / x);
  if (x > 0.4) return 0.5 * 2 * own_arctangent(x / (1 + sqrt(1 + x * x))) * 2;
  double square = x * x, sum = 0;
  for (int i = 31; i > 0; i -= 2) sum = (i & 2 ? -1.0 : 1.0) / i + sum * square;
  return x * sum;
}

int main(void) {
  volatile double one = 1;
  double c[8] = {0.3, -1.7, 1.0 / 3, 2.5, -0.125, 1e-3, 7, -0.9};
  for (int i = -30; i <= 30; ++i) {
    double x = i * 0.15 * one, derivative;
    for (int degree = 0; degree < 8; degree += 1 + (i & 1)) {
      mix_double(horner(c, degree, x)), mix_double(by_powers(c, degree, x)), mix_double(in_pairs(c, degree, x));
      mix_float(horner_single(c, degree, (float)x)), mix_double(chebyshev(c, degree, x / 5));
      mix_double(with_derivative(c, degree, x, &derivative)), mix_double(derivative);
    }
    mix_double(written_out(c, x)), mix_double(by_differences(c, x, 0.1, i + 30));
    mix_double(own_exp(x * 5)), mix_double(own_log(x * x * x + 1)), mix_double(own_sine(x * 7)),
        mix_double(own_arctangent(x));
    mix_double(own_log(own_exp(x)) - x);
  }
  mix_double(own_exp(1000 * one)), mix_double(own_exp(-1000 * one)), mix_double(own_log(0 * one));
  return report();
}
