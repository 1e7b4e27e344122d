// Variables that live across throwing calls: the handler must see the values of the moment of the throw, whether they
// are integers, doubles, aggregates, pointers or bits kept in registers, and those a failed call was about to set.
#include "checksum.h"

struct Halt { int step; };
struct Vec { double x, y; long n; };

static __attribute__((noinline)) int step(int value, int limit) {
  if (value >= limit) throw Halt{value};
  return value + 3;
}
static __attribute__((noinline)) Vec advance(Vec v, int limit) {
  if (v.n > limit) throw v;
  return {v.x * 1.5 + 1, v.y - v.x, v.n * 2 + 1};
}

// The assignment of a call that throws does not happen.
static int assigned(int limit) {
  int a = 1, b = 2, c = 3;
  try {
    a = step(0, limit);
    b = step(a + b, limit);
    c = step(c * b, limit) - c;
    a += step(c, limit);
  } catch (const Halt &halt) {
    return a * 1000000 + b * 10000 + c * 100 + halt.step;
  }
  return -(a + b + c);
}

// Loop-carried values of several kinds, all of them needed in the handler.
static __attribute__((noinline)) unsigned long carried(int limit, unsigned long seed) {
  unsigned long odd = 0, even = seed;
  double scale = 1;
  bool flipped = false;
  unsigned char narrow = 250;
  Vec v = {0.5, 0.25, 1};
  const char *cursor = "abcdefghijklmnopqrstuvwxyz";
  for (int i = 0;; ++i) {
    try {
      narrow += 3;
      flipped = !flipped;
      if (i % 2) odd += even * 3;
      else even ^= odd + i;
      v = advance(v, limit);
      ++cursor;
      scale *= 1.25;
      if (cursor[0] == 'z') return odd;
      (void)step(i, limit / 64 + 2);
      scale += narrow;
    } catch (const Vec &last) {
      mix_double(last.x + scale);
      mix_double(v.y);
      return odd * 3 + even + flipped + narrow * 1000u + *cursor + v.n;
    } catch (Halt) {
      mix(*cursor);
      v.n = -20;
      limit += narrow;
      if (limit > 600) return even + narrow;
    }
  }
}

// Two tries in sequence share variables: the second sees what the first left behind in either way.
static long sequence(const int *limits) {
  long total = 0;
  int stage = 0, value = 4;
  try {
    for (stage = 1; stage < 4; ++stage) value = step(value, limits[0]);
    total += value * 2;
  } catch (const Halt &) {
    value = -value;
    stage += 10;
  }
  int *target = value < 0 ? &stage : &value;
  try {
    *target += 100;
    value = step(*target, limits[1]);
    *target -= 30;
  } catch (const Halt &halt) {
    total += halt.step;
    try {
      *target += step(stage, limits[2]);
    } catch (const Halt &inner) {
      total -= inner.step * 1000L;
      target = &stage;
    }
    *target ^= 64;
  }
  return total * 10000 + stage * 100 + value;
}

// A pointer parameter that is written before and after the throwing call.
static int write_both(int *a, int *b, int limit) {
  *a = 5;
  int old = *b;
  *b = 6;
  int got = step(*a + old, limit);
  *a = got;
  *b = 8;
  return *a + *b;
}

int main() {
  for (int limit = 0; limit < 60; ++limit) mix(assigned(opaque_int(limit)));
  for (int limit = 0; limit < 400; limit += 7) mix(carried(opaque_int(limit), opaque(limit)));
  for (int i = 0; i < 125; ++i) {
    const int limits[] = {opaque_int(i % 5 * 3 + 3), opaque_int(i / 5 % 5 * 40 - 20), opaque_int(i / 25 * 4)};
    mix(sequence(limits));
  }
  for (int limit = 0; limit < 24; ++limit) {
    int x = opaque_int(3), y = opaque_int(limit);
    try {
      mix(write_both(&x, limit % 3 ? &y : &x, limit));
    } catch (Halt &) {
      mix(99);
    }
    mix(x * 100 + y);
  }
  return report();
}
