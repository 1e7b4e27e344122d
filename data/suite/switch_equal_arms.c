// Switches with arms that are equal, equal but for a constant or an order, or unreachable: what
// simplification merges, and what it must keep apart.
#include "checksum.h"

static int account[4];
static uint32_t journal;

static __attribute__((noinline)) void post(int which, int amount) {
  account[which & 3] += amount;
  journal = journal * 33 + (uint32_t)(which * 1000 + amount);
}

// The same calls in another order, and with exchanged arguments.
static __attribute__((noinline)) void book(int kind, int amount) {
  switch (kind) {
    case 0: post(0, amount); post(1, -amount); break;
    case 1: post(1, -amount); post(0, amount); break;
    case 2: post(0, amount); post(1, -amount); break;
    case 3: post(1, amount); post(0, -amount); break;
    case 4: post(0, amount); post(1, -amount); post(0, 0); break;
    default: post(2, amount);
  }
}

// Arms with a common tail: the last two stores are the same in all but one.
static void tails(unsigned key, uint16_t *cells) {
  switch (key % 6) {
    case 0: cells[0] += 3; cells[1] ^= cells[0]; cells[2] = 9; break;
    case 1: cells[0] -= 3; cells[1] ^= cells[0]; cells[2] = 9; break;
    case 2: cells[3] *= 5; cells[1] ^= cells[0]; cells[2] = 9; break;
    case 3: cells[1] ^= cells[0]; cells[0] += 3; cells[2] = 9; break;
    case 4: cells[0] += 3; cells[1] ^= cells[3]; cells[2] = 8; break;
    case 5: cells[2] = 9; cells[1] ^= cells[2]; break;
  }
}

// Signed against unsigned, shift against division: nearly the same text, not the same result.
static int nearly(int key, int x) {
  switch (key) {
    case 0: return x / 4;
    case 1: return x >> 2;
    case 2: return (int)((unsigned)x >> 2);
    case 3: return (int)((unsigned)x / 4u);
    case 4: return (x + 3) >> 2;
    case 5: return x % 4;
    case 6: return x & 3;
  }
  return x < 0 ? -(-(x + 1) / 4) : x / 4;
}

// All values that may come are named; the rest is promised away.
static unsigned promised(unsigned x) {
  switch (x & 3) {
    case 0: return x >> 1;
    case 1: return x * 5;
    case 2: return x ^ 0x55;
    case 3: return x - 1;
    default: __builtin_unreachable();
  }
}

int promised_arm(int kind, int x) {
  switch (kind) {
    case 1: return x + 1;
    case 2: return x * 2;
    case 3: __builtin_unreachable();
    case 4: return x - 4;
    case 7: return x / 3;
    default: return kind;
  }
}

// Two arms only, three by a default; only one arm does anything; an empty switch that is not empty.
static int few(int x, int *touched) {
  switch (x) {
    case 41: *touched += 1;
  }
  switch (x & 1) {
    case 0: ++*touched; break;
    default: *touched += 100;
  }
  switch (++*touched) {
    default:;
  }
  switch (x % 3) {
    case 1: case 2: break;
    default: return -*touched;
  }
  return *touched;
}

// Arms that return the same phi by different ways, one through a loop.
static uint64_t product(int n, uint64_t x) {
  uint64_t y = x;
  switch (n) {
    case 3: y *= x;
    case 2: y *= x;
    case 1: return y;
    case 0: return 1;
    case 4: y *= x; return y * y;
    default:
      for (y = 1; n > 0; n /= 2, x *= x)
        if (n & 1) y *= x;
      return y;
  }
}

int main(void) {
  uint16_t cells[4] = {1, 2, 3, 4};
  for (int i = 0; i < 90; ++i) {
    int touched = i;
    book(opaque_int(i % 7), i * 3 - 50);
    tails((unsigned)opaque((unsigned)(i * i + i / 7)), cells);
    for (int k = 0; k < 4; ++k) mix(cells[k] * 65536u + (unsigned)account[k]);
    for (int key = 0; key < 8; ++key) mix((uint64_t)nearly(opaque_int(key), i * 7 - 300));
    mix(promised((unsigned)opaque((unsigned)i)));
    mix((uint64_t)promised_arm(opaque_int(i % 9 == 3 ? 9 : i % 9), i));
    mix((uint64_t)few(opaque_int(i), &touched));
    mix(product(opaque_int(i % 19 - 1), opaque((unsigned)i)));
  }
  mix(journal);
  return report();
}
