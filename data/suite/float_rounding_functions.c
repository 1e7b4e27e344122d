// Minimum, maximum, sign, class and rounding functions of the library beside own versions that differ in corner
// cases, in double and float, with remainders, scaling, and rounding to a number of decimals or to a grid.
#include "checksum.h"
#include <math.h>

static double own_minimum(double a, double b) { return a < b || b != b ? a : b; }
static double naive_minimum(double a, double b) { return a < b ? a : b; }
static double naive_maximum(double a, double b) { return a > b ? a : b; }
static double own_copysign(double a, double b) { return signbit(a) == signbit(b) ? a : -a; }
static __attribute__((noinline)) double own_truncate(double x) {
  if (!(fabs(x) < 4503599627370496.0)) return x;
  return copysign((double)(int64_t)x, x);
}
static double own_floor(double x) {
  double t = own_truncate(x);
  return t > x ? t - 1 : t;
}
/// Adding and taking away a large number rounds to even; the two steps must stay.
static double round_by_adding(double x) {
  const double big = 6755399441055744.0;
  return fabs(x) < 2251799813685248.0 ? (x + big) - big : x;
}
static float round_by_adding_single(float x) { return fabsf(x) < 4194304.0f ? (x + 12582912.0f) - 12582912.0f : x; }
static double half_away(double x) {
  double t = trunc(x);
  return fabs(x - t) >= 0.5 ? t + copysign(1, x) : t;
}
double to_grid(double x, double step) { return floor(x / step + 0.5) * step; }

static __attribute__((noinline)) void one_number(double x) {
  mix_double(floor(x)), mix_double(ceil(x)), mix_double(trunc(x)), mix_double(rint(x)), mix_double(nearbyint(x)),
      mix_double(round(x));
  mix_double(-floor(-x)), mix_double(-ceil(-x)), mix_double(floor(ceil(x))), mix_double(trunc(x + 0.5)),
      mix_double(floor(x + 0.5));
  mix_double(own_truncate(x)), mix_double(own_floor(x)), mix_double(round_by_adding(x)), mix_double(half_away(x));
  mix_float(floorf((float)x)), mix_float(ceilf((float)x)), mix_float(rintf((float)x)), mix_float(truncf(-(float)x));
  mix_float(round_by_adding_single((float)x)), mix_float((float)floor((double)(float)x)),
      mix_float((float)floor(x * 0.3));
  mix_double(fabs(x)), mix_double(-fabs(x)), mix_double(sqrt(fabs(x))), mix_float(sqrtf(fabsf((float)x))),
      mix_float((float)sqrt(fabs(x)));
  if (x == x) mix((signbit(floor(x)) != 0) | (signbit(-x * x) != 0) << 1);
  mix((uint64_t)((floor(x) == x) << 2 | (trunc(x) == ceil(x)) << 3));
  mix((uint64_t)((isfinite(x) != 0) | (isinf(x) != 0) << 1 | (isnan(x) != 0) << 2 | (isnormal(x) != 0) << 3 |
                 (isinf(x * 1e300) != 0) << 4));
  double whole, part = modf(x, &whole);
  mix_double(whole), mix_double(part);
}

static void two_numbers(double a, double b) {
  if (a != 0 || b != 0) {  // which of two zeros is the smaller one is left open
    mix_double(fmin(a, b)), mix_double(fmax(a, b)), mix_double(fmax(fmin(a, b), -1.5)),
        mix_float((float)a == 0 ? 1 : fminf((float)a, (float)b * 2));
    mix_double(own_minimum(a, b));
  }
  mix_double(naive_minimum(a, b)), mix_double(naive_maximum(a, b)), mix_double(naive_minimum(b, a)),
      mix_double(-naive_maximum(-a, -b));
  if (a == a) mix_double(copysign(a, b == b ? b : 1)), mix_double(copysign(b, a)), mix_double(copysign(-a, a));
  if (a == a && b == b)
    mix_double(own_copysign(a, b)), mix_double(copysign(fabs(a), b)), mix_double(fabs(copysign(a, b)));
  mix_double(fdim(a, b)), mix_double(hypot(3 * (a == a), 4));
  if (isfinite(a) && b != 0) {
    mix_double(fmod(a, b)), mix_double(remainder(a, b)), mix_double(a - trunc(a / b) * b),
        mix_double(fmod(-a, b) + fmod(a, -b));
    if (isfinite(b) && fabs(b) > 1e-10) mix_double(to_grid(a, b));
  }
}

static double decimals(double x, int digits) {
  double power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  double scaled = x * power;
  return fabs(scaled) < 1e15 ? round(scaled) / power : x;
}

/// The running range of a row of numbers, where NaN is passed over.
static double range(const double *x, int n) {
  double low = INFINITY, high = -INFINITY, other = NAN;
  for (int i = 0; i < n; ++i) {
    low = fmin(low, x[i]);
    if (x[i] > high) high = x[i];
    other = x[i] < other ? x[i] : other;
  }
  return high - low + (other == other ? 1000 : 0);
}

int main(void) {
  volatile double one = 1;
  double values[] = {0.0, 0.2, 0.5, 0.49999999999999994, 1.0, 1.5, 2.5, 3.7, 8388609.0, 0.1, 4503599627370497.5,
                     2251799813685249.5, 1e300, 5e-324, INFINITY, NAN, 123.456, 1e-9, 16777217.0, 7.0};
  int count = sizeof values / sizeof values[0];
  for (int i = 0; i < count; ++i) values[i] *= one;
  for (int i = 0; i < count; ++i) {
    one_number(values[i]), one_number(-values[i]);
    for (int j = 0; j < count; j += 1 + (i & 1)) two_numbers(values[i], values[j]), two_numbers(-values[j], values[i]);
    for (int digits = 0; digits < 8; digits += 2)
      mix_double(decimals(values[i], digits)), mix_double(decimals(-values[i] / 7, digits));
    mix_double(range(values, i)), mix_double(range(values + i, count - i));
  }
  return report();
}
