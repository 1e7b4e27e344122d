// Variadic functions that take ints, long longs, doubles, pointers, characters and small structures by a description string, with so
// many arguments that the registers of each kind run out at different places.
#include <stdarg.h>

#include "checksum.h"

struct two { int a, b; };
struct mixed { float f; int i; };
struct pair_d { double x, y; };
struct big { long long v[5]; };
struct odd { char c[3]; };

static __attribute__((noinline)) uint64_t gather(const char *kinds, ...) {
  va_list list;
  uint64_t sum = 1469;
  va_start(list, kinds);
  for (const char *k = kinds; *k; ++k) {
    uint64_t value = 0;
    switch (*k) {
      case 'i': value = (uint64_t)va_arg(list, int); break;
      case 'u': value = va_arg(list, unsigned); break;
      case 'l': value = (uint64_t)va_arg(list, long long); break;
      case 'd': value = (uint64_t)(int64_t)(va_arg(list, double) * 16); break;
      case 'D': value = (uint64_t)(int64_t)(va_arg(list, long double) * 4); break;
      case 's': value = strlen(va_arg(list, const char *)) * 7919; break;
      case 'p': value = (uint64_t)*va_arg(list, int *); break;
      case 't': {
        struct two t = va_arg(list, struct two);
        value = (uint64_t)(t.a * 3 - t.b);
        break;
      }
      case 'm': {
        struct mixed m = va_arg(list, struct mixed);
        value = (uint64_t)((int)(m.f * 8) ^ m.i);
        break;
      }
      case 'P': {
        struct pair_d p = va_arg(list, struct pair_d);
        value = (uint64_t)(int64_t)(p.x * 4 - p.y);
        break;
      }
      case 'B': {
        struct big b = va_arg(list, struct big);
        for (int i = 0; i < 5; ++i) value = value * 5 + (uint64_t)b.v[i];
        break;
      }
      case 'o': {
        struct odd o = va_arg(list, struct odd);
        value = (uint64_t)(o.c[0] + o.c[1] * 10 + o.c[2] * 100);
        break;
      }
      default: value = 1; break;
    }
    sum = (sum ^ value) * 1099511628211u;
  }
  va_end(list);
  return sum;
}

// Never reads its variable part; a call may pass anything.
static __attribute__((noinline)) int ignores(int fixed, ...) { return fixed * 2 + 1; }

int sum_until_zero(int first, ...) {
  int sum = 0;
  va_list list;
  va_start(list, first);
  for (int value = first; value != 0; value = va_arg(list, int)) sum = sum * 3 + value;
  va_end(list);
  return sum;
}

static double mean(int count, ...) {
  va_list list;
  double sum = 0;
  va_start(list, count);
  for (int i = 0; i < count; ++i) sum += va_arg(list, double);
  va_end(list);
  return count ? sum / count : -1;
}

int main(void) {
  int i = opaque_int(-5);
  long long l = (long long)opaque(0x123456789abcll);
  double d = opaque_int(7) / 4.0;
  long double e = opaque_int(9) / 8.0L;
  float f = (float)opaque_int(3) / 2;
  short s = (short)opaque_int(-300);
  char c = (char)opaque_int('x');
  struct two t = {i, i * 2};
  struct mixed m = {f, i + 9};
  struct pair_d p = {d, d + 1};
  struct big b = {{l, i, -l, 4, 5}};
  struct odd o = {{1, 2, (char)opaque_int(3)}};
  mix(gather(""));
  mix(gather("i", i));
  mix(gather("iiiiiiiiii", i, 1, 2, 3, 4, 5, 6, 7, 8, i + 9));
  mix(gather("dddddddddd", d, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, d + 9));
  mix(gather("idididididididididid", i, d, 1, d + 1, 2, d + 2, 3, d + 3, 4, d + 4, 5, d + 5, 6, d + 6, 7, d + 7, 8, d + 8, 9, d + 9));
  mix(gather("lilil", l, i, l + 1, i + 1, l + 2));
  mix(gather("iuDiDdDi", i, (unsigned)i, e, i, e * 2, d, -e, 3));
  mix(gather("tttttttt", t, t, t, t, t, t, t, t));
  mix(gather("mPmPmPmPmPi", m, p, m, p, m, p, m, p, m, p, i));
  mix(gather("PPPPPPd", p, p, p, p, p, p, d));
  mix(gather("BiBlBdB", b, i, b, l, b, d, b));
  mix(gather("oiotomoPoBo", o, i, o, t, o, m, o, p, o, b, o));
  mix(gather("spsps", "one", &i, "", &t.b, "seventeen letters"));
  mix(gather("iidd?i", s, c, f, -f, 1));  // promoted arguments
  for (int x = -3; x < 4; ++x) {
    mix((uint64_t)ignores(opaque_int(x), d, l, t, "unused"));
    mix((uint64_t)sum_until_zero(opaque_int(x), x - 1, x + 1, x + 2, 5, 6, 7, 8, 0));
    mix_double(mean(opaque_int(x + 3), d, d * x, 1.0, 2.0, 3.0, (double)x, 9.0));
  }
  return report();
}
