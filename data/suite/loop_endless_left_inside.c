// Loops without a condition that only a break, a return or a goto ends: a record decoder, a token
// bucket and a search that doubles its step.
#include "checksum.h"

struct input {
  const uint8_t *bytes;
  uint32_t size, at;
};

// A number of seven bits a byte, least first. -1: cut off, -2: too long; an end in the midst of a loop.
static int variable_length(struct input *in, uint64_t *value) {
  uint64_t sum = 0;
  int shift = 0;
  for (;;) {
    if (in->at >= in->size) return -1;
    uint8_t byte = in->bytes[in->at++];
    if (shift == 63 && byte > 1) return -2;
    sum |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
    shift += 7;
  }
  *value = sum;
  return shift / 7 + 1;
}

// Records of tag and payload until a zero tag; the three ways out share a tail.
static __attribute__((noinline)) uint64_t records(struct input *in, unsigned *count) {
  uint64_t sum = 17;
  int why;
  *count = 0;
  while (1) {
    uint64_t tag = 0, payload = 0;
    why = variable_length(in, &tag);
    if (why < 0) goto out;
    if (!tag) break;
    switch (tag & 3) {
      case 0:
        why = variable_length(in, &payload);
        if (why < 0) goto out;
        sum = sum * 31 + payload;
        break;
      case 1:
        payload = tag >> 2;
        while (1) {
          if (!payload--) break;
          if (in->at == in->size) {
            why = -3;
            goto out;
          }
          sum = sum * 33 ^ in->bytes[in->at++];
        }
        break;
      case 2:
        if (tag > 200) return sum ^ 0xbadu;
        sum += tag;
        break;
      default:
        ++*count;
        continue;
    }
    ++*count;
    sum ^= sum >> 29;
  }
  why = 0;
out:
  return sum * 8 + (uint64_t)(why & 7);
}

// Tokens drip in and are spent; never ends by itself unless the level runs into one of the two marks.
int bucket(int level, int drip, int spend, int low, int high) {
  for (int tick = 0;; ++tick) {
    level += drip;
    if (level >= high) return tick * 2;
    level -= tick % 3 == 0 ? 2 * spend : spend;
    if (level <= low) return tick * 2 + 1;
    if (tick == 1000) return -level;
  }
}

// Least n with n * n + n >= goal, by doubling and then halving steps.
static uint32_t gallop(uint64_t goal) {
  uint32_t step = 1, n = 0;
  do {
    uint64_t next = (uint64_t)n + step;
    if (next * next + next >= goal) break;
    n = (uint32_t)next;
    step *= 2;
  } while (1);
  for (;; step /= 2) {
    uint64_t next = (uint64_t)n + step;
    if (next * next + next < goal) n = (uint32_t)next;
    if (step <= 1) return n + (goal > 0);
  }
}

int main(void) {
  uint8_t bytes[160];
  for (unsigned round = 0; round < 60; ++round) {
    uint32_t seed = (uint32_t)opaque(round * 2654435761u + 5);
    for (unsigned i = 0; i < sizeof bytes; ++i) {
      seed = seed * 1664525u + 1013904223u;
      uint8_t byte = (uint8_t)(seed >> 24);
      if (round % 3 == 0) byte &= 0x2f;
      if (round % 7 == 1 && i > 20 && i < 35) byte |= 0x80;
      if (round % 14 == 4 && i < 10) byte = i == 9 ? 1 : byte | 0x81;
      bytes[i] = byte;
    }
    if (round % 5 == 2) bytes[round] = 0;
    struct input in = {bytes, round * 5 % 160, 0};
    unsigned count = 99;
    mix(records(&in, &count));
    mix(count);
    mix(in.at);
    mix((uint64_t)bucket((int)(seed >> 28), (int)round % 11, 1 + (int)round % 5, -20, 40));
    mix(gallop(opaque((uint64_t)round * round * round * 11)));
  }
  return report();
}
