// Searches for the least and greatest element and its place, the first, the last or all of them;
// with doubles that are no numbers and zeros of both signs, where minimum is not commutative.
#include "checksum.h"

static __attribute__((noinline)) int first_least(const int16_t *v, int n) {
  int at = -1;
  int16_t least = INT16_MAX;
  for (int i = 0; i < n; ++i)
    if (v[i] < least) {
      least = v[i];
      at = i;
    }
  return at;
}

static int last_least(const int16_t *v, int n) {
  int at = 0;
  for (int i = 1; i < n; ++i)
    if (v[i] <= v[at]) at = i;
  return n > 0 ? at : -1;
}

// The two greatest, in order, with their earlier places preferred.
struct pair { unsigned best, second; };

static struct pair two_greatest(const uint32_t *v, unsigned n) {
  struct pair p = {UINT32_MAX, UINT32_MAX};
  for (unsigned i = 0; i < n; ++i) {
    if (p.best == UINT32_MAX || v[i] > v[p.best]) {
      p.second = p.best;
      p.best = i;
    } else if (p.second == UINT32_MAX || v[i] > v[p.second]) {
      p.second = i;
    }
  }
  return p;
}

// A comparison with a NaN is false: which operand survives depends on how the test is written.
static double least_written_less(const double *v, int n) {
  double least = v[0];
  for (int i = 1; i < n; ++i) least = v[i] < least ? v[i] : least;
  return least;
}

double least_written_not_less(const double *v, int n) {
  double least = v[0];
  for (int i = 1; i < n; ++i) least = !(v[i] >= least) ? v[i] : least;
  return least;
}

static double greatest_or_equal(const double *v, int n) {
  double most = v[0];
  for (int i = 1; i < n; ++i)
    if (v[i] >= most) most = v[i];
  return most;
}

// Bit mask of the places of the greatest, built anew when a greater one comes.
static uint32_t all_greatest(const int16_t *v, int n) {
  uint32_t places = 0;
  int greatest = -40000;
  for (int i = 0; i < n; ++i) {
    if (v[i] > greatest) greatest = v[i], places = 0;
    if (v[i] == greatest) places |= 1u << i;
  }
  return places;
}

// The best sum of neighbours (it may be empty), with both its ends.
static __attribute__((noinline)) int64_t best_run(const int16_t *v, int n, int *from, int *to) {
  int64_t best = 0, sum = 0;
  int start = 0;
  *from = *to = 0;
  for (int i = 0; i < n; ++i) {
    sum += v[i];
    if (sum <= 0) {
      sum = 0;
      start = i + 1;
    } else if (sum > best) {
      best = sum;
      *from = start;
      *to = i + 1;
    }
  }
  return best;
}

// Unsigned minimum and signed maximum of the same words in one loop, saturated at a threshold.
static uint64_t both_orders(const uint32_t *v, unsigned n, uint32_t enough) {
  uint32_t low = UINT32_MAX;
  int32_t high = INT32_MIN;
  for (unsigned i = 0; i < n && low > enough; ++i) {
    low = v[i] < low ? v[i] : low;
    high = (int32_t)v[i] > high ? (int32_t)v[i] : high;
  }
  return (uint64_t)low << 32 | (uint32_t)high;
}

int main(void) {
  int16_t v[32];
  uint32_t u[32];
  double d[16];
  const double not_a_number = (double)opaque_int(0) / (double)opaque_int(0);
  for (int round = 0; round < 48; ++round) {
    int n = opaque_int(round % 33);
    for (int i = 0; i < 32; ++i) {
      v[i] = (int16_t)((i * (round * 7 + 3) + round) % 15 - opaque_int(9));
      u[i] = (uint32_t)opaque((uint64_t)(i * i + round) * 0x9e3779b9u) >> round % 31;
    }
    if (round % 7 == 0) memset(v, 0x7f, sizeof v);
    if (round % 9 == 0) v[n / 2] = INT16_MAX;
    for (int i = 0; i < 16; ++i) d[i] = ((i + round) * 5 % 11 - 4) * (i % 3 ? 0.5 : -0.0);
    if (round % 3) d[round % 16] = not_a_number;
    mix((uint64_t)(first_least(v, n) * 64 + last_least(v, n)));
    struct pair p = two_greatest(u, (unsigned)n);
    mix(p.best * 100u + p.second);
    mix_double(least_written_less(d, 1 + n % 16));
    mix_double(least_written_not_less(d, 1 + n % 16));
    mix_double(greatest_or_equal(d, 1 + n % 16));
    mix(all_greatest(v, n));
    int from, to;
    mix((uint64_t)best_run(v, n, &from, &to));
    mix((uint64_t)(from * 64 + to));
    mix(both_orders(u, (unsigned)n, (uint32_t)opaque(round % 2 ? 0 : 1000)));
  }
  return report();
}
