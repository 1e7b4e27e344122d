// An open-addressing hash table with removal by shifting back, growth with rehashing, keys of variable length, counting of
// words, and a second table with chains in parallel arrays that must agree.
#include <stdlib.h>

#include "checksum.h"

struct slot { unsigned hash; unsigned char length; char key[11]; int value; };
struct table { struct slot *slots; unsigned mask, used, moved; };

static unsigned hash_of(const char *key, unsigned n) {
  unsigned h = 0x811c9dc5u ^ n;
  while (n--) h = (h << 5 | h >> 27) + (unsigned char)*key++ * 0x9e3779b1u;
  return h ? h : 1;  // 0 marks an empty slot
}

static __attribute__((noinline)) struct slot *locate(const struct table *t, const char *key, unsigned n, unsigned hash) {
  unsigned at = hash & t->mask;
  for (;; at = (at + 1) & t->mask) {
    struct slot *s = &t->slots[at];
    if (s->hash == 0) return s;
    if (s->hash == hash && s->length == n && memcmp(s->key, key, n) == 0) return s;
  }
}

static void grow(struct table *t) {
  struct table bigger = {calloc((t->mask + 1) * 2, sizeof *t->slots), t->mask * 2 + 1, t->used, t->moved};
  if (!bigger.slots) exit(4);
  for (unsigned i = 0; i <= t->mask; ++i) {
    const struct slot *s = &t->slots[i];
    if (s->hash) *locate(&bigger, s->key, s->length, s->hash) = *s, ++bigger.moved;
  }
  free(t->slots);
  *t = bigger;
}

static __attribute__((noinline)) int *value_of(struct table *t, const char *key, unsigned n, int create) {
  if (n > sizeof t->slots->key) n = sizeof t->slots->key;
  unsigned hash = hash_of(key, n);
  struct slot *s = locate(t, key, n, hash);
  if (s->hash) return &s->value;
  if (!create) return 0;
  if (t->used * 4 >= (t->mask + 1) * 3) {
    grow(t);
    s = locate(t, key, n, hash);
  }
  s->hash = hash;
  s->length = (unsigned char)n;
  memcpy(s->key, key, n);
  ++t->used;
  return &s->value;
}

// Closes the gap: later entries of the same run move back if their home allows it.
static __attribute__((noinline)) int erase(struct table *t, const char *key, unsigned n) {
  struct slot *s = locate(t, key, n, hash_of(key, n));
  if (!s->hash) return 0;
  unsigned gap = (unsigned)(s - t->slots), at = gap;
  for (;;) {
    at = (at + 1) & t->mask;
    const struct slot *next = &t->slots[at];
    if (!next->hash) break;
    unsigned home = next->hash & t->mask;
    if (((at - home) & t->mask) >= ((at - gap) & t->mask)) {
      t->slots[gap] = *next;
      gap = at;
      ++t->moved;
    }
  }
  memset(&t->slots[gap], 0, sizeof *s);
  --t->used;
  return 1;
}

static uint64_t table_sum(const struct table *t) {  // does not depend on the order of the slots
  uint64_t sum = t->used;
  for (unsigned i = 0; i <= t->mask; ++i)
    if (t->slots[i].hash) sum += (uint64_t)t->slots[i].hash * (unsigned)(t->slots[i].value + 3) ^ t->slots[i].length;
  return sum;
}

// The other table: small keys, chained by indices.
static short heads[16], nexts[64];
static int keys[64], counts[64], chained;
static __attribute__((noinline)) int count_key(int key) {
  for (short i = heads[key & 15]; i; i = nexts[i])
    if (keys[i] == key) return ++counts[i];
  if (chained >= 63) return -1;
  ++chained;
  keys[chained] = key, nexts[chained] = heads[key & 15], heads[key & 15] = (short)chained;
  return counts[chained] = 1;
}

int main(void) {
  struct table t = {calloc(4, sizeof *t.slots), 3, 0, 0};
  if (!t.slots) return 4;
  char key[24];
  for (int i = 0; i < 260; ++i) {
    int number = opaque_int(i) * i % 97, n = snprintf(key, sizeof key, number % 3 ? "k%d" : "%d-longer-key", number);
    int *value = value_of(&t, key, (unsigned)n, i % 5 != 4);
    if (value) *value += i;
    mix((uint64_t)(value ? *value : -1));
    if (i % 7 == 3) mix((uint64_t)erase(&t, key, (unsigned)(n > 11 ? 11 : n)));
    if (i % 16 == 0) mix(table_sum(&t));
    mix((uint64_t)count_key(number * 5 - 7 * (i % 2)));
  }
  mix(table_sum(&t));
  mix(t.mask * 100000 + t.moved);
  while (t.used)  // removes in the order of the slots, which changes meanwhile
    for (unsigned i = 0; i <= t.mask; ++i)
      if (t.slots[i].hash) mix((uint64_t)erase(&t, t.slots[i].key, t.slots[i].length)), mix(table_sum(&t) & 0xff);
  for (int i = 1; i <= chained; ++i) mix((uint64_t)(keys[i] * 100 + counts[i]));
  free(t.slots);
  return report();
}
