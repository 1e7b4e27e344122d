// Loop counters of 8, 16 and 32 bits that wrap around: sequence numbers in a window, timers, and
// loops that end at a value and not below a bound.
#include "checksum.h"

// How many steps of `step` lead from `from` to `to` modulo 256, up to 300.
static __attribute__((noinline)) unsigned distance8(uint8_t from, uint8_t to, uint8_t step) {
  unsigned count = 0;
  for (uint8_t i = from; i != to; i = (uint8_t)(i + step))
    if (++count == 300) break;
  return count;
}

static unsigned sum16(uint16_t first, uint16_t last) {
  unsigned sum = 0;
  for (uint16_t i = first;; ++i) {
    sum = sum * 3 + i;
    if (i == last) break;
  }
  return sum;
}

// The index is widened to 64 bits by the address; it must wrap at 32 bits before that.
uint32_t ring32(const uint32_t *ring, uint32_t start, uint32_t count) {
  uint32_t sum = 0;
  for (uint32_t i = start; i != start + count; ++i) sum += ring[i & 15] ^ (i >> 28);
  return sum;
}

// Ends where the unsigned sum falls below its start: the carry is the exit.
static unsigned until_carry(uint32_t value, uint32_t add, uint32_t *end) {
  unsigned count = 0;
  uint32_t before;
  do {
    before = value;
    value += add;
    ++count;
  } while (value > before && count < 64);
  *end = value;
  return count;
}

// A signed char counter that steps over its borders by an explicit conversion.
static int signed_borders(int start, int step) {
  int8_t i = (int8_t)start;
  int sum = 0, turns = 0;
  do {
    sum += i * (turns & 7);
    i = (int8_t)(uint8_t)(i + step);
  } while (i != (int8_t)start && ++turns < 260);
  return sum * 512 + turns;
}

struct window {
  uint8_t base, size;
  uint8_t seen[32];
  unsigned late, early;
};

// Sequence numbers of 8 bits: is `sequence` within `size` behind base? Slides over what is complete.
static void arrive(struct window *w, uint8_t sequence) {
  uint8_t ahead = (uint8_t)(sequence - w->base);
  if (ahead >= 128) {
    ++w->late;
    return;
  }
  if (ahead >= w->size) {
    ++w->early;
    return;
  }
  w->seen[sequence % 32] = 1;
  while (w->seen[w->base % 32]) w->seen[w->base++ % 32] = 0;
}

static int expired(uint16_t now, uint16_t deadline) { return (uint16_t)(now - deadline) < 0x8000; }

int main(void) {
  for (unsigned from = 0; from < 256; from += 23)
    for (unsigned step = 0; step < 256; step += 37)
      mix(distance8((uint8_t)opaque(from), (uint8_t)opaque(from * 7), (uint8_t)opaque(step)));
  static const uint16_t spans[][2] = {{0, 0}, {65530, 4}, {65535, 65535}, {65535, 0}, {100, 900}, {64000, 65535}};
  for (unsigned i = 0; i < 6; ++i) mix(sum16((uint16_t)opaque(spans[i][0]), (uint16_t)opaque(spans[i][1])));
  uint32_t ring[16];
  for (unsigned i = 0; i < 16; ++i) ring[i] = i * 0x9e3779b9u;
  for (uint32_t count = 0; count < 40; count += 3) {
    mix(ring32(ring, (uint32_t)opaque(0xfffffff0u + count), count));
    mix(ring32(ring, (uint32_t)opaque(0x7ffffffau), count));
  }
  for (unsigned i = 0; i < 33; ++i) {
    uint32_t end;
    mix(until_carry((uint32_t)opaque(i * 0x05000000u), (uint32_t)opaque(i % 4 ? 1u << (i % 32) : 0), &end));
    mix(end);
  }
  for (int step = -128; step < 128; step += 15) mix((uint64_t)signed_borders(opaque_int(step * 3), step));
  struct window w = {(uint8_t)opaque(250), 20, {0}, 0, 0};
  for (unsigned i = 0; i < 600; ++i) {
    arrive(&w, (uint8_t)(250 + i / 2 + (i * 5) % 13 - i % 3));
    if (i % 16 == 0) mix(w.base);
  }
  mix(w.late);
  mix(w.early);
  unsigned fired = 0;
  for (uint16_t now = (uint16_t)opaque(65000), left = 1000; left--; now += 3)
    fired += (unsigned)expired(now, (uint16_t)(left * 66)) << (left & 7);
  mix(fired);
  return report();
}
