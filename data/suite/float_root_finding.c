// Iterations whose ends are decided by floating comparisons: bisection until nothing lies between, Newton and secant
// steps, golden section, a differential equation with step control, Simpson's rule by recursion, and an orbit.
#include "checksum.h"
#include <math.h>

typedef double function(double);
static double cubic(double x) { return (x * x - 2) * x - 5; }
static double wave(double x) { return x * x * x * x - 3 * x * x + x / 3 - 0.05; }
static double steep(double x) { return x / sqrt(1 + x * x * x * x) - 0.125; }
static double step_function(double x) { return x < 0.3 ? -1 : 1; }

static __attribute__((noinline)) int bisect(function *f, double low, double high, double *root) {
  int rounds = 0;
  double at_low = f(low);
  for (;;) {
    double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    double value = f(middle);
    ++rounds;
    if (value == 0) low = high = middle;
    else if ((value < 0) == (at_low < 0)) low = middle;
    else high = middle;
  }
  *root = low;
  return rounds;
}

static int newton(double *x, double target) {  // for the fifth root
  int rounds = 0;
  double old;
  do {
    old = *x;
    *x = (4 * old + target / (old * old * old * old)) / 5;
  } while (++rounds < 60 && fabs(*x - old) > 1e-15 * fabs(*x));
  return rounds;
}

static int secant(function *f, double a, double b, double *root) {
  double fa = f(a), fb = f(b);
  int rounds = 0;
  while (fb != 0 && fa != fb && rounds < 50) {
    double next = b - fb * (b - a) / (fb - fa);
    a = b, fa = fb;
    b = next, fb = f(b);
    ++rounds;
    if (!(fabs(fb) < 1e6)) break;
  }
  *root = b;
  return rounds;
}

double golden(function *f, double low, double high, int *rounds) {
  const double ratio = 0.6180339887498949;
  double left = high - ratio * (high - low), right = low + ratio * (high - low), f_left = f(left), f_right = f(right);
  for (*rounds = 0; high - low > 1e-7; ++*rounds)
    if (f_left < f_right)
      high = right, right = left, f_right = f_left, left = high - ratio * (high - low), f_left = f(left);
    else low = left, left = right, f_left = f_right, right = low + ratio * (high - low), f_right = f(right);
  return (low + high) / 2;
}

static double simpson(function *f, double a, double b, double fa, double fm, double fb, double tolerance, int depth,
                      int *calls) {
  double middle = (a + b) / 2, fl = f((a + middle) / 2), fr = f((middle + b) / 2), h = b - a;
  double coarse = h / 6 * (fa + 4 * fm + fb), fine = h / 12 * (fa + 4 * fl + 2 * fm + 4 * fr + fb);
  *calls += 2;
  if (depth == 0 || fabs(fine - coarse) <= 15 * tolerance) return fine + (fine - coarse) / 15;
  return simpson(f, a, middle, fa, fl, fm, tolerance / 2, depth - 1, calls) +
         simpson(f, middle, b, fm, fr, fb, tolerance / 2, depth - 1, calls);
}

/// y' = -k y + t with a step that is halved or doubled by the difference of two methods.
static __attribute__((noinline)) int adaptive(double k, double until, double *result) {
  double t = 0, y = 1, h = 0.5;
  int accepted = 0, refused = 0;
  while (t < until && accepted + refused < 500) {
    if (t + h > until) h = until - t;
    double k1 = -k * y + t, k2 = -k * (y + h / 2 * k1) + (t + h / 2), k3 = -k * (y - h * k1 + 2 * h * k2) + (t + h);
    double error = fabs(h * (k1 - 2 * k2 + k3) / 6);
    if (error > 1e-5) {
      h /= 2, ++refused;
      continue;
    }
    y += h * (k1 + 4 * k2 + k3) / 6, t += h, ++accepted;
    if (error < 1e-7) h *= 2;
  }
  *result = y;
  return accepted * 1000 + refused;
}

struct body {
  double x, y, vx, vy;
};

static void orbit(struct body *b, double dt, int steps) {
  for (int i = 0; i < steps; ++i) {
    b->x += b->vx * (dt / 2), b->y += b->vy * (dt / 2);
    double square = b->x * b->x + b->y * b->y, pull = dt / (square * sqrt(square));
    b->vx -= b->x * pull, b->vy -= b->y * pull;
    b->x += b->vx * (dt / 2), b->y += b->vy * (dt / 2);
  }
}

int main(void) {
  static function *const functions[] = {cubic, wave, steep, step_function};
  volatile double one = 1;
  double root;
  for (int f = 0; f < 4; ++f) {
    for (int i = 0; i < 5; ++i) {
      int rounds = bisect(functions[f], -1 - i * 0.3 * one, 3 + i * one, &root);
      mix((uint64_t)rounds), mix_double(root);
      rounds = secant(functions[f], one + i * 0.1, 2.5 - i, &root);
      mix((uint64_t)rounds), mix_double(root);
      mix_double(golden(functions[f], -2 * one, 1 + i, &rounds)), mix((uint64_t)rounds);
      int calls = 0;
      double a = -i * one, b = 2 * one;
      function *g = functions[f];
      mix_double(simpson(g, a, b, g(a), g((a + b) / 2), g(b), 1e-4, 8, &calls));
      mix((uint64_t)calls);
    }
  }
  for (double target = 1e-6; target < 1e9; target *= 97) {
    double x = one;
    mix((uint64_t)newton(&x, target)), mix_double(x);
  }
  for (double k = 0.1; k < 50; k *= 2.7) mix((uint64_t)adaptive(k * one, 3, &root)), mix_double(root);
  struct body body = {one, 0, 0, 1.1};
  for (int i = 1; i < 40; ++i) orbit(&body, 0.01 * i, i % 7), mix_double(body.x), mix_double(body.vy);
  return report();
}
