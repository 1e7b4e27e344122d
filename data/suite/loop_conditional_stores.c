// Stores in loops that happen under a condition only: to constant objects never, to shared cells
// sometimes, so that no store may be invented, moved behind the loop or done twice.
#include "checksum.h"

// These lie in memory that may not be written; a store that was never asked for ends the program.
static const int sealed[8] = {3, 1, 4, 1, 5, 9, 2, 6};
static const uint64_t sealed_sum = 77;

// Promoting *sum to a register is right; storing it back when no store ran is not.
static __attribute__((noinline)) int accumulate(uint64_t *sum, const int *v, int count, int above) {
  int hits = 0;
  for (int i = 0; i < count; ++i)
    if (v[i] > above) {
      *sum += (uint64_t)v[i];
      ++hits;
    }
  return hits;
}

// Clamps in place: cells within the bounds are not stored to.
static __attribute__((noinline)) int clamp_in_place(int *v, int count, int low, int high) {
  int changed = 0;
  for (int i = 0; i < count; ++i) {
    if (v[i] < low)
      v[i] = low, ++changed;
    else if (v[i] > high)
      v[i] = high, changed += 16;
  }
  return changed;
}

// One of two targets gets the value, chosen in each round; both may be the same.
static void route(int *left, int *right, const uint8_t *where, int count) {
  for (int i = 0; i < count; ++i) {
    if (where[i] & 1) *left = *left * 2 + i;
    if (where[i] & 2)
      *right += *left;
    else if (where[i] & 4)
      *right = i;
  }
}

struct stats {
  int least, greatest, where, ties;
};

// The minimum's place is stored when it changes, the ties when it does not.
void observe(struct stats *s, const int *v, int count) {
  for (int i = 0; i < count; ++i) {
    if (v[i] < s->least) {
      s->least = v[i];
      s->where = i;
      s->ties = 0;
    } else if (v[i] == s->least) {
      ++s->ties;
    }
    if (v[i] > s->greatest) s->greatest = v[i];
  }
}

// A store in both branches, to one address or to two.
static void both_ways(int *v, int *other, int count, int pivot) {
  for (int i = 1; i < count; ++i) {
    if (v[i] < pivot) {
      v[i - 1] = v[i] - 1;
      other[0] = i;
    } else {
      v[i - 1] = v[i] + 1;
      other[i & 3] = v[i];
    }
  }
}

// The volatile cell is written in some rounds: not once more, not once less.
static volatile int door;
static int knocks(const int *v, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    if (v[i] % 3 == 0) door = v[i];
    if (i % 4 == 3) sum = sum * 10 + (door & 7);
  }
  return sum;
}

// Histogram with a cap: the same cell may come in two neighbouring rounds.
static void histogram(uint8_t *bins, const int *v, int count) {
  for (int i = 0; i < count; ++i)
    if (bins[v[i] & 7] < 3) ++bins[v[i] & 7];
}

int main(void) {
  int v[30];
  uint8_t where[30];
  for (int round = 0; round < 40; ++round) {
    int count = opaque_int(round * 3 % 31);
    uint64_t sum = 5;
    for (int i = 0; i < 30; ++i) v[i] = (i * (round + 2) + opaque_int(round)) % 23 - 4, where[i] = (uint8_t)(i * round / 5 % 8);
    mix((uint64_t)accumulate((uint64_t *)&sealed_sum, sealed, 8, opaque_int(9 + round)));
    mix((uint64_t)accumulate(&sum, v, count, opaque_int(round % 20)));
    mix(sum);
    mix((uint64_t)clamp_in_place((int *)sealed, 8, opaque_int(1 - round), opaque_int(9)));
    mix((uint64_t)clamp_in_place(v, count, round % 5 - 2, opaque_int(8 + round % 9)));
    int left = 1, right = 2;
    route(&left, &right, where, count % 12);
    route(&left, &left, where + 12, count % 9);
    mix((uint64_t)(left * 1000 + right));
    struct stats s = {10, -10, -1, 0};
    observe(&s, v, count);
    mix((uint64_t)(s.least * 1000000 + s.greatest * 10000 + s.where * 100 + s.ties));
    int other[4] = {0};
    both_ways(v, round % 3 ? other : v + 5, count, opaque_int(6));
    for (int i = 0; i < 30; i += 4) mix((uint64_t)(v[i] * 64 + other[i & 3]));
    mix((uint64_t)knocks(v, count));
    uint8_t bins[8] = {0};
    histogram(bins, v, count);
    for (int i = 0; i < 8; ++i) mix(bins[i]);
  }
  mix(sealed_sum + (uint64_t)sealed[3]);
  return report();
}
