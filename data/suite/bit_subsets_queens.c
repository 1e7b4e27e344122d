// Sets as bit masks: all subsets of a set, all sets of a size in order, queens on a board by masks, knapsack sums as
// shifted masks, and the attacked squares of a chess-like board found by carries and fills.
#include "checksum.h"

static uint64_t subsets(uint32_t set) {
  uint64_t sum = 0, count = 0;
  uint32_t subset = 0;
  do {
    sum = sum * 5 + subset;
    ++count;
    subset = (subset - set) & set;
  } while (subset);
  for (uint32_t down = set; down; down = (down - 1) & set) sum ^= (uint64_t)down << (count-- & 31);
  return sum + count;
}

static __attribute__((noinline)) uint32_t next_of_same_size(uint32_t set) {
  uint32_t lowest = set & -set, ripple = set + lowest;
  return ripple | ((set ^ ripple) >> 2) / lowest;
}

static uint32_t combinations(unsigned size, unsigned from) {
  uint32_t set = (1u << size) - 1, hash = 0, count = 0;
  for (; set < 1u << from; set = next_of_same_size(set), ++count) hash = hash * 31 + set;
  return hash ^ count << 20;
}

static int queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right, uint32_t *last) {
  if (columns == all) return 1;
  int found = 0;
  for (uint32_t free = all & ~(columns | left | right); free; free &= free - 1) {
    uint32_t place = free & -free;
    int deeper = queens(all, columns | place, (left | place) << 1, (right | place) >> 1, last);
    if (deeper) *last = *last * 3 + place;
    found += deeper;
  }
  return found;
}

/// Which sums can be reached: bit s of the two words is set if some of the weights have the sum s.
int reachable(const uint8_t *weights, int count, uint64_t reached[2]) {
  reached[0] = 1, reached[1] = 0;
  for (int i = 0; i < count; ++i) {
    unsigned w = weights[i];
    if (w >= 64) {
      if (w < 128) reached[1] |= reached[0] << (w - 64);
    } else if (w > 0) {
      reached[1] |= reached[1] << w | reached[0] >> (64 - w);
      reached[0] |= reached[0] << w;
    }
  }
  return __builtin_popcountll(reached[0]) + __builtin_popcountll(reached[1]);
}

static const uint64_t not_left = 0xfefefefefefefefe, not_right = 0x7f7f7f7f7f7f7f7f;

static uint64_t knight(uint64_t from) {
  uint64_t one = (from & not_left) >> 1 | (from & not_right) << 1;
  uint64_t two = (from & 0xfcfcfcfcfcfcfcfc) >> 2 | (from & 0x3f3f3f3f3f3f3f3f) << 2;
  return one << 16 | one >> 16 | two << 8 | two >> 8;
}

static uint64_t along_row(uint64_t from, uint64_t occupied) {  // to the right, by the carry of a subtraction
  uint64_t row = 0xffull << (__builtin_ctzll(from) & 56), blockers = occupied & row & ~from;
  return ((blockers - 2 * from) ^ blockers) & row;
}

static __attribute__((noinline)) uint64_t fill(uint64_t from, uint64_t empty, int direction) {
  uint64_t filled = from;
  for (int i = 0; i < 7; ++i) {
    uint64_t moved;
    switch (direction) {
    case 0: moved = filled << 8; break;
    case 1: moved = filled >> 8; break;
    case 2: moved = (filled & not_right) << 9; break;
    case 3: moved = (filled & not_left) >> 1; break;
    case 4: moved = (filled & not_left) << 7; break;
    default: moved = (filled & not_right) >> 7; break;
    }
    uint64_t grown = filled | (moved & empty);
    if (grown == filled) return grown | moved;
    filled = grown;
  }
  return filled;
}

static uint64_t flood(uint64_t seed, uint64_t open) {
  for (uint64_t before = 0; before != seed;) {
    before = seed;
    seed |= ((seed & not_right) << 1 | (seed & not_left) >> 1 | seed << 8 | seed >> 8) & open;
  }
  return seed;
}

int main(void) {
  for (uint32_t i = 0; i < 40; ++i) mix(subsets((uint32_t)opaque(i * i * 77 & (0x11111111u << i % 3 | i))));
  for (unsigned from = 1; from < 11; ++from)
    for (unsigned size = 1; size <= from; size += 1 + from / 4) mix(combinations((unsigned)opaque(size), from));
  for (unsigned n = 1; n < 7; ++n) {
    uint32_t last = 0;
    mix(queens((1u << n) - 1, 0, 0, (uint32_t)opaque(0), &last)), mix(last);
  }
  uint8_t weights[12];
  uint64_t reached[2], board = opaque(0x123456789abcdef);
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 12; ++i) weights[i] = (uint8_t)opaque((uint64_t)((i * 31 + round * 17) % (i == 5 ? 140 : 40)));
    mix(reachable(weights, round % 13, reached)), mix(reached[0]), mix(reached[1]);
    board = (board << 7 | board >> 57) * 0x9e3779b97f4a7c15u;
    uint64_t occupied = board & board >> 3, from = (uint64_t)1 << round;
    mix(knight(from | occupied)), mix(along_row(from, occupied));
    for (int direction = 0; direction < 6; ++direction) mix(fill(from, ~occupied, direction));
    mix(flood(from, ~occupied)), mix(flood(from & board, board | board >> 1));
  }
  return report();
}
