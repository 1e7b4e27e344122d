// Reductions over arrays of every length from none on: sums, products, masks, minima with places, counts, any and
// all, with conditions, with two results at once, with early exits, and with accumulators narrower or wider than
// the data.
#include "checksum.h"

enum { most = 70 };

static uint32_t sum_squares(const int16_t *v, int n) {
  uint32_t sum = 0;
  for (int i = 0; i < n; ++i) sum += (uint32_t)(v[i] * v[i]);
  return sum;
}
static uint8_t narrow_sum(const uint8_t *v, int n) {
  uint8_t sum = 0;
  for (int i = 0; i < n; ++i) sum = (uint8_t)(sum + v[i] * 3);
  return sum;
}
static int64_t wide_sum(const int8_t *a, const uint16_t *b, int n) {
  int64_t sum = 0;
  for (int i = 0; i < n; ++i) sum += (int64_t)a[i] * b[i];
  return sum;
}
static uint64_t product_odd(const uint8_t *v, int n) {
  uint64_t product = 1;
  for (int i = 0; i < n; ++i) product *= v[i] | 1u;
  return product;
}
static __attribute__((noinline)) void masks(const uint16_t *v, int n, uint16_t results[3]) {
  uint16_t all = 0xffff, any = 0, odd = 0;
  for (int i = 0; i < n; ++i) all &= v[i], any |= v[i], odd ^= v[i];
  results[0] = all, results[1] = any, results[2] = odd;
}
static int first_minimum(const int16_t *v, int n) {
  int best = 0;
  for (int i = 1; i < n; ++i)
    if (v[i] < v[best]) best = i;
  return best;
}
static int last_maximum(const int16_t *v, int n) {
  int16_t largest = -32768;
  int where = -1;
  for (int i = 0; i < n; ++i)
    if (v[i] >= largest) largest = v[i], where = i;
  return where;
}
static uint8_t smallest_unsigned(const uint8_t *v, int n) {
  uint8_t least = 255;
  for (int i = 0; i < n; ++i) least = v[i] < least ? v[i] : least;
  return least;
}
int count_if(const uint8_t *v, int n, uint8_t low, uint8_t high) {
  int count = 0;
  for (int i = 0; i < n; ++i) count += v[i] >= low && v[i] <= high;
  return count;
}
static int32_t conditional_sum(const int16_t *v, const uint8_t *use, int n) {
  int32_t sum = 0;
  for (int i = 0; i < n; ++i) {
    if (use[i] & 1) sum += v[i];
    else if (use[i] & 2) sum -= v[i] / 2;
  }
  return sum;
}
static int32_t last_that_fits(const int16_t *v, int n, int limit) {
  int32_t last = -7;
  for (int i = 0; i < n; ++i)
    if (v[i] < limit) last = v[i] + i;
  return last;
}
static __attribute__((noinline)) int any_equal(const uint16_t *v, int n, uint16_t wanted) {
  int found = 0;
  for (int i = 0; i < n; ++i) found |= v[i] == wanted;
  return found;
}
static int all_below(const uint8_t *v, int n, uint8_t limit) {
  for (int i = 0; i < n; ++i)
    if (v[i] >= limit) return 0;
  return 1;
}
static int mismatch(const uint8_t *a, const uint8_t *b, int n) {
  int i = 0;
  while (i < n && a[i] == b[i]) ++i;
  return i;
}

/// The order of these sums is fixed; minima and maxima of floats are compared as written.
static float float_sum(const float *v, int n, float *least, float *most_of) {
  float sum = 0;
  *least = 1e30f, *most_of = -1e30f;
  for (int i = 0; i < n; ++i) {
    sum += v[i];
    if (v[i] < *least) *least = v[i];
    *most_of = v[i] > *most_of ? v[i] : *most_of;
  }
  return sum;
}
static uint32_t absolute_differences(const uint8_t *a, const uint8_t *b, int n) {
  uint32_t sum = 0;
  for (int i = 0; i < n; ++i) sum += (uint32_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
  return sum;
}
int main(void) {
  int16_t shorts[most];
  uint16_t halves[most], results[3];
  uint8_t bytes[most], others[most];
  float floats[most];
  for (int n = 0; n <= most; n += n < 36 ? 1 : 3) {
    for (int i = 0; i < most; ++i) {
      uint32_t x = (uint32_t)opaque((uint64_t)(i * 2654435761u + (unsigned)n * 40503u));
      shorts[i] = (int16_t)(x >> 9), halves[i] = (uint16_t)(x >> 5 | 0x0410), bytes[i] = (uint8_t)(x >> 17);
      others[i] = (uint8_t)(i % 23 == n % 23 ? x : bytes[i]), floats[i] = (float)(int32_t)x / (float)(1 << i % 20);
    }
    float least, largest;
    mix(sum_squares(shorts, n)), mix(narrow_sum(bytes, n)), mix(wide_sum((const int8_t *)bytes, halves, n)),
        mix(product_odd(bytes, n));
    masks(halves, n, results), mix(results[0] | (uint64_t)results[1] << 16 | (uint64_t)results[2] << 32);
    mix(first_minimum(shorts, n) * 1000 + last_maximum(shorts, n) + 1), mix(smallest_unsigned(bytes, n));
    mix(count_if(bytes, n, 30, 200)), mix(conditional_sum(shorts, bytes, n));
    mix(last_that_fits(shorts, n, n * 900 - 32000)), mix(any_equal(halves, n, halves[n * 3 % most]));
    mix(all_below(bytes, n, (uint8_t)(255 - n)) + 2 * mismatch(bytes, others, n));
    mix_float(float_sum(floats, n, &least, &largest)), mix_float(least), mix_float(largest);
    mix(absolute_differences(bytes, others + 1, n ? n - 1 : 0));
  }
  return report();
}
