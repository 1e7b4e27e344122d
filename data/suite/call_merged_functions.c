// Functions that are equal, or differ in one constant, one type, one callee or one sign only: they may be merged, but keep their
// behaviour and their distinct addresses. Constants that are equal may be shared only if nobody compares where they are.
#include "checksum.h"

struct celsius { int degrees; };
struct metre { int length; };

// Equal bodies, different names; both addresses are taken and compared.
static __attribute__((noinline)) int warmer(const struct celsius *a, const struct celsius *b) { return a->degrees > b->degrees; }
static __attribute__((noinline)) int longer(const struct metre *a, const struct metre *b) { return a->length > b->length; }

int first_twin(int x) { return x * x + 3; }
int second_twin(int x) { return x * x + 3; }
static __attribute__((noinline)) int near_twin(int x) { return x * x - 3; }

// The same but for the signedness.
static __attribute__((noinline)) int shrink_signed(int x) { return x >> 3; }
static __attribute__((noinline)) int shrink_unsigned(unsigned x) { return (int)(x >> 3); }
static __attribute__((noinline)) int less_signed(int a, int b) { return a < b; }
static __attribute__((noinline)) int less_unsigned(unsigned a, unsigned b) { return a < b; }

// The same but for the width of the element; equal in size on this machine, not in what is loaded.
static __attribute__((noinline)) long sum_long(const long *v, int n) {
  long sum = 0;
  for (int i = 0; i < n; ++i) sum += v[i];
  return sum;
}
static __attribute__((noinline)) unsigned long sum_unsigned(const unsigned long *v, int n) {
  unsigned long sum = 0;
  for (int i = 0; i < n; ++i) sum += v[i];
  return sum;
}
static __attribute__((noinline)) double sum_double(const double *v, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += v[i];
  return sum;
}

// The same but for a constant, which could become a parameter.
#define SCALED(name, factor, wrap)                                                   \
  static __attribute__((noinline)) unsigned name(const unsigned char *v, unsigned n) { \
    unsigned sum = factor;                                                           \
    for (unsigned i = 0; i < n; ++i) {                                               \
      sum = sum * factor + v[i];                                                     \
      if (sum > wrap) sum -= wrap;                                                   \
    }                                                                                \
    return sum;                                                                      \
  }
SCALED(by_31, 31u, 100000u)
SCALED(by_33, 33u, 100000u)
SCALED(by_31_again, 31u, 100000u)
SCALED(by_31_other, 31u, 100001u)

// The same but for the callee or the global.
static int red, blue;
static __attribute__((noinline)) void bump_red(int by) { red += by * 2; }
static __attribute__((noinline)) void bump_blue(int by) { blue += by * 2; }
static __attribute__((noinline)) int via_red(int x) { bump_red(x); return red ^ x; }
static __attribute__((noinline)) int via_blue(int x) { bump_blue(x); return blue ^ x; }

// Equal, and recursive: each calls itself.
static __attribute__((noinline)) unsigned down_a(unsigned n) { return n < 2 ? n : down_a(n / 2) + down_a(n - 2); }
static __attribute__((noinline)) unsigned down_b(unsigned n) { return n < 2 ? n : down_b(n / 2) + down_b(n - 2); }

static const int primes[] = {2, 3, 5, 7, 11}, same_primes[] = {2, 3, 5, 7, 11};
const int shared_marker = 42, other_marker = 42;

static __attribute__((noinline)) const char *grade(int x) { return x > 5 ? "good" : "bad"; }
static __attribute__((noinline)) const char *state(int x) { return x > 5 ? "good" : "bad"; }

int main(void) {
  int (*volatile twins[3])(int) = {first_twin, second_twin, near_twin};
  mix(twins[0] == twins[1]);
  mix(twins[opaque_int(0)] == first_twin && twins[1] != first_twin);
  const void *volatile places[] = {primes, same_primes, &shared_marker, &other_marker};
  mix((places[0] == places[1]) + 2 * (places[2] == places[3]));
  const unsigned char bytes[] = "some bytes to be summed up";
  long values[8];
  unsigned long words[8];
  double reals[8];
  for (int i = 0; i < 8; ++i) values[i] = opaque_int(i * 9 - 30), words[i] = (unsigned long)values[i] * 3, reals[i] = (double)values[i] / 4;
  for (int x = -12; x < 12; ++x) {
    int v = opaque_int(x);
    for (int t = 0; t < 3; ++t) mix((uint64_t)twins[t](v));
    mix((uint64_t)shrink_signed(v) * 3 + (uint64_t)shrink_unsigned((unsigned)v));
    mix((uint64_t)(less_signed(v, 3) * 2 + less_unsigned((unsigned)v, 3)));
    struct celsius c[2] = {{v}, {-v}};
    struct metre m[2] = {{v + 1}, {v}};
    mix((uint64_t)(warmer(c, c + 1) * 2 + longer(m, m + 1)));
    int n = v & 7;
    mix((uint64_t)sum_long(values, n) + sum_unsigned(words, n));
    mix_double(sum_double(reals, n));
    mix(by_31(bytes, (unsigned)n * 3) + 3 * by_33(bytes, (unsigned)n * 3) + 5 * by_31_again(bytes, 20) + 7 * by_31_other(bytes, 26));
    mix((uint64_t)(via_red(v) * 1000 + via_blue(v * 2)));
    mix(down_a((unsigned)n * 4) * 5 + down_b((unsigned)n + 3));
    mix_text(grade(v));
    mix_text(state(-v));
    mix((uint64_t)(primes[n % 5] * 10 + same_primes[(n + 1) % 5]));
  }
  mix((uint64_t)(red * 7 + blue));
  return report();
}
