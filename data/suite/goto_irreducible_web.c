// Webs of blocks in which everything jumps everywhere: three and four blocks that are all entries of
// one cycle, with values that rotate between them, and a cycle around a cycle with shared exits.
#include "checksum.h"

struct walker { uint32_t a, b, c; int fuel; uint64_t trace; };

// Three blocks, all of them entries; each moves the values on and chooses by other bits.
static __attribute__((noinline)) int three(struct walker *w, unsigned entry) {
  uint32_t a = w->a, b = w->b, c = w->c, t;
  uint64_t trace = 0;
  int fuel = w->fuel, end;
  switch (entry % 3) {
    case 0: goto one;
    case 1: goto two;
    default: goto tri;
  }
one:
  trace = trace << 2 | 1;
  if (fuel-- <= 0) { end = 1; goto out; }
  t = a, a = b, b = c, c = t + 1;
  if (a & 4) goto tri;
two:
  trace = trace << 2 | 2;
  if (fuel-- <= 0) { end = 2; goto out; }
  b ^= a >> 3;
  if (b % 3 == 0) goto one;
  if (b % 3 == 1) goto tri;
  c += 7;
  if (c > 0xf0000000u) { end = (int)(c >> 28); goto out; }
  goto two;
tri:
  trace = trace << 2 | 3;
  if (fuel-- <= 0) { end = 3; goto out; }
  t = b, b = a * 5, a = t ^ c;
  if ((a ^ b) & 1) goto two;
  c -= b >> 9;
  goto one;
out:
  w->a = a, w->b = b, w->c = c;
  w->trace = trace;
  return end * 100 - fuel;
}

// Constants flow around: x is 2 or 3 in each block, and only seems to be unknown.
static int constants(unsigned bits) {
  int x = 2, y = 3, n = 0;
  if (bits & 1) goto right;
left:
  bits >>= 1;
  n += x;
  if (!bits) return n * 10 + x;
  if (bits & 2) x = 5 - y, y = 5 - x;
right:
  bits >>= 1;
  n += y << 1;
  if (!bits) return n * 10 + y;
  if (bits & 1) goto left;
  n -= x == 2;
  goto right;
}

// Four blocks around a memory cell: what a block loads was stored by any of the others.
uint32_t cell_web(volatile uint32_t *seen, uint32_t *cell, uint32_t key) {
  uint32_t n = 0;
  if (key & 1) goto b;
  if (key & 2) goto c;
a:
  *cell += key;
  if (++n > 12) return *cell;
  if (*cell % 4 == 1) goto d;
b:
  key = key * 3 + *cell;
  if (key % 5 == 0) goto d;
  *cell ^= n;
c:
  if (*cell & 8) { *cell -= 3; goto a; }
  ++*seen;
  if (++n > 12) return key;
  if (key & 16) goto b;
d:
  *cell = *cell >> 1 | key << 31;
  if (n++ > 12) return n;
  if (*cell & 1) goto c;
  if (key % 7 > 3) goto a;
  key >>= 1;
  goto b;
}

// The inner cycle has two entries, the outer one comes back to either by its own counter.
static unsigned cycle_in_cycle(const uint8_t *v, unsigned n) {
  unsigned outer = 0, i = 0, hash = 3;
top:
  if (outer == n) return hash;
  i = outer % 5;
  if (v[outer] & 1) goto lower;
upper:
  hash = hash * 7 + i;
  if (i >= 6) goto bottom;
lower:
  hash ^= v[(outer + i) % n];
  i += 2;
  if (hash & 4) goto upper;
  if (i < 6 && hash & 9) goto lower;
bottom:
  ++outer;
  if (hash % 6 == 5 && outer < n) { i = 4; goto upper; }
  goto top;
}

int main(void) {
  uint8_t bytes[23];
  volatile uint32_t seen = 0;
  for (unsigned round = 0; round < 60; ++round) {
    for (unsigned entry = 0; entry < 3; ++entry) {
      struct walker w = {(uint32_t)opaque(round), round * 77, round % 13 ? 9 : 0xefffffe0u, (int)round, 0};
      mix((uint64_t)three(&w, (unsigned)opaque(entry)));
      mix(w.a + w.b * 3 + w.c * 5);
      mix(w.trace);
    }
    mix((uint64_t)constants((unsigned)opaque(round * round * 37)));
    uint32_t cell = (uint32_t)opaque(round % 7);
    mix(cell_web(&seen, &cell, round));
    mix(cell);
    mix(seen);
    for (unsigned i = 0; i < 23; ++i) bytes[i] = (uint8_t)opaque(i * round + (i ^ round));
    mix(cycle_in_cycle(bytes, 1 + round % 23));
  }
  return report();
}
