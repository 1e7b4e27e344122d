// Inline functions and variables, template instances and lambdas with equal bodies: they may share code, but their
// addresses must stay different and their static members their own; also weak and aliased functions.
#include "checksum.h"

inline int shared_total = 3;
inline const int shared_limit = opaque_int(40);
inline thread_local int shared_per_thread = opaque_int(6);

template <typename T>
struct Bucket {
  static inline int count = (int)sizeof(T);
  static int total;
  T last{};
  // The same machine code for all types of one size.
  __attribute__((noinline)) int add(T value) { last = value; ++count; return total += (int)value & 0xff; }
  static int describe() { return count * 1000 + total; }
};
template <typename T> int Bucket<T>::total = 0;
template <> int Bucket<unsigned>::total = 500;

// Pairs with equal bodies.
static __attribute__((noinline)) int area(int a, int b) { return a * b + 7; }
static __attribute__((noinline)) int power(int a, int b) { return a * b + 7; }
__attribute__((noinline)) int visible_area(int a, int b) { return a * b + 7; }
inline __attribute__((noinline)) int inline_area(int a, int b) { return a * b + 7; }
static __attribute__((noinline)) unsigned unsigned_area(unsigned a, unsigned b) { return a * b + 7; }
static __attribute__((noinline)) int nearly(int a, int b) { return a * b + 8; }
static __attribute__((noinline)) int swapped(int a, int b) { return b * a + 7; }

// Alike but for one constant, one comparison, one type or one callee.
static __attribute__((noinline)) int scan_max(const int *v, int n) {
  int m = v[0];
  for (int i = 1; i < n; ++i) if (v[i] > m) m = v[i];
  return m;
}
static __attribute__((noinline)) int scan_min(const int *v, int n) {
  int m = v[0];
  for (int i = 1; i < n; ++i) if (v[i] < m) m = v[i];
  return m;
}
static __attribute__((noinline)) int scan_umax(const int *v, int n) {
  int m = v[0];
  for (int i = 1; i < n; ++i) if ((unsigned)v[i] > (unsigned)m) m = v[i];
  return m;
}
static __attribute__((noinline)) long narrow_load(const void *p) { int v; memcpy(&v, p, 4); return v; }
static __attribute__((noinline)) long wide_load(const void *p) { unsigned v; memcpy(&v, p, 4); return v; }
static __attribute__((noinline)) double as_double(const void *p) { double v; memcpy(&v, p, 8); return v; }
static __attribute__((noinline)) long as_long(const void *p) { long v; memcpy(&v, p, 8); return v; }
static __attribute__((noinline)) int via_area(int x) { return area(x, 3) ^ 5; }
static __attribute__((noinline)) int via_nearly(int x) { return nearly(x, 3) ^ 5; }
static __attribute__((noinline)) int via_area_again(int x) { return area(x, 3) ^ 5; }
static int throws_int(int x) { if (x > 6) throw x; return x; }
static int throws_long(int x) { if (x > 6) throw (long)x; return x; }

__attribute__((weak)) int weak_hook(int x) { return x + 1000; }
extern "C" int cxx_static_merged_target(int x) { return x * 9 + 4; }
extern "C" int cxx_static_merged_alias(int x) __attribute__((alias("cxx_static_merged_target")));

using Binary = int (*)(int, int);
static const Binary binaries[] = {area, power, visible_area, inline_area, nearly, swapped};

// A handler is removed by its address: a merged twin would be taken for it.
struct Hooks {
  Binary list[8];
  int count = 0;
  void add(Binary f) { list[count++] = f; }
  bool remove(Binary f) {
    for (int i = 0; i < count; ++i)
      if (list[i] == f) {
        for (--count; i < count; ++i) list[i] = list[i + 1];
        return true;
      }
    return false;
  }
};

template <typename F>
static long caught(F f, int x) {
  try { return f(x);
  } catch (int v) { return v + 100;
  } catch (long v) { return v + 10000; }
}

static const int number_a = 1234, number_b = 1234;  // Constants which are compared by address.
static const char word_a[] = "word", word_b[] = "word";

int main() {
  Bucket<int> ints;
  Bucket<unsigned> unsigneds;
  Bucket<float> floats;
  Bucket<Bucket<int> *> pointers;
  for (int i = 0; i < 20; ++i) {
    int x = opaque_int(i * 37 - 200);
    mix(ints.add(x) + unsigneds.add((unsigned)x * 3) + floats.add((float)(i * 2)));
    pointers.last = opaque_int(i) % 2 ? &ints : nullptr;
    mix(pointers.last == &ints);
    mix(Bucket<int>::describe() + Bucket<unsigned>::describe() * 3 + Bucket<float>::describe() * 7 + Bucket<Bucket<int> *>::count);
    Hooks hooks;
    for (int j = 0; j <= i % 6; ++j) hooks.add(binaries[(j + i) % 6]);
    for (int j = 0; j < 6; ++j) mix(hooks.remove(binaries[(j * 5 + i / 2) % 6]));
    mix(hooks.count);
    for (Binary f : binaries) mix(f(x, i));
    mix(unsigned_area((unsigned)x, (unsigned)i));
    int values[5] = {x, i, -i, x * 3, 50 - x};
    mix(scan_max(values, i % 5 + 1) * 31L + scan_min(values, i % 5 + 1) * 7L + scan_umax(values, i % 5 + 1));
    mix(narrow_load(values) * 3 + wide_load(values) + wide_load(values + 2));
    double d = x * 0.125;
    mix_double(as_double(&d));
    mix(as_long(&d));
    mix(via_area(x) + via_nearly(x) * 3 + via_area_again(x) * 5);
    mix(caught(throws_int, opaque_int(i)) + caught(throws_long, opaque_int(i)));
    mix(weak_hook(x) + cxx_static_merged_alias(i));
    shared_total += shared_limit % (i + 1);
    mix(shared_total + shared_per_thread++);
  }
  int (*volatile target)(int) = cxx_static_merged_target, (*volatile alias)(int) = cxx_static_merged_alias;
  mix(target == alias);
  const int *volatile a = &number_a, *volatile b = &number_b;
  mix((a == b) * 2 + (*a == *b));
  const char *volatile wa = word_a, *volatile wb = word_b;
  mix(wa == wb);
  Binary left = [](int p, int q) { return p - q; }, right = [](int p, int q) { return p - q; };
  mix(left(opaque_int(9), 4) + right(opaque_int(8), 5));
  return report();
}
