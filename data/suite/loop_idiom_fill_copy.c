// Loops that look like memset, memcpy or memmove but may overlap, repeat a pattern, stop early or
// run backwards, beside those that really are.
#include "checksum.h"

enum { size = 96 };
static uint8_t arena[size];

static void reset(unsigned salt) {
  for (unsigned i = 0; i < size; ++i) arena[i] = (uint8_t)opaque(i * 7 + salt);
}

static void digest(void) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < size; ++i) sum = sum * 131 + arena[i];
  mix(sum);
}

// When to > from overlaps, this smears the front; it is no memmove.
static __attribute__((noinline)) void copy_up(uint8_t *to, const uint8_t *from, size_t n) {
  for (size_t i = 0; i < n; ++i) to[i] = from[i];
}

static void copy_down(uint8_t *to, const uint8_t *from, size_t n) {
  while (n--) to[n] = from[n];
}

// All is read before anything is written, in blocks: what a wrong merge would break.
static void copy_blocks(uint8_t *to, const uint8_t *from, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b) {
    uint8_t hold[8];
    for (int i = 0; i < 8; ++i) hold[i] = from[b * 8 + i];
    for (int i = 0; i < 8; ++i) to[b * 8 + i] = hold[i];
  }
}

static void fill_reverse(uint8_t *to, size_t n, uint8_t value) {
  for (uint8_t *p = to + n; p > to;) *--p = value;
}

// Two stores an iteration: one is a fill, the other depends on what was there.
void fill_and_shift(uint8_t *a, uint8_t *b, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    a[i] = 0;
    b[i] = (uint8_t)(b[i] + 1);
  }
}

static void fill32(uint32_t *to, size_t n, uint32_t pattern) {
  for (size_t i = 0; i < n; ++i) to[i] = pattern;
}

// Stride two: only every other byte is filled.
static void fill_holes(uint8_t *to, size_t n, uint8_t value) {
  for (size_t i = 0; i < n; i += 2) to[i] = value;
}

// The filling value is loaded in the loop from what the loop overwrites.
static void fill_from_cell(uint8_t *to, size_t n, const uint8_t *value) {
  for (size_t i = 0; i < n; ++i) to[i] = (uint8_t)(*value + 1);
}

static size_t copy_until(uint8_t *to, const uint8_t *from, size_t n, uint8_t stop) {
  size_t i = 0;
  for (; i < n; ++i)
    if ((to[i] = from[i]) == stop) break;
  return i;
}

struct pixel {
  uint8_t red, green, blue;
};

// All three parts at once are a copy of bytes; leaving one out is not.
static __attribute__((noinline)) void copy_pixels(struct pixel *to, const struct pixel *from, size_t n, int blue) {
  for (size_t i = 0; i < n; ++i) {
    to[i].red = from[i].red;
    to[i].green = from[i].green;
    if (blue) to[i].blue = from[i].blue;
  }
}

int main(void) {
  static const size_t lengths[] = {0, 1, 2, 3, 7, 8, 16, 31, 32, 40};
  for (unsigned l = 0; l < sizeof lengths / sizeof *lengths; ++l) {
    size_t n = opaque(lengths[l]);
    for (unsigned shift = 0; shift < 20; shift += 1 + shift / 2) {
      reset(shift);
      copy_up(arena + opaque(shift), arena, n);
      digest();
      copy_up(arena, arena + opaque(shift), n);
      digest();
      copy_down(arena + opaque(shift), arena, n);
      digest();
      copy_down(arena + 3, arena + 3 + opaque(shift), n);
      digest();
      copy_blocks(arena + opaque(shift), arena, n / 8);
      digest();
      fill_and_shift(arena + 5, arena + 5 + shift, n);
      digest();
      fill_from_cell(arena + 8, n, arena + 8 + shift);
      digest();
      copy_pixels((struct pixel *)arena, (struct pixel *)(arena + 3 * (shift % 5)), n / 2, (int)(shift & 1));
      digest();
      mix(copy_until(arena + 48, arena + shift, n, (uint8_t)(shift * 9)));
      digest();
    }
    reset(l);
    fill_reverse(arena + 1, n, (uint8_t)opaque(0x5a));
    digest();
    fill_holes(arena + 7, n, (uint8_t)opaque(0xee));
    digest();
    uint32_t words[48];
    for (unsigned i = 0; i < 48; ++i) words[i] = i;
    fill32(words + 2, n, (uint32_t)opaque(l % 2 ? 0x01010101u : 0x01020304u));
    for (unsigned i = 0; i < 48; i += 5) mix(words[i]);
  }
  return report();
}
