// Loops with steps other than one: odd strides, remainders, bounds that are hit or stepped over,
// growing steps, and several counters that move at different rates.
#include "checksum.h"

static uint8_t sieve_bits[512 / 8];

// Marks multiples in a bit set with the step p and the start p * p.
static __attribute__((noinline)) unsigned sieve(unsigned limit) {
  unsigned count = 0;
  memset(sieve_bits, 0, sizeof sieve_bits);
  for (unsigned p = 2; p < limit; p += 1 + (p > 2)) {
    if (sieve_bits[p / 8] >> (p % 8) & 1) continue;
    ++count;
    for (unsigned m = p * p; m < limit; m += p) sieve_bits[m / 8] |= (uint8_t)(1u << (m % 8));
  }
  return count;
}

// Takes four at a time, then the rest one by one, with the counter shared between both loops.
static int64_t dot(const int16_t *a, const int16_t *b, int n, int stride) {
  int64_t sum = 0;
  int i = 0;
  for (; i + 3 * stride < n; i += 4 * stride)
    sum += a[i] * b[i] + a[i + stride] * b[i + stride] - a[i + 2 * stride] * b[i + 2 * stride] +
           a[i + 3 * stride] * b[i + 3 * stride];
  sum *= 3;
  for (; i < n; i += stride) sum += a[i] * b[i];
  return sum * 64 + i;
}

// The gaps of a comb sort: a step that shrinks, with an inner loop from two ends.
static unsigned comb(int *v, int n) {
  unsigned swaps = 0;
  for (int gap = n * 10 / 13, again = 1; gap > 1 || again; gap = gap > 1 ? gap * 10 / 13 : 1) {
    if (gap < 1) gap = 1;
    again = 0;
    for (int i = 0, k = gap; k < n; ++i, ++k)
      if (v[i] > v[k]) {
        int t = v[i];
        v[i] = v[k];
        v[k] = t;
        ++swaps;
        again = 1;
      }
  }
  return swaps;
}

// Inclusive prefix sums in place by a tree: strides of powers of two up and down.
void tree_scan(uint32_t *v, unsigned n) {
  for (unsigned d = 1; d < n; d *= 2)
    for (unsigned i = 2 * d - 1; i < n; i += 2 * d) v[i] += v[i - d];
  for (unsigned d = n / 2; d > 0; d /= 2)
    for (unsigned i = 3 * d - 1; i < n; i += 2 * d) v[i] += v[i - d];
}

// Three counters: by a constant, by an argument, by the loop's own index. Ends on equality.
static uint64_t three_rates(uint32_t a, uint32_t step, uint32_t stop) {
  uint32_t b = 5, c = 1, turns = 0;
  for (; a != stop; a += step, b += 7, c += turns++) {
    if (turns == 50) break;
    if ((b ^ c) % 11 == 0) c -= 3;
  }
  return ((uint64_t)b << 40) ^ ((uint64_t)c << 20) ^ turns ^ ((uint64_t)a << 8);
}

// Negative and positive steps by one loop; the bound is inclusive.
static int arithmetic(int from, int to, int step) {
  int sum = 0;
  for (int i = from; step > 0 ? i <= to : i >= to; i += step) sum = sum * 5 % 10007 + i;
  return sum;
}

int main(void) {
  for (unsigned limit = 0; limit <= 512; limit = limit * 2 + 3) {
    mix(sieve((unsigned)opaque(limit)));
    for (unsigned i = 0; i < sizeof sieve_bits; i += 5) mix(sieve_bits[i]);
  }
  int16_t a[70], b[70];
  for (int i = 0; i < 70; ++i) a[i] = (int16_t)opaque_int(i * 331 - 9000), b[i] = (int16_t)(i * i - 2000);
  for (int n = 0; n <= 70; n += 1 + n / 6)
    for (int stride = 1; stride < 9; stride += 1 + stride / 2) mix((uint64_t)dot(a, b, n, opaque_int(stride)));
  for (int n = 0; n < 33; n += 1 + n / 3) {
    int v[33];
    for (int i = 0; i < n; ++i) v[i] = (i * 19 + n) % 23 - opaque_int(9);
    mix(comb(v, n));
    for (int i = 0; i < n; i += 3) mix((uint64_t)v[i]);
  }
  for (unsigned n = 1; n <= 64; n *= 2) {
    uint32_t v[64];
    for (unsigned i = 0; i < n; ++i) v[i] = (uint32_t)opaque(i * i + n);
    tree_scan(v, n);
    for (unsigned i = 0; i < n; i += 1 + n / 8) mix(v[i]);
  }
  for (uint32_t step = 0; step < 8; ++step) mix(three_rates((uint32_t)opaque(10), (uint32_t)opaque(step), 82));
  for (int step = -9; step <= 9; step += 2)
    for (int to = -20; to < 40; to += 13) mix((uint64_t)arithmetic(opaque_int(4), to, opaque_int(step)));
  return report();
}
