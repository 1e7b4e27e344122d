// Floating comparisons, ordered and unordered, their negations and combinations, with operands swapped, as values, as
// conditions of branches and loops, and in a sort that must put NaN last and tell the zeros apart.
#include "checksum.h"
#include <math.h>

static unsigned plain(double a, double b) {
  return (unsigned)(a < b) | (unsigned)(a <= b) << 1 | (unsigned)(a > b) << 2 | (unsigned)(a >= b) << 3 |
         (unsigned)(a == b) << 4 | (unsigned)(a != b) << 5;
}

static unsigned negated(double a, double b) {
  return (unsigned)!(a < b) | (unsigned)!(a <= b) << 1 | (unsigned)!(a > b) << 2 | (unsigned)!(a >= b) << 3 |
         (unsigned)!(a == b) << 4 | (unsigned)!(a != b) << 5;
}

static __attribute__((noinline)) unsigned quiet(double a, double b) {
  return (unsigned)isless(a, b) | (unsigned)islessequal(a, b) << 1 | (unsigned)isgreater(a, b) << 2 |
         (unsigned)!isgreaterequal(a, b) << 3 | (unsigned)islessgreater(a, b) << 4 | (unsigned)isunordered(a, b) << 5;
}

unsigned combined(double a, double b) {
  unsigned result = 0;
  if (a < b || a > b) result |= 1;
  if (a < b || a == b) result |= 2;
  if (a <= b && a >= b) result |= 4;
  if (!(a < b) && !(a > b)) result |= 8;
  if (a != a || b != b) result |= 16;
  if (a == a && b == b) result |= 32;
  if (a < b && b < a) result |= 64;
  if (!(a >= b || a < b)) result |= 128;
  if (a != b && !(a < b)) result |= 256;
  if ((a < b) == (b > a)) result |= 512;
  if ((a < b) == !(a >= b)) result |= 1024;
  if (-a < -b) result |= 2048;
  if (a - b < 0) result |= 4096;
  if (a < 0 || a >= 0) result |= 8192;
  if (fabs(a) < 0) result |= 16384;
  if (fabs(a) >= 0 && fabs(b) == -b) result |= 32768;
  return result;
}

static int branches(double a, double b) {
  if (a < b) return 1;
  if (a > b) return 2;
  if (a == b) return signbit(a) == signbit(b) ? 3 : 4;
  return a != a ? (b != b ? 5 : 6) : 7;
}

static int known_from_before(float a, float limit) {
  if (!(a < limit)) {
    if (a >= limit) return 1;
    if (a < limit) return 2;
    return a == a ? 3 : 4;
  }
  if (a == limit) return 5;
  if (a > limit) return 6;
  if (limit > 10.0f && a > 10.0f) return limit == a ? 7 : 8;
  return a <= limit ? 9 : 10;
}

/// A total order: -NaN does not occur, -0 comes before 0 and NaN at the end.
static __attribute__((noinline)) int order(double a, double b) {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a == b) return (signbit(b) != 0) - (signbit(a) != 0);
  return (a != a) - (b != b);
}

static void sort(double *list, int count) {
  for (int gap = count / 2; gap > 0; gap /= 2)
    for (int i = gap; i < count; ++i) {
      double moved = list[i];
      int j = i;
      for (; j >= gap && order(list[j - gap], moved) > 0; j -= gap) list[j] = list[j - gap];
      list[j] = moved;
    }
}

/// Loops whose end depends on a comparison; written so that NaN ends the first and not the second.
static int loops(double start, double limit, double step) {
  int rounds = 0, others = 0;
  for (double x = start; x < limit && rounds < 40; x += step) ++rounds;
  for (double x = start; !(x >= limit) && others < 40; x += step) ++others;
  return rounds * 100 + others;
}

static double choose(double a, double b, double c) {
  double low = a < b ? a : b, high = a < b ? b : a;
  double middle = !(c > low) ? low : c > high ? high : c;
  return middle == a ? middle + 1 : middle != b ? middle * 2 : middle;
}

static int steps_of(const double *edges, int count, double x) {  // the first edge that is not below x
  int low = 0, high = count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (edges[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

int main(void) {
  volatile double zero = 0;
  double values[] = {zero, -zero, 1, -1, 10, 11, 0.1, INFINITY, -INFINITY, NAN, 5e-324, -5e-324, 1e308, -2.5, 16777217};
  int count = sizeof values / sizeof values[0];
  for (int i = 0; i < count; ++i) values[i] += zero * 0.5 * (values[i] == 0 ? copysign(1, values[i]) : 0);
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < count; ++j) {
      double a = values[i], b = values[j];
      mix(plain(a, b) | negated(a, b) << 6 | quiet(a, b) << 12 | (uint64_t)combined(a, b) << 20);
      mix((uint64_t)(branches(a, b) * 100 + known_from_before((float)a, (float)b) + 1000 * (order(a, b) + 1)));
      mix((uint64_t)loops(a, b, values[(i + j) % 7]));
      mix_double(choose(a, b, values[(i * 4 + j) % count]));
    }
  for (int n = 1; n <= count; ++n) {
    double list[15];
    for (int i = 0; i < n; ++i) list[i] = values[i * 4 % n];
    sort(list, n);
    for (int i = 0; i < n; ++i) mix_double(list[i]);
    for (int i = 0; i < count; ++i) mix((uint64_t)steps_of(list, n, values[i]));
  }
  return report();
}
