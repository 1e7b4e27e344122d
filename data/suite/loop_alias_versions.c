// Loops that are right to vectorise or promote to registers only if the pointers do not overlap:
// run with every distance, with equal pointers, and with scalars inside the arrays.
#include "checksum.h"

enum { size = 80 };
static uint32_t pool[size];

static void reset(uint32_t salt) {
  for (uint32_t i = 0; i < size; ++i) pool[i] = (i + salt) * 0x01000193u ^ (i << 20);
}

static void digest(void) {
  uint64_t sum = 0xfeed;
  for (uint32_t i = 0; i < size; ++i) sum = (sum << 7 | sum >> 57) ^ pool[i];
  mix(sum);
}

static __attribute__((noinline)) void saxpy(uint32_t *to, const uint32_t *from, uint32_t n, uint32_t by) {
  for (uint32_t i = 0; i < n; ++i) to[i] += from[i] * by;
}

// The accumulator lives in memory and may be among the operands.
static void total(uint32_t *sum, const uint32_t *v, uint32_t n) {
  *sum = 0;
  for (uint32_t i = 0; i < n; ++i) *sum += v[i];
}

// Three pointers, one of which goes down.
static void mirror(uint32_t *to, const uint32_t *up, const uint32_t *down, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) to[i] = up[i] * 2 - down[n - 1 - i];
}

// Stride two on one side: pairs are interleaved and split.
void interleave(uint32_t *to, const uint32_t *even, const uint32_t *odd, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    to[2 * i] = even[i];
    to[2 * i + 1] = odd[i] + 1;
  }
}

static void split(uint32_t *low, uint32_t *high, const uint32_t *pairs, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    low[i] = pairs[2 * i];
    high[i] = pairs[2 * i + 1];
  }
}

// The stride is an argument: 0 and 1 are as good as any.
static void stride(uint32_t *v, uint32_t n, uint32_t step) {
  for (uint32_t i = 0; i < n; ++i) v[i * step] = v[i] ^ (i + step);
}

// The same cells through bytes and through words; bytes may alias everything.
static uint32_t bytes_over_words(uint32_t *words, uint8_t *bytes, uint32_t n) {
  uint32_t seen = 0;
  for (uint32_t i = 0; i < n; ++i) {
    words[i] += 0x01010101u;
    bytes[i] = (uint8_t)(bytes[i] ^ words[n / 2]);
    seen = seen * 5 + words[i / 3];
  }
  return seen;
}

struct state {
  uint32_t count, last, *out;
};

// The fields might be kept in registers, were it not that `out` may point at them.
static __attribute__((noinline)) void run(struct state *s, const uint32_t *in, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    s->count += in[i] & 3;
    s->out[i % 2] = s->count ^ s->last;
    s->last = in[i] >> 1;
  }
}

int main(void) {
  for (uint32_t n = 0; n <= 24; n += 1 + n / 3)
    for (uint32_t gap = 0; gap < 26; gap += 1 + gap / 4) {
      uint32_t m = (uint32_t)opaque(n);
      reset(n + gap);
      saxpy(pool + gap, pool, m, 3);
      saxpy(pool, pool + gap, m, (uint32_t)opaque(0x10001));
      digest();
      total(pool + gap, pool + n / 2, m);
      digest();
      mirror(pool + gap, pool + 4, pool + 8, m);
      mirror(pool + 6, pool, pool + gap, m);
      digest();
      interleave(pool + gap, pool + 9, pool + 20, m);
      digest();
      split(pool + gap, pool + 12, pool + 10, m);
      split(pool + 30, pool + 30 - gap, pool + 25, m);
      digest();
      stride(pool + 2, m, (uint32_t)opaque(gap % 4));
      digest();
      mix(bytes_over_words(pool + 5, (uint8_t *)(pool + 5) + gap, m));
      mix(bytes_over_words(pool + 40, (uint8_t *)pool, m));
      digest();
      struct state s = {gap, n, pool + gap};
      if (gap % 3 == 1) s.out = &s.count;
      run(&s, pool + 3, m);
      mix(s.count);
      mix(s.last);
      digest();
    }
  return report();
}
