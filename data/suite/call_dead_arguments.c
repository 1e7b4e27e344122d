// Arguments and results that some or all calls do not need, arguments that are always the same, pointers only loaded from, and
// functions whose address is taken besides: their signatures may be changed only where nobody notices.
#include "checksum.h"

static unsigned effects;

static unsigned effect(unsigned by) {
  effects = effects * 17 + by;
  return effects;
}

// `unused` is never read, yet its computation has effects.
static __attribute__((noinline)) unsigned drops(unsigned used, unsigned unused, unsigned also_used) { return used * 3 + also_used; }

// Passed on to itself only.
static __attribute__((noinline)) unsigned carries(unsigned n, unsigned passenger, unsigned sum) {
  return n == 0 ? sum : carries(n - 1, passenger + sum, sum + n * n);
}

// Read in one case in a hundred.
static __attribute__((noinline)) unsigned seldom(unsigned n, const unsigned *spare) { return n % 100 == 99 ? *spare : n; }

static __attribute__((noinline)) int loads_only(const int *value, int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) sum += *value + i;
  return sum;
}

// A candidate for promotion, except that the memory changes before the load.
static int counted;
static __attribute__((noinline)) int loads_late(const int *value, int by) {
  counted += by;
  return *value * 2;
}

struct settings { int scale, offset; const char *label; double limit; };

static __attribute__((noinline)) int uses_some(const struct settings *s, int x) {
  if (x < 0) return s->offset;
  return x * s->scale + (s->label ? (int)s->label[0] : -1);
}

// The result is used by one caller only.
static __attribute__((noinline)) unsigned result_seldom_used(unsigned x) {
  effect(x);
  return x * x + 1;
}

static __attribute__((noinline)) int always_five(int five, int x, const char *name) { return five * x + name[five % 3]; }

// Returns its argument on all ways but one.
static __attribute__((noinline)) unsigned *returns_argument(unsigned *p, unsigned *q, unsigned n) {
  while (n) {
    *p += n;
    if (n == 77) return q;
    --n;
  }
  return p;
}

unsigned exported(unsigned a, unsigned ignored, unsigned b) { return a ^ b << 3; }  // may not lose its argument

struct result { int quotient, remainder, unused[2]; };
static __attribute__((noinline)) struct result divide(int a, int b) { return (struct result){a / b, a % b, {a, b}}; }

typedef unsigned three(unsigned, unsigned, unsigned);
static __attribute__((noinline)) unsigned through(three *f, unsigned x) { return f(x, effect(x), x + 1); }

static unsigned even(unsigned n, unsigned dead);
static unsigned odd(unsigned n, unsigned dead) { return n == 0 ? 0 : even(n - 1, dead * 2); }
static unsigned even(unsigned n, unsigned dead) { return n == 0 ? 1 : odd(n - 1, dead + 1); }

int main(void) {
  int cell = opaque_int(4);
  unsigned area[2] = {1, 2};
  struct settings s = {opaque_int(3), 9, "label", 2.5}, t = {-1, opaque_int(-2), 0, 0};
  for (unsigned n = 0; n < 110; n += 1 + n % 4) {
    unsigned x = (unsigned)opaque(n);
    mix(drops(x, effect(x), x / 2));
    mix(drops(3, 0, effect(x + 1)));
    mix(carries(x % 9, effect(3), x));
    mix(seldom(x, x % 100 == 99 ? &area[1] : 0));
    mix((uint64_t)loads_only(&cell, (int)x % 5));
    mix((uint64_t)loads_only(x % 2 ? 0 : &cell, x % 2 ? 0 : 2));  // a null pointer that is never read
    mix((uint64_t)loads_late(&counted, (int)x));
    mix((uint64_t)loads_late(&cell, 1));
    mix((uint64_t)uses_some(x % 3 ? &s : &t, (int)x - 20));
    result_seldom_used(x);
    if (x % 10 == 0) mix(result_seldom_used(x + 5));
    mix((uint64_t)always_five(5, (int)x, "abc"));
    unsigned *r = returns_argument(&area[0], &area[1], x);
    *r += 3;
    mix((uint64_t)(r - area) + area[0] % 1000);
    mix(exported(x, effect(7), x + 9));
    struct result d = divide((int)x * 7, (int)x % 6 + 1);
    mix((uint64_t)(d.remainder + (x % 7 ? 0 : d.quotient)));
    mix(through(x % 2 ? drops : x % 3 ? exported : carries, x % 12));
    mix(odd(x % 14, x) * 2 + even(x % 5, effect(1)));
  }
  mix(effects);
  mix((uint64_t)counted);
  mix(area[1]);
  return report();
}
