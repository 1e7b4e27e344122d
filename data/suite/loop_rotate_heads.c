// Loops whose test stands at the head, in the middle or at the foot with work before it, that may run
// zero times, and whose head defines values used behind the loop.
#include "checksum.h"

struct tape {
  uint16_t cells[32];
  unsigned head, moves;
};

static unsigned advance(struct tape *t) {
  ++t->moves;
  t->head = (t->head + 5) & 31;
  return t->cells[t->head];
}

// The head both moves and defines `now`; what leaves is the value that ended the loop.
static __attribute__((noinline)) unsigned head_work(struct tape *t, unsigned stop) {
  unsigned now, sum = 0;
  while (now = advance(t), now % 9 != stop) {
    if (t->moves > 60) return sum;
    sum = sum * 2 % 9973 + now;
  }
  return sum * 16 + now % 16;
}

// Loop and a half: the work before the test runs once more than that behind it.
static unsigned middle_exit(struct tape *t, unsigned rounds) {
  unsigned before = 0, after = 0;
  for (unsigned i = 0;;) {
    before += advance(t) ^ i;
    if (i++ >= rounds) break;
    after = after * 3 + before;
  }
  return after ^ before << 3;
}

// The test at the foot uses a value from the middle; `continue` jumps to the test.
static unsigned foot_test(const struct tape *t, unsigned start) {
  unsigned at = start, hops = 0, next;
  do {
    next = t->cells[at & 31] >> 2;
    if (next & 1) {
      ++at;
      continue;
    }
    at += next;
    if (at > 90) return hops;
  } while (++hops < 30 && next % 7);
  return at * 64 + hops;
}

// Nested heads: the outer test calls a function with an inner loop.
static unsigned skip_small(const struct tape *t, unsigned at, unsigned below) {
  while (at < 32 && t->cells[at] < below) ++at;
  return at;
}

uint64_t segments(const struct tape *t, unsigned below) {
  uint64_t hash = 0;
  unsigned from = 0, end;
  while ((from = skip_small(t, from, below)) < 32) {
    for (end = from; end < 32 && t->cells[end] >= below; ++end)
      ;
    hash = hash * 37 + (end - from);
    from = end;
  }
  return hash << 8 | from;
}

// Zero trips must leave the outputs as they were.
static void extremes(const uint16_t *v, int from, int to, int *low, int *high) {
  for (int i = from; i < to; ++i) {
    if (v[i & 31] < *low) *low = v[i & 31];
    if (v[i & 31] > *high) *high = v[i & 31];
  }
}

// Head with two tests, the second of which needs the first; the index survives.
static int partition_point(const uint16_t *v, int count, unsigned pivot) {
  int i = -1;
  while (i + 1 < count && (v[i + 1] & 1023) != pivot) ++i;
  return i;
}

int main(void) {
  for (unsigned round = 0; round < 36; ++round) {
    struct tape t = {{0}, round & 31, 0};
    for (unsigned i = 0; i < 32; ++i) t.cells[i] = (uint16_t)opaque(i * i * (round + 3) + 7 * i + round);
    for (unsigned stop = 0; stop < 10; stop += 3) mix(head_work(&t, (unsigned)opaque(stop)));
    mix(t.moves);
    for (unsigned rounds = 0; rounds < 7; ++rounds) mix(middle_exit(&t, (unsigned)opaque(rounds)));
    mix(t.head);
    for (unsigned start = 0; start < 32; start += 7) mix(foot_test(&t, start));
    for (unsigned i = 0; i < 32; i += round % 3 + 1) t.cells[i] &= 0x3f;
    if (round % 5 == 0) memset(t.cells, (int)round, sizeof t.cells / (1 + round % 2));
    for (unsigned below = 1; below < 500; below *= 3) mix(segments(&t, below));
    int low = 4000, high = -4;
    extremes(t.cells, opaque_int((int)round - 4), (int)round % 8, &low, &high);
    mix((uint64_t)low);
    mix((uint64_t)high);
    for (int count = -1; count < 32; count += 4) mix((uint64_t)partition_point(t.cells, count, t.cells[round % 32] & 1023u));
  }
  return report();
}
