// Restrict pointers used as the standard allows: disjoint parts of one array, interleaved elements, shared read-only inputs,
// pointers derived from each other, and restrict in inner blocks.
#include "checksum.h"

enum { size = 48 };
static double grid[2 * size];
static unsigned words[2 * size];

static __attribute__((noinline)) void smooth(double *restrict to, const double *restrict from, int count) {
  for (int i = 1; i + 1 < count; ++i) to[i] = 0.25 * from[i - 1] + 0.5 * from[i] + 0.25 * from[i + 1];
}

// Both arguments may point to the same place here, since nothing is written through them.
static __attribute__((noinline)) void product(double *restrict to, const double *restrict a, const double *restrict b, int count) {
  for (int i = 0; i < count; ++i) to[i] = a[i] * b[i] + (i ? to[i - 1] : 0.0);
}

// The two pointers start one element apart, but touch alternating elements.
void interleave(unsigned *restrict even, unsigned *restrict odd, int pairs) {
  for (int i = 0; i < pairs; ++i) {
    even[2 * i] += 7u * odd[2 * i];
    odd[2 * i] ^= even[2 * i] >> 3;
  }
}

static void store_two(unsigned *restrict a, unsigned *restrict b, unsigned value) {
  *a = value;
  *b = *a * 2 + 1;
}

// Inlined twice, on the same places in swapped roles: restrict holds only within each call.
static __attribute__((noinline)) unsigned cross(unsigned *p, unsigned *q, int swaps) {
  unsigned seen = 0;
  for (int i = 0; i < swaps; ++i) {
    store_two(p, q, (unsigned)i);
    seen = seen * 5 + *p;
    store_two(q, p, (unsigned)i + 3);
    seen = seen * 5 + *p + *q;
  }
  return seen;
}

// A pointer based on a restrict pointer may be mixed with it freely.
static __attribute__((noinline)) unsigned walk(unsigned *restrict base, int count) {
  unsigned *cursor = base;
  unsigned sum = 0;
  for (int i = 0; i < count; ++i) {
    *cursor += 11;
    sum += base[i / 2];
    base[i] ^= sum;
    sum += *cursor++;
  }
  return sum;
}

// The block scopes end between the two halves, so the second may access what the first wrote.
static __attribute__((noinline)) unsigned blocks(unsigned *left, unsigned *right, int count) {
  {
    unsigned *restrict l = left;
    unsigned *restrict r = right;
    for (int i = 0; i < count; ++i) l[i] = r[i] + 1;
  }
  {
    unsigned *restrict l = left + 1;
    unsigned *restrict r = right;
    for (int i = 0; i + 1 < count; ++i) r[i] = l[i] * 3;
  }
  return left[0] + right[0];
}

struct pair_of_rows {
  unsigned *restrict low;
  unsigned *restrict high;
};

static __attribute__((noinline)) void fold(struct pair_of_rows rows, int count) {
  for (int i = 0; i < count; ++i) rows.low[i] += rows.high[count - 1 - i];
}

static void mix_words(void) {
  for (int i = 0; i < 2 * size; ++i) mix(words[i]);
}

int main(void) {
  for (int count = 0; count <= size; count = count < 4 ? count + 1 : count * 2 - 1) {
    for (int i = 0; i < 2 * size; ++i) {
      grid[i] = (double)opaque_int(i * 5 % 17) - 3;
      words[i] = (unsigned)opaque((uint64_t)i * 2654435761u);
    }
    smooth(grid, grid + size, count);
    smooth(grid + size, grid, count);
    product(grid, grid + size, grid + size, count);
    for (int i = 0; i < 2 * size; ++i) mix_double(grid[i]);
    interleave(words, words + 1, count);
    mix_words();
    mix(cross(words + opaque_int(3), words + opaque_int(4), count));
    mix(walk(words + opaque_int(5), count));
    mix(blocks(words, words + size, count));
    fold((struct pair_of_rows){words, words + size}, count);
    fold((struct pair_of_rows){words + size / 2, words}, count / 2);
    mix_words();
  }
  return report();
}
