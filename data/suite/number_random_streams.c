// Pseudo-random generators of several kinds side by side, with jumps ahead that must agree with single steps,
// numbers in a range without bias (by rejection), shuffles and hashes of short keys.
#include "checksum.h"

struct lcg {
  uint64_t state, increment;
};
static const uint64_t multiplier = 2862933555777941757u;

static uint32_t lcg_next(struct lcg *g) {
  uint64_t old = g->state;
  g->state = old * multiplier + g->increment;
  uint32_t folded = (uint32_t)((old >> 19 ^ old) >> 26), turn = (uint32_t)(old >> 59);
  return folded >> turn | folded << (-turn & 31);
}
/// As many steps as `count` says, by squaring the step.
static __attribute__((noinline)) void lcg_jump(struct lcg *g, uint64_t count) {
  uint64_t factor = multiplier, addend = g->increment, all_factor = 1, all_addend = 0;
  for (; count; count >>= 1) {
    if (count & 1) all_factor *= factor, all_addend = all_addend * factor + addend;
    addend *= factor + 1;
    factor *= factor;
  }
  g->state = all_factor * g->state + all_addend;
}

struct shifter {
  uint64_t a, b;
};
static uint64_t shifter_next(struct shifter *g) {
  uint64_t x = g->a, y = g->b, result = x + y;
  g->a = y;
  x ^= x << 25;
  g->b = x ^ y ^ x >> 19 ^ y >> 28;
  return result;
}

struct lagged {
  uint32_t table[17];
  int at, borrow;
};
static uint32_t lagged_next(struct lagged *g) {  // subtract with borrow
  int other = g->at + 12 >= 17 ? g->at + 12 - 17 : g->at + 12;
  int64_t difference = (int64_t)g->table[other] - g->table[g->at] - g->borrow;
  g->borrow = difference < 0;
  g->table[g->at] = (uint32_t)difference;
  uint32_t result = g->table[g->at];
  g->at = (g->at + 1) % 17;
  return result;
}
uint32_t multiply_with_carry(uint64_t *state) {
  *state = (*state & 0xffffffff) * 4294957665u + (*state >> 32);
  return (uint32_t)*state ^ (uint32_t)(*state >> 32);
}
static int schrage(int32_t *state) {  // a product modulo 2^31 - 1 without overflow
  int32_t high = *state / 127773, low = *state % 127773;
  *state = 16807 * low - 2836 * high;
  if (*state <= 0) *state += INT32_MAX;
  return *state;
}

static __attribute__((noinline)) uint32_t below(struct lcg *g, uint32_t limit, unsigned *refused) {
  uint32_t threshold = -limit % limit;
  for (;;) {
    uint64_t product = (uint64_t)lcg_next(g) * limit;
    if ((uint32_t)product >= threshold) return (uint32_t)(product >> 32);
    ++*refused;
  }
}
static int between(struct lcg *g, int low, int high) {
  unsigned refused = 0;
  return (int)((uint32_t)low + below(g, (uint32_t)high - (uint32_t)low + 1, &refused));
}
static double unit(struct shifter *g) { return (double)(shifter_next(g) >> 11) * 0x1p-53; }

static void shuffle(uint8_t *v, int n, struct lcg *g) {
  unsigned refused = 0;
  for (int i = n - 1; i > 0; --i) {
    uint32_t j = below(g, (uint32_t)i + 1, &refused);
    uint8_t t = v[i];
    v[i] = v[j], v[j] = t;
  }
}
static uint64_t hash(const char *key, uint64_t seed) {
  uint64_t h = seed ^ 0x9ae16a3b2f90404fu, length = strlen(key), chunk;
  for (uint64_t left = length; left >= 8; left -= 8, key += 8) {
    memcpy(&chunk, key, 8);
    h = (h ^ chunk) * 0xc949c7defebe6487u;
    h ^= h >> 47;
  }
  chunk = length << 56;
  for (unsigned i = 0; i < length % 8; ++i) chunk |= (uint64_t)(unsigned char)key[i] << 8 * i;
  h = (h + chunk) * 0xff51afd7ed558ccdu;
  return h ^ h >> 29 ^ h << 17;
}

int main(void) {
  struct lcg g = {opaque(42), 0x14057b7ef767814f};
  for (uint64_t steps = 0; steps < 300; steps = steps * 2 + 1) {
    struct lcg stepped = g, jumped = g;
    for (uint64_t i = 0; i < steps; ++i) lcg_next(&stepped);
    lcg_jump(&jumped, steps), mix(stepped.state - jumped.state), mix(lcg_next(&jumped));
    lcg_jump(&g, steps << 40), lcg_jump(&jumped, -steps), mix(jumped.state);
  }
  struct shifter shifter = {opaque(1), 2};
  struct lagged lagged = {{0}, 0, 0};
  uint64_t carry = opaque(0x123456789);
  int32_t small = opaque_int(1);
  for (int i = 0; i < 17; ++i) lagged.table[i] = (uint32_t)schrage(&small) * 2u;
  for (int i = 0; i < 700; ++i) {
    mix(shifter_next(&shifter)), mix(lagged_next(&lagged)), mix(multiply_with_carry(&carry)), mix(schrage(&small));
    if (i % 7 == 0)
      mix_double(unit(&shifter)), mix(between(&g, -i, i * i)), mix(between(&g, INT32_MIN, INT32_MAX - 1 - i));
  }
  unsigned refused = 0;
  for (uint64_t limit = 2; limit < 4000000000u; limit = limit / 2 * 3 + 1) mix(below(&g, (uint32_t)limit, &refused));
  for (int i = 0; i < 40; ++i) mix(below(&g, 0x80000001, &refused));
  mix(refused);
  uint8_t cards[52];
  for (int i = 0; i < 52; ++i) cards[i] = (uint8_t)i;
  for (int n = 0; n <= 52; n += 4) {
    shuffle(cards, n, &g);
    for (int i = 0; i < 52; i += 3) mix(cards[i]);
  }
  static const char text[] = "the quick hash of a rather short key";
  for (unsigned i = 0; i < sizeof text; ++i) mix(hash(text + i, opaque(i)));
  return report();
}
