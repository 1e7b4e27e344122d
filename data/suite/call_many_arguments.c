// Calls with more arguments than registers: many ints, many doubles, both mixed with narrow types and pointers, permuted on the way
// to the next call, through pointers, recursively and with stack arguments changed by the callee.
#include "checksum.h"

static __attribute__((noinline)) long ints(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) {
  return a - 2L * b + 3L * c - 4L * d + 5L * e - 6L * f + 7L * g - 8L * h + 9L * i - 10L * j;
}

static __attribute__((noinline)) double doubles(double a, double b, double c, double d, double e, double f, double g, double h,
                                                double i, double j, double k) {
  return a - 2 * b + 3 * c - 4 * d + 5 * e - 6 * f + 7 * g - 8 * h + 9 * i - 10 * j + 11 * k;
}

static __attribute__((noinline)) double mixture(char a, float b, short c, double d, long long e, unsigned char f, float g, int *h,
                                                double i, int j, float k, unsigned short l, double m, signed char n, float o,
                                                long long p, float q, float r, unsigned s) {
  *h += n;
  return a + b * 2 + c * 3 + d * 4 + (double)e * 5 + f * 6 + g * 7 + *h * 8 + i * 9 + j * 10 + k * 11 + l * 12 + m * 13 + n * 14 +
         o * 15 + (double)p * 16 + q * 17 + r * 18 + s * 19;
}

// The same arguments in another order: a tail call must not overwrite one that is still needed.
long rotate(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) {
  return ints(j, a, b, c, d, e, f, g, h, i);
}

static __attribute__((noinline)) long mirror(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j) {
  return rotate(j, i, h, g, f, e, d, c, b, a);
}

static __attribute__((noinline)) long swap_stack(int a, int b, int c, int d, int e, int f, int g, int h) {
  if (a <= 0) return g * 1000L + h;
  if (a & 1) return swap_stack(a - 1, c, b, d, f, e, h, g);
  return swap_stack(a - 2, b, d, c, e, g, f + 1, h - g);
}

// The parameters are counters here, those on the stack, too.
static __attribute__((noinline)) unsigned burn(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f, unsigned g,
                                               unsigned h, unsigned i) {
  unsigned turns = 0;
  while (g-- && h != 3) {
    i = i * 5 + g;
    h = (h + a) % 17;
    unsigned *at = g % 3 ? &h : &i;
    *at ^= 1;
    turns += b + (c ^ d) + (e & f) + i;
  }
  return turns + g * 2 + h * 3 + i;
}

// Narrow results and arguments: the upper bits of the registers are not defined, so they must be extended at the right side.
static __attribute__((noinline)) signed char narrow(signed char a, unsigned char b, short c, unsigned short d, _Bool e, char f, signed char g,
                                                    unsigned char h, short i) {
  return (signed char)(a + b * 2 + c * 3 + d * 5 + e * 7 + f * 11 + g * 13 + h * 17 + i * 19);
}
unsigned short narrow_unsigned(int wide, long long wider) { return (unsigned short)(wide * 3 + wider); }
static __attribute__((noinline)) _Bool is_set(unsigned long long bits, int index) { return bits >> index & 1; }

static __int128 wide_sum(__int128 a, int b, __int128 c, long d, __int128 e, __int128 f) { return a * b + c * d - e + f; }

typedef long ten_ints(int, int, int, int, int, int, int, int, int, int);

int main(void) {
  ten_ints *const table[] = {ints, rotate, mirror};
  for (int n = 0; n < 12; ++n) {
    int x = opaque_int(n * n - 30), changed = x;
    for (int t = 0; t < 3; ++t) mix((uint64_t)table[opaque_int(t)](x, 1, x + 2, 3, x + 4, 5, x + 6, 7, x + 8, 9));
    mix_double(doubles(x, 0.5, x + 1, 1.5, x + 2, 2.5, x + 3, 3.5, x + 4, 4.5, x + 5));
    mix_double(mixture((char)x, 1.5f, (short)(x * 2), x / 2.0, x * 1000000LL, (unsigned char)x, 2.5f, &changed, x / 4.0, x, 3.5f,
                       (unsigned short)x, -x, (signed char)(x / 3), 4.5f, -x, 5.5f, (float)x, (unsigned)n));
    mix((uint64_t)changed);
    mix((uint64_t)swap_stack(opaque_int(n), 1, 2, 3, 4, 5, 6, x));
    mix(burn((unsigned)opaque(3), 1, 2, 3, 4, 5, (unsigned)n * 4, (unsigned)n, 8));
    mix((uint64_t)narrow((signed char)(x * 9), (unsigned char)(x - 7), (short)(x * 3000), (unsigned short)(x * 5000), x & 4, (char)x,
                         (signed char)(x + 100), (unsigned char)(x + 200), (short)-x));
    mix(narrow_unsigned(x * 70000, x * 5000000000LL));
    mix(is_set(opaque(0x8421f00f12345678u), n * 5) ? 11 : 22);
    __int128 w = wide_sum(x * ((__int128)1 << 70), x, (__int128)5 << 90, n, x, (__int128)-1);
    mix((uint64_t)w);
    mix((uint64_t)(w >> 64));
  }
  return report();
}
