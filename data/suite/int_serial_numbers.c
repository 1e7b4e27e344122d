// Sequence numbers that wrap around: windows, distances and ring-buffer positions in 8, 16 and 32 bits, where
// "less" means that the wrapped difference is negative, so a difference must not be taken as a plain comparison.
#include "checksum.h"

#define SERIAL(bits)                                                                                                 \
  static int before##bits(uint##bits##_t a, uint##bits##_t b) { return (int##bits##_t)(a - b) < 0; }                \
  static __attribute__((noinline)) uint##bits##_t distance##bits(uint##bits##_t from, uint##bits##_t to) {           \
    return (uint##bits##_t)(to - from);                                                                              \
  }                                                                                                                  \
  int in_window##bits(uint##bits##_t base, uint##bits##_t size, uint##bits##_t number) {                             \
    return (uint##bits##_t)(number - base) < size;                                                                   \
  }                                                                                                                  \
  static uint##bits##_t latest##bits(const uint##bits##_t *numbers, int count) {                                     \
    uint##bits##_t best = numbers[0];                                                                                \
    for (int i = 1; i < count; ++i)                                                                                  \
      if (before##bits(best, numbers[i])) best = numbers[i];                                                         \
    return best;                                                                                                     \
  }

SERIAL(8)
SERIAL(16)
SERIAL(32)

struct ring {
  uint8_t head, tail;  // both run freely; the position is the number modulo 16
  uint16_t slots[16];
};

static int ring_put(struct ring *ring, uint16_t value) {
  if ((uint8_t)(ring->head - ring->tail) == 16) return 0;
  ring->slots[ring->head++ % 16] = value;
  return 1;
}

static __attribute__((noinline)) int ring_get(struct ring *ring) {
  return ring->head == ring->tail ? -1 : ring->slots[ring->tail++ & 15];
}

struct receiver {
  uint16_t expected;
  uint32_t seen;  // bit i: expected + i + 1 has come already
};

static int receive(struct receiver *receiver, uint16_t number) {
  uint16_t ahead = (uint16_t)(number - receiver->expected);
  if (ahead >= 0x8000) return -1;
  if (ahead > 32) return -2;
  if (ahead > 0) {
    uint32_t bit = 1u << (ahead - 1);
    int duplicate = (receiver->seen & bit) != 0;
    receiver->seen |= bit;
    return duplicate ? -3 : 0;
  }
  int delivered = 1;
  while (++receiver->expected, receiver->seen & 1) receiver->seen >>= 1, ++delivered;
  receiver->seen >>= 1;
  return delivered;
}

int main(void) {
  uint32_t state = (uint32_t)opaque(99);
  uint8_t bytes[24];
  uint16_t halves[24];
  uint32_t words[24];
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 24; ++i) {
      state = state * 747796405u + 2891336453u;
      bytes[i] = (uint8_t)(round * 23 + (state >> 20) % 100);
      halves[i] = (uint16_t)(round * 6007u + (state >> 16) % 30000);
      words[i] = round * 400000007u + (state >> 2);
    }
    int count = round % 24 + 1;
    mix(latest8(bytes, count));
    mix(latest16(halves, count));
    mix(latest32(words, count));
    for (int i = 1; i < count; ++i) {
      mix(before8(bytes[i - 1], bytes[i]) | before16(halves[i - 1], halves[i]) << 1 |
          before32(words[i - 1], words[i]) << 2);
      mix(distance8(bytes[i - 1], bytes[i]) + (uint64_t)distance16(halves[i - 1], halves[i]));
      mix(distance32(words[i - 1], words[i]));
      mix(in_window8(bytes[0], 50, bytes[i]) + 2 * in_window16(halves[0], 9000, halves[i]));
      mix(in_window32(words[0], 1u << 29, words[i]));
    }
  }
  struct ring ring = {(uint8_t)opaque(250), (uint8_t)opaque(250), {0}};
  for (int i = 0; i < 900; ++i) {
    if (i % 50 < 30) mix(ring_put(&ring, (uint16_t)(i * 77)));
    if (i % 3 == 0 || i % 50 >= 35) mix(ring_get(&ring));
  }
  struct receiver receiver = {(uint16_t)opaque(65400), 0};
  for (int i = 0; i < 1500; ++i) {
    state = state * 747796405u + 2891336453u;
    uint16_t number = (uint16_t)(receiver.expected + (int)(state >> 28) - 3);
    if (i % 97 == 0) number += 60;
    mix(receive(&receiver, number));
  }
  mix(receiver.expected);
  mix(receiver.seen);
  return report();
}
