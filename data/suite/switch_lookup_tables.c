// Switches that only choose a value and become tables in memory, words of bits or a line a * x + b:
// with holes, several values at once, negative starts, doubles, texts, and results of all widths.
#include "checksum.h"

// A straight line, but for the default.
static __attribute__((noinline)) int line(int x) {
  switch (x) {
    case 3: return 17;
    case 4: return 10;
    case 5: return 3;
    case 6: return -4;
    case 7: return -11;
    case 8: return -18;
    default: return 1000;
  }
}

// A line but for one value, and one that wraps at the width of its type.
static uint8_t bent_lines(unsigned x, int8_t *other) {
  uint8_t y;
  switch (x) {
    case 0: y = 200; *other = -100; break;
    case 1: y = 230; *other = 120; break;
    case 2: y = 4; *other = 84; break;
    case 3: y = 34; *other = 48; break;
    case 4: y = 64; *other = 12; break;
    case 5: y = 95; *other = -24; break;
    default: y = 1; *other = 1;
  }
  return y;
}

// Small values: fit for a word of bits; the holes take the default's.
static int vowel(char c) {
  switch (c) {
    case 'a': case 'e': case 'i': case 'o': case 'u': return 1;
    case 'y': return 2;
    case 'w': return 3;
    default: return 0;
  }
}

// Two and three results of different types from one switch.
struct month {
  const char *name;
  double share;
  uint64_t mask;
  short days;
};

static void month(int m, struct month *to) {
  switch (m) {
    case 1: *to = (struct month){"January", 0.0849, 0x1, 31}; break;
    case 2: to->name = "February"; to->share = 0.0767; to->mask = 0x8000000000000002u; to->days = 28; break;
    case 3: *to = (struct month){"March", 0.0849, 0x4, 31}; break;
    case 4: *to = (struct month){"April", -0.0, 0xffffffff00000008u, 30}; break;
    case 6: *to = (struct month){"June", 0.25, 0x20, 30}; break;
    case 7: *to = (struct month){"July", 1e300, 0x40, -1}; break;
  }
}

// Values that are not constant: a variable, an argument, an address, an expression of them.
int global_rate = 12;

static long not_constant(int which, int amount, const int **source) {
  static const int fixed = 8;
  long result = amount;
  *source = &fixed;
  switch (which) {
    case 0: result = 0; break;
    case 1: result = 11; *source = &global_rate; break;
    case 2: result = amount; break;
    case 3: result = amount * 2; *source = &global_rate; break;
    case 4: result = 44; break;
    case 5: result = global_rate; break;
    case 6: result = -6; break;
  }
  return result;
}

// Functions picked by number; the default is not among them.
static int twice(int x) { return x * 2; }
static int square(int x) { return x * x % 10007; }
static int negate(int x) { return -x; }

int dispatch(int which, int x) {
  int (*f)(int);
  switch (which) {
    case -2: f = negate; break;
    case -1: f = twice; break;
    case 0: f = square; break;
    case 1: f = twice; break;
    default: return x ^ which;
  }
  return f(x) + f(1);
}

// True and false only, and the whole range of the type covered without a default.
static _Bool weekday(unsigned char day) {
  switch (day & 7) {
    case 0: return 0;
    case 1: case 2: case 3: case 4: case 5: return 1;
    case 6: return 0;
    case 7: return 1;
  }
  return 0;
}

int main(void) {
  for (int x = -4; x < 13; ++x) {
    int8_t other = 0;
    const int *source;
    struct month m = {"none", 0.5, 77, 7};
    mix((uint64_t)line(opaque_int(x)));
    mix(bent_lines((unsigned)opaque((unsigned)x), &other));
    mix((uint64_t)other);
    month(opaque_int(x), &m);
    mix_text(m.name);
    mix_double(m.share);
    mix(m.mask);
    mix((uint64_t)m.days);
    mix((uint64_t)not_constant(opaque_int(x), x + 100, &source));
    mix((uint64_t)*source);
    mix((uint64_t)dispatch(opaque_int(x), 77 + x));
    mix(weekday((unsigned char)opaque((unsigned)x + 250)));
    global_rate += x & 3;
  }
  for (int c = -128; c < 128; ++c) mix((uint64_t)vowel((char)opaque_int(c)));
  return report();
}
