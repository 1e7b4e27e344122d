// Neighbouring loops that may or may not be fused, and loops of several statements that may or may
// not be taken apart, with dependences forwards and backwards across them.
#include "checksum.h"

enum { most = 40 };
static int x[most + 4], y[most + 4], z[most + 4];

static void reset(int seed) {
  for (int i = 0; i < most + 4; ++i) {
    x[i] = (i * seed + 3) % 97;
    y[i] = (i * i + seed) % 89;
    z[i] = seed - i;
  }
}

static void digest(void) {
  uint64_t sum = 0;
  for (int i = 0; i < most + 4; ++i) sum = (sum ^ (uint32_t)x[i]) * 0x9e3779b97f4a7c15u + (uint32_t)(y[i] * 3 + z[i]);
  mix(sum);
}

// The second loop reads what the first writes, ahead, behind or at the same place.
static __attribute__((noinline)) void pair(int *restrict to, int count, int ahead) {
  for (int i = 0; i < count; ++i) x[i] = y[i] * 2 + i;
  for (int i = 0; i < count; ++i) to[i] = x[i + ahead] - i;
}

static void pair_fixed_ahead(int count) {
  for (int i = 1; i < count; ++i) x[i] = y[i] ^ i;
  for (int i = 1; i < count; ++i) z[i] = x[i + 1] + x[i];
}

static void pair_fixed_behind(int count) {
  for (int i = 1; i < count; ++i) x[i] = z[i] & 63;
  for (int i = 1; i < count; ++i) y[i] = x[i - 1] - y[i];
}

// The same bounds written differently, a store in between, other trip counts behind it.
void chain(int count) {
  int i = 0;
  do x[i] += i;
  while (++i < count);
  y[0] = x[count / 2];
  for (int k = count - 1; k >= 0; --k) y[k + 1] = x[k] - y[k];
  if (count > 5)
    for (int k = 0; k < count; ++k) z[k] += y[count - k];
  for (int k = 0; k < count; ++k) z[k] ^= y[k];
}

// Three statements in a loop: the first carries a recurrence, the others read its results a step late.
static void take_apart(int count) {
  for (int i = 1; i < count; ++i) {
    x[i] = (x[i - 1] * 3 + y[i]) % 1009;
    z[i] = x[i - 1] + y[i + 1];
    y[i] = z[i] / 3;
  }
}

// A cycle through two arrays: nothing may be taken apart.
static void cycle(int count) {
  for (int i = 1; i < count; ++i) {
    x[i] = y[i - 1] % 500 + 1;
    y[i] = x[i] + z[i + 2];
    z[i + 3] = x[i - 1] ^ y[i];
  }
}

// A reduction and stores under a condition that the stores themselves change.
static int guarded(int count, const int *limit) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    if (x[i] > *limit) {
      z[i] = x[i] - *limit;
      sum += z[i];
    }
    y[i] = sum % 71 - z[i + 1];
  }
  return sum;
}

// Two loops over one list of indices: the gather must see all of the scatter.
static void scatter_gather(const uint8_t *order, int count) {
  for (int i = 0; i < count; ++i) x[order[i]] = i * 5 + y[i];
  for (int i = 0; i < count; ++i) z[i] = x[order[count - 1 - i]];
}

int main(void) {
  static const uint8_t counts[] = {1, 2, 3, 4, 5, 8, 9, 16, 17, 31, 33, 40};
  for (unsigned c = 0; c < sizeof counts; ++c)
    for (int seed = 5; seed < 60; seed += 18) {
      int count = opaque_int(counts[c]);
      uint8_t order[most];
      for (int i = 0; i < count; ++i) order[i] = (uint8_t)(i * seed % count);
      reset(opaque_int(seed));
      for (int ahead = 0; ahead < 4; ++ahead) pair(ahead % 2 ? z : z + 2, count, ahead);
      digest();
      pair_fixed_ahead(count);
      pair_fixed_behind(count);
      digest();
      chain(count);
      digest();
      take_apart(count);
      digest();
      cycle(count);
      digest();
      mix((uint64_t)guarded(count, &z[count / 2]));
      mix((uint64_t)guarded(count, &seed));
      scatter_gather(order, count);
      digest();
    }
  return report();
}
