// Invariant expressions that would trap or read bad memory if they ran before the loop's own checks,
// and invariant loads that a store in the loop changes after all.
#include "checksum.h"

// With divisor 0 no element is above the limit, so the division never runs.
static __attribute__((noinline)) int64_t shares(const int *v, int count, int limit, int total, int divisor) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i)
    if (v[i] > limit) sum += (int64_t)v[i] + total / divisor;
  return sum;
}

// The least number divided by -1 traps; it is caught in the loop, after a store.
static int quotients(int *v, int count, int by) {
  int caught = 0;
  for (int i = 0; i < count; ++i) {
    if (by == -1 && v[i] == INT32_MIN) {
      v[i] = INT32_MAX;
      ++caught;
      continue;
    }
    v[i] = by ? v[i] / by + v[i] % by : 0;
  }
  return caught;
}

// A null pointer comes with zero trips or with a flag that says so.
static uint64_t scaled(const uint32_t *v, int count, const uint32_t *factor, int use) {
  uint64_t sum = 0;
  for (int i = 0; i < count; ++i) sum += use ? (uint64_t)v[i] * *factor : v[i];
  return sum;
}

// The bound may be one of the cells that are written.
void spread(int *v, const int *bound) {
  for (int i = 0; i < *bound; ++i) v[i] = v[i] > 3 ? v[i] - 2 : v[i] + 1;
}

static int remaining = 0;

static __attribute__((noinline)) int consume(int amount) {
  remaining -= amount;
  return remaining > 0;
}

// `remaining` changes in the call: neither it nor the quotient by it is invariant.
static int drain(int start, int amount) {
  int sum = 0;
  remaining = start;
  do sum += 1000 / (remaining ? remaining : 7);
  while (consume(amount));
  return sum;
}

struct node {
  struct node *next;
  int *payload;
  int weight;
};

// The payload is looked at only in nodes of an odd weight, the next node only while there is one.
static int64_t chase(const struct node *at, int divisor) {
  int64_t sum = 0;
  while (at) {
    if (at->weight & 1)
      sum += *at->payload;
    else if (at->weight)
      sum -= 5040 / (at->weight + divisor);
    at = at->next;
  }
  return sum;
}

// An index that is only in bounds when the flag of the same round allows it.
static unsigned pick(const uint8_t *flags, const uint8_t *table, unsigned offset, unsigned count) {
  unsigned sum = 0;
  for (unsigned i = 0; i < count; ++i)
    if (flags[i]) sum = sum * 7 + table[offset] + table[offset / flags[i]];
  return sum;
}

int main(void) {
  int v[20];
  uint32_t u[20];
  uint8_t flags[20], table[16];
  for (int i = 0; i < 16; ++i) table[i] = (uint8_t)opaque((unsigned)i * 31);
  for (int round = 0; round < 40; ++round) {
    int count = opaque_int(round / 2);
    for (int i = 0; i < 20; ++i) v[i] = (i * 7 + round) % 19, u[i] = (uint32_t)opaque((unsigned)(i * round)), flags[i] = (uint8_t)(i % 3);
    int divisor = opaque_int(round % 4);
    mix((uint64_t)shares(v, count, divisor ? 4 : 18, INT32_MAX, divisor));
    uint32_t factor = (uint32_t)round;
    mix(scaled(u, count, round % 3 ? &factor : NULL, round % 3));
    mix(scaled(NULL, opaque_int(0), NULL, round & 1));
    v[round % 20] = round % 20;
    spread(v, &v[round % 20]);
    mix((uint64_t)v[round % 20]);
    if (round % 2) v[count] = INT32_MIN;
    mix((uint64_t)quotients(v, 20, opaque_int(round % 5 - 2)));
    for (int i = 0; i < 20; i += 3) mix((uint64_t)v[i]);
    mix((uint64_t)drain(opaque_int(round * 3 - 9), 1 + round % 4));
    struct node nodes[6];
    for (int i = 0; i < 6; ++i) {
      nodes[i].next = i < round % 6 ? &nodes[i + 1] : NULL;
      nodes[i].weight = (i + round) % 4;
      nodes[i].payload = nodes[i].weight & 1 ? &v[i] : NULL;
    }
    mix((uint64_t)chase(round % 7 ? nodes : NULL, opaque_int(-1 - round % 2 * 2)));
    unsigned offset = (unsigned)opaque(round % 4 ? (unsigned)round % 16 : 1u << 30);
    if (offset > 15) memset(flags, 0, sizeof flags);
    mix(pick(flags, table, offset, (unsigned)count));
  }
  return report();
}
