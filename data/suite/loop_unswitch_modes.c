// Conditions inside loops that do not change there, or change once: what unswitching and guard
// widening clone. Some of them guard a division or a load that may only run in their branch.
#include "checksum.h"

struct options {
  int clamp, invert, scale_by, every;
  const int *table;
};

// Four invariant conditions; the loads of the options may be hoisted, the division may not.
static __attribute__((noinline)) int64_t apply(const struct options *o, int *v, int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) {
    int x = v[i];
    if (o->table)
      x += o->table[x & 7];
    else if (o->every && i % o->every == 0)
      continue;
    if (o->scale_by) x = x * 16 / o->scale_by;
    if (o->clamp > 0) x = x > o->clamp ? o->clamp : x;
    v[i] = o->invert ? -x : x;
    sum += x;
  }
  return sum;
}

// The condition is invariant only until it fires: after that the loop is another one.
static int latch(const int *v, int count, int trigger) {
  int armed = 0, sum = 0;
  for (int i = 0; i < count; ++i) {
    if (!armed && v[i] == trigger) armed = 1;
    if (armed)
      sum = sum * 3 % 100003 + v[i];
    else
      sum -= v[i];
  }
  return sum * 2 + armed;
}

// An invariant exit: with `once` the outer loop ends after one row.
unsigned rows(const uint8_t *cells, unsigned width, unsigned height, int once, int mode) {
  unsigned hash = 1;
  for (unsigned r = 0; r < height; ++r) {
    for (unsigned c = 0; c < width; ++c) {
      switch (mode) {
        case 0: hash = hash * 33 + cells[r * width + c]; break;
        case 1: hash ^= (unsigned)cells[r * width + c] << (c % 24); break;
        case 2: if (cells[r * width + c] > 100) return hash; break;
        default: hash += c;
      }
    }
    if (once) break;
    hash = ~hash;
  }
  return hash;
}

// Two invariants joined: only the first decides whether the second may be looked at.
static int joined(const int *first, const int *second, int count, int add) {
  int n = 0;
  for (int i = 0; i < count; ++i) {
    if (first && *first > 0 && second[*first % 14] > i) n += add;
    if ((!second || !first) && i & 1) --n;
  }
  return n;
}

// Selects by invariant conditions, also a partly invariant one.
static uint32_t mixed(uint32_t seed, int count, int wide, int fold) {
  for (int i = 0; i < count; ++i) {
    seed = wide ? seed * 0x2c1b3c6du : seed * 13 + 5;
    seed ^= fold || (seed & 0x100) ? seed >> 15 : seed >> 7;
    if (wide && fold && i == count - 2) return seed + 1;
  }
  return seed;
}

int main(void) {
  int table[8], v[23];
  uint8_t cells[60];
  for (int i = 0; i < 8; ++i) table[i] = opaque_int(i * i - 9);
  for (unsigned set = 0; set < 48; ++set) {
    struct options o = {(set & 1) * opaque_int(30), set & 2, (set & 4) ? opaque_int(-3) : 0, (int)set / 16, (set & 8) ? table : NULL};
    int count = (int)set % 7 * 3 + (int)set / 8 - 1;
    for (int i = 0; i < 23; ++i) v[i] = (i * 29 + (int)set) % 61 - 20;
    mix((uint64_t)apply(&o, v, count));
    for (int i = 0; i < 23; i += 2) mix((uint64_t)v[i]);
    mix((uint64_t)latch(v, count, v[set % 23]));
    mix((uint64_t)latch(v, 23, 1 << 20));
    mix((uint64_t)joined(set & 1 ? &table[set % 8] : NULL, set & 2 || set & 1 ? v + 9 : NULL, count, opaque_int(3)));
    for (unsigned i = 0; i < 60; ++i) cells[i] = (uint8_t)opaque(i * set % 104);
    for (int mode = 0; mode < 4; ++mode) mix(rows(cells, 1 + set % 10, 6 - set % 7 % 6, (int)opaque(set / 4 % 2), opaque_int(mode)));
    mix(mixed((uint32_t)opaque(set), count, (int)opaque(set & 1), (int)opaque(set & 2)));
  }
  return report();
}
