// Structures of every size class returned by value: 1 to 16 bytes in registers, larger ones in memory, integers and floats mixed,
// through direct calls, function pointers and recursion.
#include "checksum.h"

struct s1 { signed char a; };
struct s3 { unsigned char a[3]; };
struct s6 { short a, b, c; };
struct s8 { int a; float b; };
struct s9 { long long a; char b; } __attribute__((packed));
struct s12 { float a, b, c; };
struct s13 { unsigned char a[13]; };
struct s16 { long long a, b; };
struct s16m { double a; long long b; };
struct s16n { long long a; double b; };
struct s16d { double a, b; };
struct s17 { unsigned char a[17]; };
struct s24 { double a[3]; };
struct s40 { int a[10]; };
struct s_long { long double a; };
struct s_nest { struct s6 inner; struct s3 more; };

static __attribute__((noinline)) struct s1 f1(int x) { return (struct s1){(signed char)x}; }
static __attribute__((noinline)) struct s3 f3(int x) { return (struct s3){{(unsigned char)x, (unsigned char)(x >> 3), 7}}; }
static struct s6 f6(int x) { return (struct s6){(short)x, (short)-x, (short)(x * 5)}; }
static __attribute__((noinline)) struct s8 f8(int x) { return (struct s8){x, (float)x / 2}; }
static __attribute__((noinline)) struct s9 f9(int x) { return (struct s9){x * 100000000000LL, (char)(x & 15)}; }
struct s12 f12(int x) { return (struct s12){(float)x, (float)x + 0.5f, 3}; }
static __attribute__((noinline)) struct s13 f13(int x) {
  struct s13 r;
  for (int i = 0; i < 13; ++i) r.a[i] = (unsigned char)(x * i + 1);
  return r;
}
static __attribute__((noinline)) struct s16 f16(int x) { return (struct s16){x, ~(long long)x}; }
static __attribute__((noinline)) struct s16m f16m(int x) { return (struct s16m){x * 0.25, x + 2}; }
struct s16n f16n(int x) { return (struct s16n){x - 3, x * 0.75}; }
static __attribute__((noinline)) struct s16d f16d(int x) { return x & 1 ? (struct s16d){x, 1.5} : (struct s16d){-1.5, x}; }
static __attribute__((noinline)) struct s17 f17(int x) {
  struct s17 r = {{0}};
  r.a[x & 15] = (unsigned char)x;
  r.a[16] = 99;
  return r;
}
static struct s24 f24(int x) { return (struct s24){{x, x * 2.0, x / 8.0}}; }
static __attribute__((noinline)) struct s40 f40(int x) {
  if (x < 0) return (struct s40){{-1}};
  struct s40 r = x > 3 ? f40(x - 4) : (struct s40){{1, 2, 3}};
  r.a[x % 10] += x;
  r.a[9] = r.a[0] + r.a[9];
  return r;
}
static __attribute__((noinline)) struct s_long f_long(int x) { return (struct s_long){x / 16.0L}; }
static __attribute__((noinline)) struct s_nest f_nest(int x) { return (struct s_nest){f6(x), f3(x + 1)}; }

static uint64_t bytes(const void *object, size_t size) {
  uint64_t sum = 0;
  for (size_t i = 0; i < size; ++i) sum = sum * 257 + ((const unsigned char *)object)[i];
  return sum;
}

static void in_registers(int x) {
  struct s3 b = f3(x);
  struct s6 c = f6(x);
  struct s8 d = f8(x);
  struct s9 e = f9(x);
  struct s12 g = f12(x);
  struct s13 h = f13(x);
  mix((uint64_t)f1(x).a);
  mix(bytes(&b, sizeof b) + bytes(&c, sizeof c) * 3);
  mix(bytes(&d, sizeof d));
  mix(bytes(&e, sizeof e) ^ bytes(&g, sizeof g));
  mix(bytes(&h, sizeof h));
  mix((uint64_t)(f16(x).a * 7 + f16(x + 1).b));
  mix_double(f16m(x).a + (double)f16m(x).b + (double)f16n(x).a * f16n(x).b);
  mix_double(f16d(x).a * 16 + f16d(x).b);
}

static __attribute__((noinline)) void in_memory(int x) {
  struct s17 a = f17(x);
  mix(bytes(&a, sizeof a));
  a = f17(x + 1);
  mix(bytes(&a, sizeof a));
  mix_double(f24(x).a[x % 3] + (double)f_long(x).a);
  struct s40 several[3] = {f40(x), f40(x * 2), f40(-x)};
  for (int i = 0; i < 3; ++i) mix(bytes(&several[i], sizeof several[i]));
  struct s_nest nest = f_nest(x);
  mix((uint64_t)(nest.inner.c + nest.more.a[0] * 1000));
}

int main(void) {
  struct s40 (*volatile large)(int) = f40;
  struct s16d (*volatile in_sse)(int) = f16d;
  struct s13 (*table[2])(int) = {f13, opaque(0) ? 0 : f13};
  for (int i = 0; i < 18; ++i) {
    int x = opaque_int(i);
    in_registers(x);
    in_memory(x);
    mix((uint64_t)large(x).a[x % 10]);
    mix_double(in_sse(x).b);
    mix(table[x & 1](x).a[x % 13]);
    large(x);  // unused
  }
  return report();
}
