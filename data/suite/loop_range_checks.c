// Loops with a bounds check in each round, in steps up and down, whose failing rounds must be found
// exactly: the main loop may be split from them, the effects of the rounds before may not be lost.
#include "checksum.h"

struct vector {
  uint32_t length;
  int32_t cells[20];
};

static uint32_t faults, last_fault;

static __attribute__((noinline, cold)) void fault(uint32_t index, uint32_t length) {
  ++faults;
  last_fault = index * 100 + length;
}

static int get(const struct vector *v, uint32_t index, int32_t *to) {
  if (index >= v->length) {
    fault(index, v->length);
    return 0;
  }
  *to = v->cells[index];
  return 1;
}

static int put(struct vector *v, uint32_t index, int32_t value) {
  if (index >= v->length) {
    fault(index, v->length);
    return 0;
  }
  v->cells[index] = value;
  return 1;
}

// Stops at the first fault; what was stored before it stays.
static __attribute__((noinline)) int shift(struct vector *v, int from, int to, int by) {
  for (int i = from; i < to; ++i) {
    int32_t x;
    if (!get(v, (uint32_t)(i + by), &x) || !put(v, (uint32_t)i, x % 999 * 2 + i)) return i;
  }
  return to;
}

// Goes on after a fault, downwards; two checks with different offsets, and a store in between.
static int32_t fold_down(struct vector *v, int from, int to) {
  int32_t sum = 1;
  for (int i = from; i > to; --i) {
    int32_t x = -5, y = -9;
    if (i >= 0 && i < (int)v->length) v->cells[i] ^= sum & 7;
    get(v, (uint32_t)i, &x);
    get(v, (uint32_t)(i - 2), &y);
    sum = (sum * 3 + x % 100 * (y % 100)) % 4099;
  }
  return sum;
}

// Signed and unsigned limits in one loop; the range that passes all is in the middle.
int windowed(const struct vector *v, int n, int low, unsigned high, unsigned span) {
  int inside = 0, sum = 0;
  for (int i = 0; i < n; ++i) {
    if (i < low) continue;
    if ((unsigned)i - high < span) continue;
    if ((uint32_t)i >= v->length) break;
    ++inside;
    sum += v->cells[i] * inside;
  }
  return sum * 32 + inside;
}

// The length itself shrinks during the loop.
static uint32_t shrink(struct vector *v, uint32_t every) {
  uint32_t hash = 0;
  for (uint32_t i = 0; i < 16; ++i) {
    int32_t x = (int32_t)i;
    if (!get(v, i, &x) && i % 4 == 3) return hash;
    hash = hash * 17 + (uint32_t)x;
    if (i % every == 0) --v->length;
  }
  return hash + 1;
}

// A table of steps leads from cell to cell until it leads outside.
static uint32_t hops(const struct vector *v, uint32_t at, uint32_t most) {
  uint32_t n = 0;
  for (; n < most; ++n) {
    int32_t step;
    if (!get(v, at, &step)) break;
    at += (uint32_t)(step % 7);
  }
  return at * 64 + n;
}

int main(void) {
  for (int round = 0; round < 42; ++round) {
    struct vector v = {(uint32_t)opaque((unsigned)round % 21), {0}};
    for (int i = 0; i < 20; ++i) v.cells[i] = (i * 13 + opaque_int(round)) % 29 - 11;
    for (int by = -3; by <= 3; by += 2) mix((uint64_t)shift(&v, opaque_int(round % 3), 9 + round % 12, by));
    mix((uint64_t)fold_down(&v, 18 + round % 5, opaque_int(round % 4 - 3)));
    mix((uint64_t)windowed(&v, round, opaque_int(round % 6 - 1), (unsigned)opaque(round % 9u), (unsigned)round % 5));
    mix(hops(&v, (uint32_t)opaque((unsigned)round % 7), 40));
    for (int i = 0; i < 20; i += 3) mix((uint64_t)v.cells[i]);
    if (v.length > 12) mix(shrink(&v, 1 + (uint32_t)round % 9));
    mix(v.length);
    mix(faults);
    mix(last_fault);
  }
  return report();
}
