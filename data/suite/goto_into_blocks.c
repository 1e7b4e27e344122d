// Jumps into the bodies of loops, branches and nested blocks, over declarations and back, so that a
// block has entries which its own condition never saw.
#include "checksum.h"

// The body of the if is shared by three ways in; one of them comes with the test false.
static __attribute__((noinline)) int shared_branch(int x, int y) {
  int sum = 0, turns = 0;
  if (x < 0) goto negative;
retry:
  if (x > y) {
    sum += 1;
  negative:
    sum += 10;
    if (y & 1) {
    odd:
      sum += 100;
      x += 3;
    }
  } else {
    sum += 1000;
    if (turns == 0 && (x ^ y) & 2) {
      ++turns;
      goto odd;
    }
  }
  if (++turns < 3 && x < 40) {
    x += y & 7;
    goto retry;
  }
  return sum * 8 + turns;
}

// Into a for: the counter starts where the caller says, without the initial test.
static uint32_t from_middle(const uint32_t *v, unsigned n, unsigned at) {
  uint32_t hash = at;
  unsigned i = at;
  if (at > 0) goto body;
  for (i = 0; i < n; ++i) {
    hash += i;
  body:
    hash = hash * 31 + v[i % n];
    if (hash % 11 == 4) goto after;
    while (hash & 0x10) {
      hash = hash >> 1 ^ (hash & 3);
      if (hash % 5 == 2) break;
    after:
      hash -= 7;
      if (hash & 0x20) goto next;
    }
  next:;
  }
  return hash;
}

// Backwards over the end of one loop into the midst of the one before.
unsigned two_loops(const uint8_t *v, unsigned n) {
  unsigned i = 0, k = 0, sum = 0, returned = 0;
  for (; i < n; ++i) {
    if (v[i] & 0x80) break;
  resume:
    sum = sum * 3 + v[i];
  }
  for (; k < n; ++k) {
    sum ^= (unsigned)v[k] << (k & 7);
    if (i + 1 < n && v[k] % 5 == 1 && returned < 4) {
      ++i, ++k, ++returned;
      goto resume;
    }
  }
  return sum * 64 + i + returned * 16;
}

// A variable declared in a loop's body is a new one in each round; a jump to before it makes another.
static int declarations(int n) {
  int sum = 0, round = 0;
again: {
  int fresh = round * 5 + n;
  int room[3] = {fresh, fresh + 1, 0};
  for (int i = 0; i < 2; ++i) {
    int inner = i;
    inner += room[i];
    room[2] += inner;
    if (inner % 7 == 6) {
      ++round;
      sum += room[2];
      if (round < 5) goto again;
    }
  }
  sum = sum * 2 + room[2] + fresh;
}
  if (++round < 4) goto again;
  return sum;
}

// Statement expressions with labels of their own: a loop inside an expression, left by goto.
#define LOWEST(bits)                \
  ({                                \
    __label__ found;                \
    uint32_t b_ = (bits), n_ = 0;   \
    for (; n_ < 32; ++n_)           \
      if (b_ >> n_ & 1) goto found; \
  found:                            \
    n_;                             \
  })

static uint32_t expressions(uint32_t x, uint32_t y) { return LOWEST(x) * 100 + LOWEST(y) + (LOWEST(x & y) > 8 ? LOWEST(~x) : LOWEST(x ^ y) * 7); }

int main(void) {
  uint32_t words[13];
  uint8_t bytes[26];
  for (int round = 0; round < 44; ++round) {
    for (int y = -3; y < 12; y += 3) mix((uint64_t)shared_branch(opaque_int(round - 9), y));
    for (unsigned i = 0; i < 13; ++i) words[i] = (uint32_t)opaque(i * i * 2654435761u + (unsigned)round);
    for (unsigned at = 0; at < 16; at += 3) mix(from_middle(words, 1 + (unsigned)round % 13, at));
    for (unsigned i = 0; i < 26; ++i) bytes[i] = (uint8_t)opaque(words[i % 13] >> (i % 3 * 8));
    mix(two_loops(bytes, (unsigned)opaque((unsigned)round % 27)));
    mix((uint64_t)declarations(opaque_int(round)));
    mix(expressions(words[round % 13], (uint32_t)opaque(round % 4 ? 1u << round % 32 : 0)));
  }
  return report();
}
