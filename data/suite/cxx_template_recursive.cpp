// Templates that call themselves with other arguments: sorting networks, polynomials, mixed-radix loops, integer roots
// and nested arrays unrolled at compile time, each against a plain loop.
#include "checksum.h"
#include <stddef.h>

// A bitonic network over a power of two, fully unrolled.
template <int n, bool up, typename T>
struct Bitonic {
  static void merge(T *v) {
    for (int i = 0; i < n / 2; ++i)
      if ((v[i] > v[i + n / 2]) == up) { T t = v[i]; v[i] = v[i + n / 2]; v[i + n / 2] = t; }
    Bitonic<n / 2, up, T>::merge(v);
    Bitonic<n / 2, up, T>::merge(v + n / 2);
  }
  static void sort(T *v) {
    Bitonic<n / 2, true, T>::sort(v);
    Bitonic<n / 2, false, T>::sort(v + n / 2);
    merge(v);
  }
};
template <bool up, typename T>
struct Bitonic<1, up, T> {
  static void merge(T *) {}
  static void sort(T *) {}
};

// Horner's scheme; the coefficients are template arguments.
template <int first, int... rest>
struct Polynomial {
  static long at(long x) { return first + x * Polynomial<rest...>::at(x); }
  static constexpr int degree = 1 + Polynomial<rest...>::degree;
};
template <int last>
struct Polynomial<last> {
  static long at(long) { return last; }
  static constexpr int degree = 0;
};

// Power by squaring; the exponent is known, the base not.
template <unsigned exponent>
static unsigned long power(unsigned long base) {
  if constexpr (exponent == 0) return 1;
  else if constexpr (exponent % 2) return base * power<exponent - 1>(base);
  else { unsigned long half = power<exponent / 2>(base); return half * half; }
}

// Nested loops over the digits of a mixed radix.
template <int... radices>
struct Digits;
template <>
struct Digits<> {
  template <typename Visit>
  static void each(unsigned long prefix, Visit &visit) { visit(prefix); }
};
template <int radix, int... rest>
struct Digits<radix, rest...> {
  template <typename Visit>
  static __attribute__((noinline)) void each(unsigned long prefix, Visit &visit) {
    for (int digit = 0; digit < radix; ++digit) {
      if (visit.skip(prefix, digit)) continue;
      Digits<rest...>::each(prefix * 10 + digit, visit);
    }
  }
};
struct Collect {
  unsigned long sum = 0, seen = 0;
  int forbidden;
  bool skip(unsigned long prefix, int digit) const { return (int)(prefix % 10) == digit && digit == forbidden; }
  void operator()(unsigned long value) { sum = sum * 33 + value; ++seen; }
};

// An integer root by bisection on the bits, one instance per bit.
template <int bit>
static unsigned root(unsigned value, unsigned so_far) {
  unsigned tried = so_far | 1u << bit;
  if (tried <= value / tried) so_far = tried;
  return root<bit - 1>(value, so_far);
}
template <>
unsigned root<-1>(unsigned, unsigned so_far) { return so_far; }

// Sums an array of any number of dimensions.
template <typename T>
static long total(const T &value) { return value; }
template <typename T, size_t n>
static long total(const T (&values)[n]) {
  long sum = 0;
  for (const T &value : values) sum = sum * 3 + total(value);
  return sum;
}

// Mutual recursion of two templates, ended by a specialisation that is found by overload.
template <int n> struct Tag {};
static int even(int x, Tag<0>) { return x; }
template <int n> static int odd(int x, Tag<n>);
template <int n> static int even(int x, Tag<n>) { return x % 3 == 0 ? x : odd(x + n, Tag<n - 1>()) + 1; }
template <int n> static int odd(int x, Tag<n>) { return x % 5 == 0 ? -x : even(x * 2 - n, Tag<n - 1>()); }

int main() {
  unsigned state = (unsigned)opaque(99);
  for (int round = 0; round < 20; ++round) {
    int values[16];
    double reals[8];
    for (int &v : values) v = (int)((state = state * 1103515245u + 12345u) >> 16) % 50;
    for (double &r : reals) r = values[&r - reals] * 0.25 - 3;
    Bitonic<16, true, int>::sort(values);
    Bitonic<8, false, double>::sort(reals);
    for (int v : values) mix(v);
    for (double r : reals) mix_double(r);
    long x = opaque_int(round - 9);
    mix(Polynomial<3, -1, 4, 1, -5>::at(x) * 10 + Polynomial<3, -1, 4, 1, -5>::degree);
    mix(Polynomial<7>::at(x));
    mix(power<0>(x) + power<1>(x) * 2 + power<13>(x) + power<31>(x) * 3 + power<64>(x));
    mix(root<15>((unsigned)opaque(round * round * 7919u), 0) + root<15>((unsigned)opaque(~0u - round), 0));
    mix(even(opaque_int(round), Tag<8>()) + even(opaque_int(round * 7 + 1), Tag<20>()) * 100);
    mix(even(x, Tag<2>()));
    Collect collect;
    collect.forbidden = opaque_int(round % 4);
    Digits<3, 2, 4>::each(0, collect);
    Digits<4, 1, 0, 5>::each(1, collect);
    Digits<>::each(5, collect);
    mix(collect.sum + collect.seen);
    int cube[2][3][2] = {{{values[0], 1}, {2, values[3]}, {3}}, {{4, 5}, {values[5], 6}, {7, values[7]}}};
    mix(total(cube) + total(cube[1]) * 5 + total(values) + total(reals[2]));
  }
  return report();
}
