// Minimum, maximum, magnitude, clamping, median and sign, written with branches, with selects and with bit tricks,
// signed and unsigned side by side: patterns that are recognised and replaced, and their near misses.
#include "checksum.h"

static int32_t min_branch(int32_t a, int32_t b) {
  if (a < b) return a;
  return b;
}
static int32_t max_trick(int32_t a, int32_t b) { return a ^ ((a ^ b) & -(a < b)); }
static uint32_t min_unsigned(uint32_t a, uint32_t b) { return a < b ? a : b; }
static __attribute__((noinline)) int32_t near_min(int32_t a, int32_t b) { return a < b ? a : b + 1; }
static int32_t mixed_min(int32_t a, int32_t b) { return (uint32_t)a < (uint32_t)b ? a : b; }

static uint32_t size_of(int32_t a) { return a < 0 ? 0u - (uint32_t)a : (uint32_t)a; }
static int32_t negative_size(int32_t a) { return a < 0 ? a : -a; }
static uint32_t size_by_shift(int32_t a) { return ((uint32_t)a ^ (uint32_t)(a >> 31)) - (uint32_t)(a >> 31); }
static uint32_t difference(int32_t a, int32_t b) {
  return a > b ? (uint32_t)a - (uint32_t)b : (uint32_t)b - (uint32_t)a;
}
static int sign_of(int32_t a) { return (a > 0) - (a < 0); }
int sign_by_shift(int32_t a) { return (a >> 31) | (int)((0u - (uint32_t)a) >> 31); }

int32_t clamp_branch(int32_t value, int32_t low, int32_t high) {
  if (value < low) value = low;
  if (value > high) value = high;
  return value;
}
static int32_t clamp_other_order(int32_t value, int32_t low, int32_t high) {
  int32_t capped = value > high ? high : value;
  return capped < low ? low : capped;
}
static __attribute__((noinline)) int32_t clamp_constants(int32_t value) {
  return value < -100 ? -100 : value > 155 ? 155 : value;
}
static int32_t clamp_gap(int32_t value) { return value < 10 ? 10 : value > 20 ? 30 : value; }

static int32_t median(int32_t a, int32_t b, int32_t c) {
  if (a > b) { int32_t t = a; a = b; b = t; }
  if (b > c) { b = c; }
  return a > b ? a : b;
}

static int32_t select_chain(int32_t a, int32_t b) {
  int32_t result = a == 0 ? b : a;
  result = b == 7 ? result * 2 : result & 0xffff;
  result += a > b ? 1 : -1;
  result = result == 12 ? 12 : result;
  return result != a ? result : a;
}

/// Values carried by branches into one place, some equal on both ways and some swapped.
static __attribute__((noinline)) int64_t meet(int32_t a, int32_t b, int flip) {
  int32_t x, y, z;
  if (flip) x = a, y = b, z = (int32_t)((uint32_t)a + (uint32_t)b);
  else x = b, y = a, z = (int32_t)((uint32_t)b + (uint32_t)a);
  int32_t least = x < y ? x : y, most = x < y ? y : x;
  return ((int64_t)most - least) * 5 + (z == (int32_t)((uint32_t)x + (uint32_t)y) ? 1 : 1000) + (flip ? x : y);
}

static void bounds(const int32_t *values, int count, int32_t *least, int32_t *most, int *where) {
  *least = INT32_MAX, *most = INT32_MIN, *where = -1;
  for (int i = 0; i < count; ++i) {
    *least = values[i] < *least ? values[i] : *least;
    if (values[i] >= *most) *most = values[i], *where = i;
  }
}

static int32_t nth_of_four(int32_t a, int32_t b, int32_t c, int32_t d, unsigned n) {
  int32_t v[4] = {a, b, c, d};
  static const uint8_t pairs[5][2] = {{0, 1}, {2, 3}, {0, 2}, {1, 3}, {1, 2}};
  for (int i = 0; i < 5; ++i) {
    int32_t low = min_branch(v[pairs[i][0]], v[pairs[i][1]]), high = max_trick(v[pairs[i][0]], v[pairs[i][1]]);
    v[pairs[i][0]] = low, v[pairs[i][1]] = high;
  }
  return v[n & 3];
}

int main(void) {
  static const int32_t edges[] = {0,    1,    -1,  7,   10,    11,     12,        20,        21,
                                  -100, -101, 155, 156, 65535, -65536, INT32_MAX, INT32_MIN, INT32_MIN + 1};
  int count = sizeof edges / sizeof edges[0];
  for (int i = 0; i < count; ++i) {
    int32_t a = opaque_int(edges[i]);
    mix(size_of(a)), mix(size_by_shift(a));
    mix(a == INT32_MIN ? 5 : negative_size(a));
    mix(sign_of(a) * 10 + sign_by_shift(a));
    mix(clamp_constants(a)), mix(clamp_gap(a));
    for (int j = 0; j < count; ++j) {
      int32_t b = edges[j], c = edges[(i + 2 * j) % count];
      mix(min_branch(a, b)), mix(max_trick(a, b));
      mix(min_unsigned((uint32_t)a, (uint32_t)b)), mix(mixed_min(a, b));
      if (b != INT32_MAX) mix(near_min(a, b));
      mix(difference(a, b));
      mix(clamp_branch(a, b, c)), mix(clamp_other_order(a, b, c));
      mix(median(a, b, c));
      if (size_of(a) < 1000000) mix(select_chain(a, b));
      mix(meet(a, b, (i ^ j) & 1));
      mix(nth_of_four(a, b, c, edges[j / 2], (unsigned)(i + j)));
    }
    int32_t least, most;
    int where;
    bounds(edges, i, &least, &most, &where);
    mix((uint64_t)(int64_t)least ^ (uint64_t)(int64_t)most << 7), mix(where);
  }
  return report();
}
