// Hash tables in arrays: linear probing with removal that moves entries back, robin-hood distances, two tables
// with cuckoo-like moves, and a bit filter; keys of 32 bits, integer hashes, powers of two and primes as sizes.
#include "checksum.h"

static uint32_t scramble(uint32_t k) {
  k = (k ^ k >> 15) * 0x2c1b3c6du;
  k = (k ^ k >> 12) * 0x297a2d39u;
  return k ^ k >> 15;
}
static uint32_t by_product(uint32_t k, unsigned bits) { return k * 2654435769u >> (32 - bits); }

enum { slots = 64 };

struct linear {
  uint32_t keys[slots];  // 0 is free
  int32_t values[slots];
  int used;
};

static int linear_find(const struct linear *t, uint32_t key, int *at) {
  for (int i = (int)(scramble(key) % slots), left = slots; left > 0; --left, i = (i + 1) & (slots - 1)) {
    *at = i;
    if (t->keys[i] == key) return 1;
    if (t->keys[i] == 0) return 0;
  }
  *at = -1;
  return 0;
}
static int linear_put(struct linear *t, uint32_t key, int32_t value) {
  int at, found = linear_find(t, key, &at);
  if (at < 0) return -1;
  if (!found) t->keys[at] = key, ++t->used;
  int32_t old = found ? t->values[at] : 0;
  t->values[at] = value;
  return (int)old;
}
static __attribute__((noinline)) int linear_remove(struct linear *t, uint32_t key) {
  int hole, moves = 0;
  if (!linear_find(t, key, &hole)) return -1;
  for (int i = (hole + 1) & (slots - 1); t->keys[i] && i != hole; i = (i + 1) & (slots - 1)) {
    int home = (int)(scramble(t->keys[i]) % slots);
    if (((i - home) & (slots - 1)) < ((i - hole) & (slots - 1))) continue;  // its home lies behind the hole
    t->keys[hole] = t->keys[i], t->values[hole] = t->values[i];
    hole = i, ++moves;
  }
  t->keys[hole] = 0, --t->used;
  return moves;
}

enum { primes = 61 };
struct entry {
  uint32_t key;
  uint16_t count;
  uint8_t distance;  // one more than the way from home; 0 is free
};

static int robin_add(struct entry *t, uint32_t key) {
  struct entry e = {key, 1, 1};
  uint32_t i = key % primes;
  int swaps = 0;
  for (;; i = i + 1 == primes ? 0 : i + 1, ++e.distance) {
    if (t[i].distance == 0) return t[i] = e, swaps;
    if (swaps == 0 && t[i].key == key) return ++t[i].count, -1;
    if (t[i].distance < e.distance) {
      struct entry other = t[i];
      t[i] = e, e = other, ++swaps;
    }
    if (e.distance == 40) return -2;  // what is in the hand is lost
  }
}
unsigned robin_count(const struct entry *t, uint32_t key) {
  uint32_t i = key % primes;
  for (uint8_t d = 1; t[i].distance >= d; ++d, i = (i + 1) % primes)
    if (t[i].key == key) return t[i].count;
  return 0;
}

static int nest_add(uint32_t nests[2][32], uint32_t key) {
  int side = 0;
  for (int tries = 0; tries < 20; ++tries, side ^= 1) {
    uint32_t *nest = &nests[side][side ? by_product(key, 5) : scramble(key) >> 27];
    if (*nest == key) return -1;
    uint32_t pushed_out = *nest;
    *nest = key;
    if (pushed_out == 0) return tries;
    key = pushed_out;
  }
  return -2;
}
static int nest_has(uint32_t nests[2][32], uint32_t key) {
  return nests[0][scramble(key) >> 27] == key || nests[1][by_product(key, 5)] == key;
}

static void filter_set(uint64_t filter[8], uint32_t key) {
  uint32_t a = scramble(key), b = scramble(~key) | 1;
  for (int i = 0; i < 4; ++i, a += b) filter[a >> 6 & 7] |= (uint64_t)1 << (a & 63);
}
static __attribute__((noinline)) int filter_test(const uint64_t filter[8], uint32_t key) {
  uint32_t a = scramble(key), b = scramble(~key) | 1;
  int all = 1;
  for (int i = 0; i < 4 && all; ++i, a += b) all &= filter[a >> 6 & 7] >> (a & 63) & 1;
  return all;
}
int main(void) {
  static struct linear table;
  static struct entry entries[primes];
  static uint32_t nests[2][32];
  static uint64_t filter[8];
  uint32_t state = (uint32_t)opaque(17);
  for (int i = 0; i < 900; ++i) {
    state = state * 1103515245u + 12345u;
    uint32_t key = (state >> 16) % 90 + 1, other = (state >> 20) * 7 + 1;
    if (i % 5 < (i < 500 ? 4 : 2)) mix(linear_put(&table, key, (int32_t)state));
    else mix(linear_remove(&table, key));
    mix(table.used);
    if (i < 250) mix(robin_add(entries, scramble(key) % 180)), mix(nest_add(nests, other % 400 + 1));
    mix(robin_count(entries, (uint32_t)i % 180)), mix(nest_has(nests, (uint32_t)i % 400 + 1));
    if (i % 20 == 0) filter_set(filter, other);
    mix(filter_test(filter, other % 3000));
  }
  for (int i = 0; i < slots; ++i) mix(table.keys[i]), mix(table.values[i]);
  return report();
}
