// Structures passed by value in registers, split over registers and stack, and wholly in memory: mixed integer and float members,
// unions, packed members, arrays, together with plain arguments before and after them.
#include "checksum.h"

struct point { float x, y; };
struct span { const char *text; unsigned length; };
struct mix3 { float a; double b; };
struct tagged { int tag; union { int i; float f; unsigned char c[4]; } as; };
struct __attribute__((packed)) packed { char a; int b; short c; double d; };
struct matrix { float cell[2][3]; };
struct bits { unsigned a : 5, b : 11; int c : 7; unsigned long long d : 41; };
union either { double d; long long l; struct { int lo, hi; } both; };
struct with_pointer { struct with_pointer *next; int value; };

static __attribute__((noinline)) float distance(struct point p, struct point q) {
  p.x -= q.x;
  p.y -= q.y;
  return p.x * p.x + p.y * p.y;
}

static __attribute__((noinline)) unsigned hash_span(struct span s, unsigned seed) {
  while (s.length) {
    seed = seed * 33 + (unsigned char)*s.text++;
    --s.length;
  }
  return seed;
}

// The last two structures no longer fit into the registers that are left.
static __attribute__((noinline)) long split(int a, struct span s, int b, struct span t, struct span u, int c, struct tagged v) {
  return a + 2 * b + 3 * c + s.length * 5 + t.length * 7 + u.length * 11 + s.text[0] + t.text[1] * 13 + u.text[2] * 17 + v.tag * 19 + v.as.i;
}

double spread(struct mix3 a, float b, struct mix3 c, double d, struct point e, struct mix3 f, struct mix3 g, double h) {
  return a.a + 2 * a.b + 3 * b + 4 * c.a + 5 * c.b + 6 * d + 7 * e.x + 8 * e.y + 9 * f.a + 10 * f.b + 11 * g.a + 12 * g.b + 13 * h;
}

static int of_tagged(struct tagged t) {
  switch (t.tag) {
    case 0: return t.as.i;
    case 1: return (int)(t.as.f * 4);
    case 2: return t.as.c[0] - t.as.c[3];
    default: return -1;
  }
}

static __attribute__((noinline)) double of_packed(int before, struct packed p, int after) {
  return before + p.a * 2 + p.b * 3 + p.c * 5 + p.d * 7 + after * 11;
}

static __attribute__((noinline)) struct matrix times(struct matrix m, float by, int transposed_index) {
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 3; ++c) m.cell[r][c] *= (c * 2 + r == transposed_index) ? -by : by;
  return m;
}

static __attribute__((noinline)) unsigned long long of_bits(struct bits b, int times) {
  for (int i = 0; i < times; ++i) {
    b.a += 3;
    b.b ^= b.a << 4;
    b.c = (b.c + 30) % 60 - 20;
    b.d = (unsigned long long)b.d * 5 + b.b;
  }
  return (unsigned long long)b.d * 64 + b.a + b.b + (unsigned long long)b.c;
}

static __attribute__((noinline)) long long of_either(union either e, int kind) {
  if (kind == 0) return (long long)(e.d * 2);
  if (kind == 1) return e.l / 3;
  e.both.lo += kind;
  return e.l ^ e.both.hi;
}

static int sum_list(struct with_pointer copy, int depth) {
  int sum = copy.value;
  copy.value = 0;
  if (copy.next && depth) sum += sum_list(*copy.next, depth - 1) * 2;
  return sum + copy.value;
}

int main(void) {
  for (int n = 0; n < 10; ++n) {
    int x = opaque_int(n);
    struct point p = {(float)x, 2}, q = {1, (float)x / 2};
    mix_float(distance(p, q));
    mix_float(distance(q, q) + p.x);
    struct span s = {"structures", (unsigned)x}, t = {"passed by", 9}, u = {"value", (unsigned)opaque(5)};
    mix(hash_span(s, 5) + hash_span(t, 7) * 3 + s.length);
    struct tagged v = {x % 4, {.i = x * 1000}}, w = {1, {.f = (float)x * 1.25f}}, z = {2, {.c = {9, 8, 7, (unsigned char)x}}};
    mix((uint64_t)split(x, s, x + 1, t, u, x + 2, v));
    mix((uint64_t)(of_tagged(v) == -1 ? -7 : of_tagged(w) + 100 * of_tagged(z)));
    struct mix3 a = {(float)x, x * 0.5}, b = {0.25f, (double)x};
    mix_double(spread(a, 1.5f, b, x, p, b, a, x + 0.5));
    struct packed k = {(char)x, x * 77, (short)-x, x / 4.0};
    mix_double(of_packed(1, k, x));
    struct matrix m = {{{1, 2, 3}, {4, 5, (float)x}}};
    struct matrix r = times(times(m, 2, x % 6), 0.5f, 6);
    for (int i = 0; i < 6; ++i) mix_float(r.cell[i / 3][i % 3] + m.cell[i / 3][i % 3] * 8);
    struct bits bits = {(unsigned)x & 31, 1000, x - 5, 1ull << 40};
    mix(of_bits(bits, x));
    union either e = {.d = x * 3.5};
    mix((uint64_t)of_either(e, x % 3));
    struct with_pointer end = {0, x}, middle = {&end, 10}, start = {&middle, 100};
    start.next = x & 1 ? &start : &middle;
    mix((uint64_t)(sum_list(start, x / 2) + start.value + middle.value));
  }
  return report();
}
