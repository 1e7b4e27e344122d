// Sums in a fixed order and with compensation: plain, pairwise, Kahan and Neumaier sums, exact sums and products
// as pairs of doubles, running means and variances; each term that "must be zero" is what carries the accuracy.
#include "checksum.h"
#include <math.h>

static double plain(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += x[i];
  return sum;
}
static double backwards(const double *x, int n) {
  double sum = 0;
  while (n > 0) sum += x[--n];
  return sum;
}
static double pairwise(const double *x, int n) {
  if (n <= 3) return n == 0 ? 0 : n == 1 ? x[0] : n == 2 ? x[0] + x[1] : x[0] + x[1] + x[2];
  return pairwise(x, n / 2) + pairwise(x + n / 2, n - n / 2);
}
static double four_sums(const double *x, int n) {
  double a = 0, b = 0, c = 0, d = 0;
  int i = 0;
  for (; i + 4 <= n; i += 4) a += x[i], b += x[i + 1], c += x[i + 2], d += x[i + 3];
  for (; i < n; ++i) a += x[i];
  return (a + b) + (c + d);
}

static __attribute__((noinline)) double kahan(const double *x, int n) {
  double sum = 0, lost = 0;
  for (int i = 0; i < n; ++i) {
    double term = x[i] - lost;
    double next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  return sum;
}

double neumaier(const double *x, int n) {
  double sum = 0, lost = 0;
  for (int i = 0; i < n; ++i) {
    double next = sum + x[i];
    if (fabs(sum) >= fabs(x[i])) lost += (sum - next) + x[i];
    else lost += (x[i] - next) + sum;
    sum = next;
  }
  return sum + lost;
}

static float kahan_single(const double *x, int n) {
  float sum = 0, lost = 0;
  for (int i = 0; i < n; ++i) {
    float term = (float)x[i] - lost, next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  return sum + lost * 0.5f;
}

struct two {
  double high, low;
};

static struct two two_sum(double a, double b) {
  double s = a + b, back = s - a;
  return (struct two){s, (a - (s - back)) + (b - back)};
}
static struct two split(double a) {
  double c = 134217729.0 * a, high = c - (c - a);
  return (struct two){high, a - high};
}
static struct two two_product(double a, double b) {
  struct two x = split(a), y = split(b);
  double p = a * b;
  return (struct two){p, ((x.high * y.high - p) + x.high * y.low + x.low * y.high) + x.low * y.low};
}
static struct two add(struct two a, struct two b) {
  struct two s = two_sum(a.high, b.high);
  double low = s.low + (a.low + b.low), high = s.high + low;
  return (struct two){high, low - (high - s.high)};
}

static __attribute__((noinline)) struct two exact_dot(const double *x, const double *y, int n) {
  struct two sum = {0, 0};
  for (int i = 0; i < n; ++i) sum = add(sum, two_product(x[i], y[n - 1 - i]));
  return sum;
}

/// Mean and variance in one pass by updates, against the textbook formula that cancels.
static void moments(const double *x, int n, double results[3]) {
  double mean = 0, squares = 0, raw = 0, sum = 0;
  for (int i = 0; i < n; ++i) {
    double from_old = x[i] - mean;
    mean += from_old / (i + 1);
    squares += from_old * (x[i] - mean);
    raw += x[i] * x[i];
    sum += x[i];
  }
  results[0] = mean, results[1] = squares, results[2] = n ? raw - sum * sum / n : 0;
}

int main(void) {
  double x[120], y[120], results[3];
  volatile double one = 1;
  uint64_t state = opaque(2463534242);
  for (int kind = 0; kind < 5; ++kind) {
    for (int i = 0; i < 120; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      double unit = (double)(state >> 11) * 0x1p-53;
      x[i] = kind == 0   ? unit
             : kind == 1 ? (i % 2 ? -1 : 1) * (1e6 + unit)
             : kind == 2 ? ldexp(unit, (int)(state % 90) - 45)
             : kind == 3 ? (i % 3 == 0 ? 1e16 : i % 3 == 1 ? one : -1e16)
                         : 1 / (i + one);
      y[i] = x[i] * 0.7 - unit;
    }
    for (int n = 0; n <= 120; n += n < 9 ? 1 : 37) {
      mix_double(plain(x, n)), mix_double(backwards(x, n)), mix_double(pairwise(x, n)), mix_double(four_sums(x, n));
      mix_double(kahan(x, n)), mix_double(neumaier(x, n)), mix_float(kahan_single(x, n));
      struct two dot = exact_dot(x, y, n);
      mix_double(dot.high), mix_double(dot.low);
      moments(x, n, results);
      mix_double(results[0]), mix_double(results[1]), mix_double(results[2]);
    }
  }
  return report();
}
