// Constant tables and switches that become tables: values in a row, in an arithmetic progression, in bits of a
// word, with holes and defaults, several results at once, strings, function pointers, and lookups with constant
// indices.
#include "checksum.h"

static int linear(unsigned x) {
  switch (x) {
  case 0: return 10;
  case 1: return 17;
  case 2: return 24;
  case 3: return 31;
  case 4: return 38;
  case 5: return 45;
  default: return 52;
  }
}
static __attribute__((noinline)) int as_bits(char c) {
  switch (c) {
  case 'a': case 'e': case 'i': case 'o': case 'u': case 'y': return 1;
  case '0': case '2': case '4': case '8': return 2;
  case '\n': case ' ': return 3;
  case (char)0xe4: case (char)0xf6: return 1;
  default: return 0;
  }
}
static uint8_t small_values(uint32_t x) {
  switch (x & 0xf) {
  case 1: return 3;
  case 2: return 0;
  case 3: return 7;
  case 6: return 1;
  case 7: return 200;
  case 9: return 5;
  case 15: return 2;
  }
  return 4;
}
uint64_t wide_values(uint64_t x) {
  switch (x) {
  case 0x100000000: return 1;
  case 0x100000001: return 0xffffffffffffffff;
  case 0x100000002: return 0x8000000000000000;
  case 0xffffffffffffffff: return 2;
  case 0x7fffffffffffffff: return 3;
  case 5: return x * 3;
  default: return x >> 32;
  }
}

static void three_results(int op, int *arity, const char **name, double *cost) {
  *arity = 2, *name = "none", *cost = 0.5;
  switch (op) {
  case 0: *arity = 0; *name = "push"; break;
  case 1: *arity = 1; *name = "negate"; *cost = 1; break;
  case 2: *name = "add"; *cost = 1.25; break;
  case 3: *name = "multiply"; *cost = 3; break;
  case 4: *arity = 3; *name = "select"; *cost = -0.0; break;
  case 7: *arity = -1; break;
  }
}

/// Falls from one case into the next, so that the tables differ from the order of the labels.
static __attribute__((noinline)) int falling(int x) {
  int sum = 0;
  switch (x) {
  case 9: sum += 100; __attribute__((fallthrough));
  case 3: sum += 10; __attribute__((fallthrough));
  case 5: sum += 1; break;
  case 4: sum = 7; __attribute__((fallthrough));
  default: sum *= 3; break;
  case 6: sum -= 5;
  }
  return sum;
}
static int ranges(int x) {
  switch (x) {
  case -1000 ... -1: return 1;
  case 0: return 2;
  case 1 ... 9: return 3;
  case 10 ... 99: return x / 10;
  case 100000 ... 200000: return 5;
  default: return 6;
  }
}

static const int16_t squares[16] = {0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, -1};
static const uint8_t days[2][12] = {{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
                                    {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}};
static int32_t changing[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static const int32_t *const views[] = {changing, changing + 3, changing + 5};

static int twice(int x) { return 2 * x; }
static int negated(int x) { return -x; }
static int squared(int x) { return squares[x & 15]; }
typedef int operation(int);
static operation *const operations[] = {twice, negated, squared, twice, falling};

static int constant_lookups(int i, int write) {
  int sum = squares[3] + squares[15] * days[1][1] + "lookup"[4] + operations[2](5);
  changing[i & 7] += write;
  sum += views[1][0] * 3 + views[2][i & 1] + (views[0] + 3 == views[1]);
  return sum + (days[i & 1][i % 12] > 30) + (squares[i & 7] < 50) * 2 + (squares[i & 3] >= 10) * 4;
}
static __attribute__((noinline)) int search(const int16_t *table, int count, int wanted) {
  for (int i = 0; i < count; ++i)
    if (table[i] >= wanted) return table[i] == wanted ? i : -i - 1;
  return -count - 1;
}

int main(void) {
  static const uint64_t large[] = {0,           5,           6,           UINT64_MAX,  INT64_MAX,
                                   0x100000000, 0x100000001, 0x100000002, 0x100000003, 0x8000000000000000};
  for (int i = -40; i < 300; ++i) {
    int x = opaque_int(i), arity;
    double cost;
    const char *name;
    mix(linear((unsigned)x)), mix(as_bits((char)x)), mix(small_values((uint32_t)x));
    three_results(x, &arity, &name, &cost), mix(arity), mix_double(cost),
        mix((uint64_t)strlen(name) + (unsigned char)name[0]);
    mix(falling(x)), mix(ranges(x)), mix(ranges(x * 999));
    mix(operations[(unsigned)x % 5](x)), mix(constant_lookups(x & 255, x % 3)), mix(search(squares, 15, x));
  }
  for (int i = 0; i < 10; ++i) mix(wide_values(opaque(large[i])));
  return report();
}
