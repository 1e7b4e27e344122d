// Work on several lanes under masks: hand-written predication, branches that if-conversion turns into
// it, per-lane loops that end at different times, and stores of active lanes only.
#include "checksum.h"

enum { lanes = 4 };
typedef int32_t vector __attribute__((vector_size(lanes * 4)));
typedef uint32_t unsigned_vector __attribute__((vector_size(lanes * 4)));

static vector blend(vector mask, vector yes, vector no) { return (yes & mask) | (no & ~mask); }

// Steps of the 3n + 1 problem for all lanes at once; each stops by itself.
static __attribute__((noinline)) vector collatz(vector x, int most) {
  vector steps = {0}, alive = (x != 1);
  for (int i = 0; i < most; ++i) {
    int any = 0;
    for (int k = 0; k < lanes; ++k) any |= alive[k];
    if (!any) break;
    vector odd = (x & 1) != 0;
    x = blend(alive, blend(odd, x * 3 + 1, x >> 1), x);
    steps -= alive;
    alive &= (x != 1) & (x < 1000000);
  }
  return steps;
}

static int collatz_one(int x, int most) {
  int n = 0;
  for (; n < most && x != 1 && x < 1000000; ++n) x = x & 1 ? x * 3 + 1 : x >> 1;
  return n;
}

// Stores only where the condition holds; the others are in a place that the caller watches.
static void masked_store(int32_t *to, const int32_t *from, const uint8_t *mask, int n) {
  for (int i = 0; i < n; ++i)
    if (mask[i]) to[i] = from[i] * 3;
}

// Loads only where the mask allows; beyond the bound there is nothing to read.
static int64_t masked_sum(const int32_t *v, const uint8_t *mask, int n, int bound) {
  int64_t sum = 0;
  for (int i = 0; i < n; ++i) {
    int32_t x = mask[i] && i < bound ? v[i] : -1;
    sum += x > 100 ? x * 2 : x;
  }
  return sum;
}

// Three nested conditions a round, with else parts that change what the next round tests.
void triage(const int32_t *v, int n, int32_t out[3]) {
  int32_t low = 0, middle = 50, high = 100;
  for (int i = 0; i < n; ++i) {
    if (v[i] < middle) {
      if (v[i] < low)
        low -= 2;
      else
        out[0] += v[i];
    } else {
      if (v[i] > high) {
        ++high;
        out[2] ^= v[i];
      } else {
        middle += v[i] & 1 ? 1 : -1;
      }
      out[1] += middle;
    }
  }
  out[0] += low * 1000;
}

// A guarded division in each lane, in lanes where the divisor is not zero.
static void quotients(int32_t *to, const int32_t *a, const int32_t *b, int n) {
  for (int i = 0; i < n; ++i) to[i] = b[i] != 0 && b[i] != -1 ? a[i] / b[i] : b[i] ? -a[i] : INT32_MAX;
}

// A prefix under a mask that the loop itself makes: compaction of the kept elements.
static int compact(int32_t *to, const int32_t *from, int n, int32_t divisor) {
  int kept = 0;
  for (int i = 0; i < n; ++i) {
    to[kept] = from[i];
    kept += from[i] % divisor != 0;
  }
  return kept;
}

static unsigned_vector saturate(unsigned_vector a, unsigned_vector b) {
  unsigned_vector sum = a + b;
  return sum | (unsigned_vector)(sum < a);
}

int main(void) {
  int32_t v[24], w[24], to[25];
  uint8_t mask[24];
  for (int round = 0; round < 40; ++round) {
    vector x, y;
    for (int k = 0; k < lanes; ++k) x[k] = 1 + opaque_int((round * 7 + k * 13) % 97);
    y = collatz(x, round * 2);
    for (int k = 0; k < lanes; ++k) {
      mix((uint64_t)y[k]);
      mix((uint64_t)(y[k] - collatz_one(x[k], round * 2)));
    }
    unsigned_vector s = saturate((unsigned_vector)x * 0x02fffffdu, (unsigned_vector)y * 0x04000001u);
    for (int k = 0; k < lanes; ++k) mix(s[k]);
    int n = opaque_int(round % 25);
    for (int i = 0; i < 24; ++i) {
      v[i] = (i * i * (round + 1) + round) % 173 - 20;
      w[i] = (i + round) % 5 - 2;
      mask[i] = (uint8_t)((v[i] >> (round & 3)) & 1);
      to[i] = -i;
    }
    masked_store(to, v, mask, n);
    for (int i = 0; i < 24; i += 2) mix((uint64_t)to[i]);
    mix((uint64_t)masked_sum(v, mask, n, round % 9 * 3));
    int32_t out[3] = {0, 0, 0};
    triage(v, n, out);
    mix((uint64_t)out[0] ^ (uint64_t)out[1] << 21 ^ (uint64_t)out[2] << 42);
    quotients(to, v, w, n);
    for (int i = 0; i < n; ++i) mix((uint64_t)to[i]);
    mix((uint64_t)compact(to, v, n, 2 + round % 4));
    for (int i = 0; i < n; i += 3) mix((uint64_t)to[i]);
  }
  return report();
}
