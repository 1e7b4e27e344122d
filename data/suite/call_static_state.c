// Functions with static local state: counters, caches, generators, once-only initialisation, the same name in several functions and
// blocks, state in inlined functions, and state reached through a returned pointer.
#include "checksum.h"

static inline unsigned next_id(void) {  // inlined at many places, but with one counter
  static unsigned id = 100;
  return id++;
}

static __attribute__((noinline)) unsigned random_like(int reset) {
  static unsigned long long seed = 0x1234567;
  if (reset) return (unsigned)(seed = 0x1234567);
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(seed >> 40);
}

// A memory of earlier results; a wrong entry would show.
static unsigned long long ways(int n, int k) {
  static unsigned long long known[32][32];
  static int hits;
  if (k < 0 || k > n) return (unsigned long long)hits;
  if (k == 0 || k == n) return 1;
  if (known[n][k]) {
    ++hits;
    return known[n][k];
  }
  unsigned long long left = ways(n - 1, k - 1);
  return known[n][k] = left + ways(n - 1, k);
}

static __attribute__((noinline)) int two_blocks(int which) {
  int result;
  if (which) {
    static int state = 1;
    result = state *= 3;
    if (state > 1000) state = 2;
  } else {
    static int state = 50;
    result = --state;
  }
  static int state;  // a third one
  return (state += result) % 10007;
}

// Yields the next element in each call, through a switch into the middle of a loop.
static __attribute__((noinline)) int generate(int restart) {
  static int stage, i, j;
  if (restart) stage = 0;
  switch (stage) {
    case 0:
      for (i = 0; i < 4; ++i) {
        for (j = 0; j <= i; ++j) {
          stage = 1;
          return i * 10 + j;
          case 1:;
        }
        if (i == 2) {
          stage = 2;
          return -1;
        }
        case 2:;
      }
      stage = 3;
      return 99;
    default: return -99;
  }
}

static __attribute__((noinline)) int *slot(int index) {
  static int slots[5] = {1, 2, 3};
  static int default_slot, uses;
  ++uses;
  if (index < 0) return &uses;
  return index < 5 ? &slots[index] : &default_slot;
}

static const char *label(int value) {  // the buffer is overwritten by the next call but one
  static char buffers[2][8];
  static int turn;
  char *b = buffers[turn ^= 1];
  int at = 7;
  b[at] = 0;
  do b[--at] = (char)('0' + value % 10);
  while ((value /= 10) && at > 0);
  return b + at;
}

static __attribute__((noinline)) int table_lookup(int x) {
  static _Bool ready;
  static unsigned char table[64];
  static int fills;
  if (!ready) {
    for (int i = 0; i < 64; ++i) table[i] = (unsigned char)(i * i % 61);
    ready = 1;
    ++fills;
  }
  if (x == 63) ready = 0;
  return table[x & 63] + fills * 1000;
}

static __attribute__((noinline)) int nested_calls(int depth) {
  static int active, deepest;
  ++active;
  if (active > deepest) deepest = active;
  int below = depth > 0 ? nested_calls(depth - 1) : 1;
  if (depth > 0) below = below * 3 + nested_calls(depth - 2);
  --active;
  return below % 1000 + active + deepest * 100 * (depth == 0);
}

int main(void) {
  for (int round = 0; round < 30; ++round) {
    int x = opaque_int(round);
    mix(next_id());
    if (x % 3 == 0) mix(next_id() * 2);
    mix(random_like(x % 11 == 10));
    mix(ways(x, x / 2));
    mix(ways(x, -1));
    mix((uint64_t)two_blocks(x % 5 < 2));
    mix((uint64_t)generate(x == 20));
    *slot(x % 7) += x;
    *slot(x % 3) += 5;
    mix((uint64_t)*slot(opaque_int(round) % 3));
    mix((uint64_t)*slot(-1));
    const char *one = label(x * 37), *two = label(x + 1);
    mix_text(one), mix_text(two);
    mix((uint64_t)table_lookup(x * 3));
  }
  for (int depth = 0; depth < 9; ++depth) mix((uint64_t)nested_calls(opaque_int(depth)));
  return report();
}
