// Kernels whose pointer arguments are distinct, equal or overlapping from call to call: every store may change a later load.
#include "checksum.h"

static int cells[64];

static void refill(int seed) {
  for (int i = 0; i < 64; ++i) cells[i] = (i * 13 + seed) % 37 - 9;
}

static void mix_cells(void) {
  for (int i = 0; i < 64; ++i) mix((uint64_t)cells[i]);
}

// The same array at two offsets: with a small positive distance each step reads what an earlier one wrote.
static __attribute__((noinline)) void add_scaled(int *to, const int *from, int count, int factor) {
  for (int i = 0; i < count; ++i) to[i] = (to[i] + factor * from[i]) % 1009;
}

void add_downwards(int *to, const int *from, int count) {
  while (count-- > 0) to[count] = (3 * to[count] - from[count]) % 997;
}

// The factor may be an element that the loop itself overwrites.
static __attribute__((noinline)) int scale_by_element(int *values, int count, const int *factor) {
  for (int i = 0; i < count; ++i) values[i] = (values[i] * *factor) % 211;
  return *factor;
}

// The total may be one of the summed elements.
static __attribute__((noinline)) void accumulate(int *total, const int *values, int count) {
  *total = 0;
  for (int i = 0; i < count; ++i) *total += values[i];
}

// The end of the loop is read again in each round, and may be inside the array that is filled.
static __attribute__((noinline)) int fill_until(int *values, const int *limit, int most, int value) {
  int i = 0;
  for (; i < *limit && i < most; ++i) values[i] = value - i;
  return i;
}

static void exchange(int *a, int *b) {
  *a ^= *b;
  *b ^= *a;
  *a ^= *b;
}

void rotate_three(int *a, int *b, int *c) {
  int first = *a;
  *a = *b;
  *b = *c;
  *c = first;
  *a += 1;
  *b += 10;
  *c += 100;
}

struct window {
  int *data;
  int length;
};

static __attribute__((noinline)) int clear_window(struct window *w, int value) {
  int done = 0;
  for (int i = 0; i < w->length; ++i) {
    w->data[i] = value;
    ++done;
  }
  return done;
}

int main(void) {
  for (int distance = -5; distance <= 5; ++distance) {
    for (int count = 0; count < 40; count = 2 * count + 1) {
      refill(count);
      add_scaled(cells + 8 + opaque_int(distance), cells + 8, count, 3);
      add_downwards(cells + 16, cells + 16 + opaque_int(distance), count);
      mix_cells();
    }
  }
  for (int which = 0; which < 12; ++which) {
    refill(which + 40);
    mix((uint64_t)scale_by_element(cells + 2, 8, &cells[opaque_int(which)]));
    refill(which);
    accumulate(&cells[opaque_int(which)], cells + 3, 7);
    mix_cells();
    refill(which + 5);
    mix((uint64_t)fill_until(cells, &cells[opaque_int(which)], 20, which * 3));
    mix_cells();
  }
  for (int code = 0; code < 27; ++code) {
    int place[3] = {opaque_int(code) % 3, opaque_int(code) / 3 % 3, opaque_int(code) / 9};
    refill(code);
    rotate_three(&cells[place[0]], &cells[place[1]], &cells[place[2]]);
    exchange(&cells[place[1]], &cells[place[2]]);
    exchange(&cells[place[0]], &cells[place[1]]);
    for (int i = 0; i < 4; ++i) mix((uint64_t)cells[i]);
  }
  struct window plain = {cells, opaque_int(11)};
  mix((uint64_t)clear_window(&plain, 2));
  for (int value = 0; value < 9; value += 2) {
    struct window inner = {0, opaque_int(6)};
    inner.data = &inner.length;  // the first store changes the bound of the loop
    if (value < 2) mix((uint64_t)clear_window(&inner, value));
    mix((uint64_t)inner.length);
  }
  mix_cells();
  return report();
}
