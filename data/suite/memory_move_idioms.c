// Loops that look like memory copies, fills and comparisons, with overlap in both directions and at all small distances, beside real
// memmove calls of the same places; only some of the loops mean the same as the library call.
#include "checksum.h"

enum { size = 96 };
static unsigned char bytes[size + 32];
static unsigned short halves[size];
static uint64_t wide[40];

static void refill(unsigned seed) {
  for (int i = 0; i < size + 32; ++i) bytes[i] = (unsigned char)(i * 29 + (int)seed + i / 9);
}

static __attribute__((noinline)) void forward(unsigned char *to, const unsigned char *from, size_t n) {
  for (size_t i = 0; i < n; ++i) to[i] = from[i];
}
static __attribute__((noinline)) void backward(unsigned char *to, const unsigned char *from, size_t n) {
  while (n-- > 0) to[n] = from[n];
}
static void in_order(unsigned char *to, const unsigned char *from, size_t n) {
  if (to < from)
    forward(to, from, n);
  else
    backward(to, from, n);
}
static __attribute__((noinline)) void by_fours(unsigned char *to, const unsigned char *from, size_t n) {
  for (; n >= 4; n -= 4, to += 4, from += 4) {
    unsigned word;
    memcpy(&word, from, 4);
    memcpy(to, &word, 4);
  }
  while (n--) *to++ = *from++;
}

// One array shifted by one or more elements: a copy with overlap at a constant distance.
static void shift_up(int count) {
  for (int i = count; i > 0; --i) halves[i] = halves[i - 1];
}
static void shift_down(int count) {
  for (int i = 0; i < count; ++i) halves[i] = halves[i + 1];
}
static void smear(int count) {  // not a copy, but a fill with the first element
  for (int i = 0; i < count; ++i) halves[i + 1] = halves[i];
}
static void smear_by_three(int count) {  // repeats a pattern
  for (int i = 3; i < count; ++i) halves[i] = halves[i - 3];
}

static __attribute__((noinline)) void fill_words(uint64_t *to, int n, uint64_t value, int step) {
  for (int i = 0; i < n; ++i) to[i * step] = value;
}
static __attribute__((noinline)) void fill_except(unsigned char *to, int n, unsigned char value, int hole) {
  for (int i = 0; i < n; ++i) {
    if (i == hole) continue;
    to[i] = value;
  }
}
static __attribute__((noinline)) void fill_pairs(unsigned char *to, int n) {  // interleaved constants
  for (int i = 0; i < n; ++i) {
    to[2 * i] = 0x12;
    to[2 * i + 1] = 0x34;
  }
}
static __attribute__((noinline)) int first_difference(const unsigned char *a, const unsigned char *b, int n) {
  int i = 0;
  while (i < n && a[i] == b[i]) ++i;
  return i;
}
static __attribute__((noinline)) size_t length_of(const unsigned char *at) {
  size_t n = 0;
  while (at[n]) ++n;
  return n;
}

static void mix_all(void) {
  uint64_t sum = 0;
  for (int i = 0; i < size + 32; ++i) sum = sum * 0x100000001b3u + bytes[i];
  mix(sum);
  for (int i = 0; i < size; ++i) sum = sum * 31 + halves[i];
  mix(sum);
}

typedef void mover(unsigned char *, const unsigned char *, size_t);
static void library(unsigned char *to, const unsigned char *from, size_t n) { memmove(to, from, n); }

int main(void) {
  static mover *const movers[] = {forward, backward, in_order, by_fours, library};
  for (int which = 0; which < 5; ++which)
    for (int distance = -9; distance <= 9; distance += 1 + (distance > 2) * 2)
      for (size_t n = 0; n < 80; n = n < 9 ? n + 2 : n * 2 + 3) {
        refill((unsigned)n);
        movers[opaque_int(which)](bytes + 16 + opaque_int(distance), bytes + 16, opaque(n));
        uint64_t sum = 0;
        for (int i = 0; i < size; ++i) sum = sum * 0x100000001b3u + bytes[i];
        mix(sum);
      }
  for (int i = 0; i < size; ++i) halves[i] = (unsigned short)opaque((uint64_t)i * 777);
  for (int count = 0; count < 60; count = count * 2 + 1) {
    shift_up(opaque_int(count));
    halves[0] = 5;
    shift_down(opaque_int(count + 2));
    shift_up(3);
    mix_all();
    smear_by_three(opaque_int(count / 2));
    smear(opaque_int(count / 3));
    for (int i = 0; i < 40; ++i) wide[i] = (uint64_t)i;
    fill_words(wide, opaque_int(count / 4), 0x0101010101010101u, 1);
    fill_words(wide + 1, opaque_int(count / 5), opaque(0x0102030405060708u), opaque_int(3));
    for (int i = 0; i < 40; ++i) mix(wide[i]);
    fill_except(bytes, opaque_int(count), 0x77, opaque_int(count / 2));
    fill_pairs(bytes + 70, opaque_int(count / 4));
    mix((uint64_t)first_difference(bytes, bytes + 1, opaque_int(count)));
    bytes[20 + count] = 0;
    mix(length_of(bytes + opaque(3)));
    mix_all();
  }
  return report();
}
