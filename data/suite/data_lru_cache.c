// Caches before a slow store: least recently used with an index-linked list, clock with reference bits, and set-associative with ages
// in packed words; all must return the store's values, and their hit counts are part of the result.
#include "checksum.h"

static unsigned store_reads, store_writes;
static unsigned store[256];

static __attribute__((noinline)) unsigned slow_read(unsigned key) {
  ++store_reads;
  return store[key] * 3 + 1;
}
static __attribute__((noinline)) void slow_write(unsigned key, unsigned value) {
  ++store_writes;
  store[key] = value;
}

// Entry 0 is the head of the list; `where` gives the entry of a key.
enum { entries = 9 };
static struct entry { unsigned key, value; unsigned char newer, older, dirty, used; } lru[entries];
static unsigned char where[256];
static unsigned hits, evictions;

static void unlink_entry(unsigned e) {
  lru[lru[e].newer].older = lru[e].older;
  lru[lru[e].older].newer = lru[e].newer;
}
static void link_newest(unsigned e) {
  lru[e].newer = 0;
  lru[e].older = lru[0].older;
  lru[lru[0].older].newer = (unsigned char)e;
  lru[0].older = (unsigned char)e;
}

static __attribute__((noinline)) struct entry *find(unsigned key) {
  unsigned e = where[key];
  if (e) {
    ++hits;
  } else {
    e = lru[0].newer;  // the oldest
    if (lru[e].used) {
      ++evictions;
      where[lru[e].key] = 0;
      if (lru[e].dirty) slow_write(lru[e].key, lru[e].value);
    }
    lru[e].key = key;
    lru[e].value = slow_read(key);
    lru[e].dirty = 0;
    lru[e].used = 1;
    where[key] = (unsigned char)e;
  }
  unlink_entry(e);
  link_newest(e);
  return &lru[e];
}

static unsigned lru_access(unsigned key, int write, unsigned value) {
  struct entry *e = find(key);
  if (write) {
    e->value = value;
    e->dirty = 1;
  }
  return e->value;
}

static __attribute__((noinline)) void flush(void) {
  for (unsigned e = lru[0].older; e; e = lru[e].older)
    if (lru[e].used && lru[e].dirty) slow_write(lru[e].key, lru[e].value), lru[e].dirty = 0;
}

// A clock: the hand passes over entries that were referenced since.
static struct { int key; unsigned value; _Bool referenced; } frames[6];
static unsigned hand, clock_hits;
static __attribute__((noinline)) unsigned clock_access(int key) {
  for (int f = 0; f < 6; ++f)
    if (frames[f].key == key) {
      frames[f].referenced = 1;
      ++clock_hits;
      return frames[f].value;
    }
  while (frames[hand].referenced) {
    frames[hand].referenced = 0;
    hand = (hand + 1) % 6;
  }
  frames[hand].key = key;
  frames[hand].value = slow_read((unsigned)key);
  frames[hand].referenced = key % 4 == 0;
  unsigned value = frames[hand].value;
  hand = (hand + 1) % 6;
  return value;
}

// Four ways; the order of their use is in one byte, two bits for each way, newest lowest.
static struct { unsigned tag[4], value[4]; unsigned char order; } sets[8];
static unsigned way_hits;
static __attribute__((noinline)) unsigned way_access(unsigned key) {
  unsigned set = key % 8, place = 3, order = sets[set].order, way;
  for (unsigned p = 0; p < 4; ++p)
    if (sets[set].tag[order >> 2 * p & 3] == key + 1) {
      place = p;
      ++way_hits;
      goto found;
    }
  way = order >> 6;
  sets[set].tag[way] = key + 1;
  sets[set].value[way] = slow_read(key);
found:
  way = order >> 2 * place & 3;
  unsigned low = order & ((1u << 2 * place) - 1), high = order & ~((4u << 2 * place) - 1);
  sets[set].order = (unsigned char)(high | low << 2 | way);
  return sets[set].value[way];
}

int main(void) {
  for (unsigned i = 0; i < 256; ++i) store[i] = (unsigned)opaque(i * 0x01000193u);
  for (unsigned e = 0; e < entries; ++e) lru[e].newer = (unsigned char)((e + entries - 1) % entries), lru[e].older = (unsigned char)((e + 1) % entries);
  for (int f = 0; f < 6; ++f) frames[f].key = -1;
  for (int s = 0; s < 8; ++s) sets[s].order = 0xe4;
  for (unsigned i = 0; i < 500; ++i) {
    unsigned key = (unsigned)opaque(i % 3 ? i * i % 23 : i * 7) & 255;
    mix(lru_access(key, i % 5 == 2, i));
    mix(clock_access((int)(key % 11)));
    mix(way_access(key % 90 / 2));
    if (i % 100 == 60) flush();
  }
  flush();
  for (unsigned i = 0; i < 256; ++i) mix(store[i]);
  mix(hits), mix(evictions), mix(clock_hits), mix(way_hits), mix(store_reads), mix(store_writes);
  return report();
}
