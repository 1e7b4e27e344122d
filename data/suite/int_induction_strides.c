// Derived induction variables: products, squares and addresses that grow with the loop, counters of 8 and 16 bits
// that wrap, loops that count down, by odd steps, and with two counters that meet.
#include "checksum.h"

static uint8_t grid[24 * 40];

static void paint(int left, int top, int width, int height, int slope) {
  for (int y = top; y < top + height; ++y)
    for (int x = left; x < left + width; ++x) {
      int at = y * 40 + x + slope * (y - top);
      if (at >= 0 && at < (int)sizeof grid) grid[at] = (uint8_t)(grid[at] + 3 * x + 5 * y + 1);
    }
}

static __attribute__((noinline)) uint64_t diagonals(int stride) {
  uint64_t sum = 0;
  for (int start = 0; start < 7; ++start)
    for (int at = start, steps = 0; at < (int)sizeof grid; at += stride, ++steps)
      sum = sum * 3 + grid[at] * (unsigned)(steps * steps);
  return sum;
}

/// The counter wraps at 256; the loop ends when it comes back to where it began.
static uint32_t cycle_of_bytes(uint8_t start, uint8_t step) {
  uint32_t rounds = 0, sum = 0;
  uint8_t at = start;
  do {
    sum += (uint32_t)at * ++rounds;
    at = (uint8_t)(at + step);
  } while (at != start);
  return rounds << 20 ^ sum;
}

uint32_t half_word_counter(uint16_t from, uint16_t to, uint16_t step) {
  uint32_t visited = 0;
  for (uint16_t i = from; i != to; i = (uint16_t)(i + step)) {
    visited += i & 1 ? 1 : 0x10000;
    if (visited >> 16 > 3000) return visited;
  }
  return visited + 1;
}

static int64_t count_down(int from, int step) {
  int64_t sum = 0, weight = 1;
  for (int i = from; i >= 0; i -= step) sum += weight * i, weight = -weight * 2 % 1000;
  for (unsigned i = (unsigned)from; i-- > 0;) sum += i % (unsigned)step;
  return sum;
}

/// Two ends that move towards each other by different steps.
static __attribute__((noinline)) unsigned meet(const uint8_t *bytes, unsigned low, unsigned high) {
  unsigned met = 0;
  while (low < high) {
    met = met * 5 + bytes[low] - bytes[high];
    low += 1 + (met & 1);
    high -= high > 2 ? 2 : 1;
  }
  return met + (low << 8) + high;
}

/// Squares, cubes and triangular numbers by differences, beside the products they stand for.
static uint64_t by_differences(uint32_t count, uint32_t scale) {
  uint64_t wrong = 0, total = 0, square = 0, odd = 1, cube = 0, triangle = 0;
  for (uint64_t i = 0; i < count; ++i) {
    if (square != i * i || cube != i * i * i || triangle * 2 != i * i - i) ++wrong;
    total += square * scale + cube - triangle;
    cube += 3 * square + 3 * i + 1;
    square += odd;
    odd += 2;
    triangle += i;
  }
  return total * 4 + wrong;
}

/// Narrow products of a wide counter, and a wide product of a narrow one.
static uint64_t widths(unsigned count, int8_t factor) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint8_t low = (uint8_t)(i * 37);
    int16_t middle = (int16_t)(i * 1201);
    sum += low + (uint64_t)(int64_t)(middle * factor) + (uint64_t)(uint32_t)(i << 27);
  }
  for (int8_t i = 100; i > factor; i = (int8_t)(i - 9)) sum ^= (uint64_t)i << 30;
  return sum;
}

/// A pointer that walks and an index that walks, with the end computed once or again each time.
static uint32_t walk(const uint32_t *begin, const uint32_t *end, long stride) {
  uint32_t sum = 0;
  for (const uint32_t *at = begin; end - at > 0; at += stride <= end - at ? stride : end - at) sum = sum * 7 + *at;
  for (long i = 0, count = end - begin; i < count; i += stride)
    sum += begin[i] * (uint32_t)(i * 4 + 3) - begin[count - 1 - i];
  return sum;
}

int main(void) {
  for (int i = 0; i < 12; ++i) {
    paint(opaque_int(i * 3), i, i * 5 % 11, i % 7, i % 5 - 2);
    mix(diagonals(39 + i % 4)), mix(diagonals(i * i + 1));
  }
  for (unsigned step = 1; step < 256; step += 13 - step % 3)
    mix(cycle_of_bytes((uint8_t)opaque(step * 7), (uint8_t)step));
  for (unsigned i = 0; i < 16; ++i)
    mix(half_word_counter((uint16_t)opaque(65000 + i), (uint16_t)(100 * i), (uint16_t)(i % 4 * 2 + 1)));
  for (int from = -1; from < 40; from += 4)
    for (int step = 1; step < 6; ++step) mix(count_down(opaque_int(from < 0 ? 0 : from), step));
  for (unsigned low = 0; low < 40; low += 3) mix(meet(grid, low, (unsigned)opaque(60 + low)));
  for (uint32_t count = 0; count < 100; count = count * 2 + 1) mix(by_differences((uint32_t)opaque(count), count * 3));
  for (unsigned count = 0; count < 70; count += 7) mix(widths((unsigned)opaque(count), (int8_t)(count * 2 - 100)));
  uint32_t words[33];
  for (uint32_t i = 0; i < 33; ++i) words[i] = i * 0x9e3779b9u;
  for (int n = 0; n <= 33; n += 3)
    for (long stride = 1; stride < 9; stride += 2) mix(walk(words, words + opaque_int(n), stride));
  return report();
}
