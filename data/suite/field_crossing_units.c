// Bit-fields of many widths, signed and unsigned, that share and cross storage units, with a separator of width zero:
// what an assignment, an increment or a compound operation stores, and the value that the expression itself has.
#include "checksum.h"

struct fields {
  unsigned a : 3;
  int b : 5;
  unsigned c : 17;
  int d : 9;
  unsigned e : 31;
  int f : 1;
  unsigned : 0;
  int g : 2;
  uint64_t h : 40;
  int64_t i : 33;
  unsigned j : 32;
  signed char k : 7;
  unsigned char l : 1;
  unsigned short m : 11;
};

static void mix_fields(const struct fields *s) {
  mix(s->a), mix(s->b), mix(s->c), mix(s->d), mix(s->e);
  mix(s->f), mix(s->g), mix(s->h), mix(s->i);
  mix(s->j), mix(s->k), mix(s->l), mix(s->m);
}

/// The value of an assignment to a field is that of the field afterwards, not that of the right side.
static __attribute__((noinline)) int64_t assignment_values(struct fields *s, int64_t v) {
  int64_t sum = (s->a = (unsigned)v);
  sum = sum * 3 + (s->b = (int)v);
  sum = sum * 3 + (int64_t)(s->c = (unsigned)(v >> 2));
  sum = sum * 3 + (s->d = (int)(v >> 4));
  sum = sum * 3 + (int64_t)(s->e = (unsigned)~v);
  sum = sum * 3 + (s->f = (int)v);
  sum = sum * 3 + (s->g = (int)(v >> 1));
  sum = sum * 3 + (int64_t)((s->h = (uint64_t)v) >> 7);
  sum = sum * 3 + ((s->i = v) >> 5);
  return sum * 3 + (s->k = (signed char)v) + (s->m = (unsigned short)(v >> 3));
}

static int64_t chained(struct fields *s, int v) {
  int64_t last = s->d = s->b = s->g = v;  // cut to two bits first, then extended
  int64_t other = s->e = s->c = s->a = (unsigned)v;
  return last * 1000 + other;
}

int compound(struct fields *s, unsigned by) {
  int result = (int)++s->a;
  result += (int)s->a++;
  result = result * 5 + s->b--;
  result = result * 5 + --s->g;
  s->c *= by;
  s->e = (unsigned)s->e << (by & 15);
  s->h = s->h + ((uint64_t)by << 38);
  s->i ^= (int64_t)by << 30;
  s->k ^= (signed char)(by & 63);
  s->l += 1;
  s->m >>= by & 3;
  s->j -= by;
  return result * 5 + s->f;
}

/// Unsigned fields of up to 31 bits become int in expressions; one of 32 bits stays unsigned.
static unsigned comparisons(const struct fields *s) {
  unsigned result = 0;
  if (s->a - 5 < 0) result |= 1;
  if (s->e - 7 < 0) result |= 2;
  if (-s->c > -1000) result |= 4;
  if (s->j - 1 > s->j) result |= 8;
  if (s->b < (int)s->a) result |= 16;
  if (s->f == -1) result |= 32;
  if (s->f) result |= 64;
  if ((uint64_t)s->h << 44 >> 44 == (s->h & 0xfffff)) result |= 128;
  if ((s->i >> 32) == -1) result |= 256;
  if (s->g == s->f) result |= 512;
  if ((s->d & 0x100) && s->d < 0) result |= 1024;
  if (~s->a == ~(unsigned)s->a % 8) result |= 2048;
  if (s->m == (s->c & 0x7ff)) result |= 4096;
  return result;
}

static void swap_halves(struct fields *s) {
  unsigned old = s->c;
  s->c = s->e >> 8;
  s->e = (s->e & 255) | old << 8;
  int sign = s->d < 0;
  s->d = s->b * 8 + s->g;
  s->b = sign ? -s->g : (int)s->a;
}

/// A neighbour must not change when a field is written in a loop.
static __attribute__((noinline)) unsigned count_up(struct fields *array, int count, int rounds) {
  unsigned wraps = 0;
  for (int r = 0; r < rounds; ++r)
    for (int i = 0; i < count; ++i) {
      array[i].a++;
      if (array[i].a == 0 && ++array[i].m == 0) ++wraps;
      if (array[i].f != 0) array[i].d--;
      else array[i].h += array[i].c;
    }
  return wraps;
}

int main(void) {
  static const int64_t values[] = {0, 1, -1, 2, 3, 5, 7, 15, 16, -16, 100, 255, -256, 65535, 131072, 0x7fffffff,
                                   -0x80000000ll, 0x100000000, 0xffffffffff, 0x123456789abcdef, INT64_MAX, INT64_MIN};
  struct fields s, array[5];
  memset(&s, 0, sizeof s);
  for (int i = 0; i < 22; ++i) {
    int64_t value = (int64_t)opaque((uint64_t)values[i]);
    mix(assignment_values(&s, value));
    mix_fields(&s), mix(comparisons(&s));
    mix(compound(&s, (unsigned)(value ^ i)));
    mix_fields(&s), mix(comparisons(&s));
    swap_halves(&s), mix_fields(&s);
    mix(chained(&s, (int)(value >> 1)));
    array[i % 5] = s;
    if (i >= 5) mix(count_up(array, i % 5 + 1, i * 2));
    mix_fields(&array[i * 3 % 5 <= i ? i * 3 % 5 : 0]);
  }
  return report();
}
