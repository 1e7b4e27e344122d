// Loops over arrays that may overlap or depend on earlier rounds: shifts by a distance in both directions, prefix
// sums, recurrences of first and second order, stencils in place, loops that could be split or joined, and copies
// by hand.
#include "checksum.h"

enum { size = 96 };

static void add_shifted(int32_t *to, const int32_t *from, int n) {
  for (int i = 0; i < n; ++i) to[i] = from[i] + to[i] / 2;
}
static __attribute__((noinline)) void carry_forward(uint32_t *v, int n, int distance) {
  for (int i = distance; i < n; ++i) v[i] = v[i - distance] * 3 + v[i];
}
static void pull_backward(uint32_t *v, int n, int distance) {
  for (int i = 0; i + distance < n; ++i) v[i] ^= v[i + distance] + 1;
}
static void downwards(uint32_t *v, int n, int distance) {
  for (int i = n - 1; i >= distance; --i) v[i] += v[i - distance];
}
void prefix_sums(uint64_t *to, const uint32_t *v, int n) {
  uint64_t sum = 0;
  for (int i = 0; i < n; ++i) to[i] = sum += v[i];
}
static double smooth(double *v, int n, double weight) {
  double state = 0;
  for (int i = 0; i < n; ++i) {
    state += weight * (v[i] - state);
    v[i] = state;
  }
  return state;
}
static int32_t second_order(int32_t a, int32_t b, int n, int32_t *history) {
  for (int i = 0; i < n; ++i) {
    int32_t next = (3 * b - 2 * a + i) % 10007;
    a = b, b = next;
    history[i % 8] ^= next;
  }
  return b;
}
/// A blur in place uses left neighbours that are new already and right ones that are still old.
static void blur_in_place(int32_t *v, int n) {
  for (int i = 1; i + 1 < n; ++i) v[i] = (v[i - 1] + 2 * v[i] + v[i + 1]) / 4;
}
static __attribute__((noinline)) void blur_kept(int32_t *v, int n) {
  int32_t left = n ? v[0] : 0;
  for (int i = 1; i + 1 < n; ++i) {
    int32_t old = v[i];
    v[i] = (left + 2 * old + v[i + 1]) / 4;
    left = old;
  }
}
/// Two statements of which one needs later results of the other.
static void could_be_split(uint32_t *a, uint32_t *b, const uint32_t *c, int n) {
  for (int i = 1; i < n; ++i) {
    a[i] = b[i - 1] + c[i];
    b[i] = a[i] * 2 + c[i - 1];
  }
}
static void could_be_joined(uint32_t *a, uint32_t *b, int n) {
  for (int i = 0; i < n; ++i) a[i] += 5;
  for (int i = 0; i < n; ++i) b[i] = a[n - 1 - i] ^ a[i];
}
/// A copy by bytes that repeats a pattern when the target lies close behind the source.
static void copy_up(uint8_t *to, const uint8_t *from, int n) {
  while (n-- > 0) *to++ = *from++;
}
static void copy_down(uint8_t *to, const uint8_t *from, int n) {
  for (int i = n; i-- > 0;) to[i] = from[i];
}
static __attribute__((noinline)) void set_except(uint8_t *v, int n, const int *except) {
  for (int i = 0; i < n; ++i)
    if (i != *except) v[i] = (uint8_t)n;
}
static void invariant_store(int32_t *v, int n, int32_t *last) {
  for (int i = 0; i < n; ++i) {
    *last = v[i];
    v[i] = *last + v[(i + 1) % n];
  }
}
static void triangle(uint32_t *table, int n) {  // binomial numbers, row over row
  for (int row = 0; row < n; ++row) {
    table[row] = 1;
    for (int i = row - 1; i > 0; --i) table[i] += table[i - 1];
  }
}

int main(void) {
  static int32_t ints[size], history[8];
  static uint32_t words[size], others[size], third[size];
  static uint64_t sums[size];
  static uint8_t bytes[size];
  static double reals[size];
  for (int n = 0; n <= 64; n += n < 12 ? 1 : 13)
    for (int distance = 1; distance < 18; distance += distance < 5 ? 1 : 3) {
      for (int i = 0; i < size; ++i) {
        uint32_t x = (uint32_t)opaque((uint64_t)i * 2246822519u + (unsigned)distance);
        ints[i] = (int32_t)(x >> 12), words[i] = x, others[i] = x ^ 0xff, third[i] = x >> 7,
        bytes[i] = (uint8_t)(x >> 9), reals[i] = x / 1e5;
      }
      add_shifted(ints + distance, ints, n), add_shifted(ints, ints + distance, n);
      carry_forward(words, n, distance), pull_backward(words, n, distance), downwards(words, n + distance, distance);
      prefix_sums(sums, words, n), mix(n ? sums[n - 1] : 0), mix(sums[n / 2]);
      mix_double(smooth(reals, n, 1.0 / distance)), mix_double(reals[n / 3]);
      mix(second_order(distance, n, n, history)), mix(history[n % 8]);
      blur_in_place(ints, n), blur_kept(ints + distance, n);
      if (n) invariant_store(ints, n / 4 + 1, distance % 3 ? history : &ints[n / 8]);
      for (int i = 0; i < n; i += 1 + distance / 2) mix(ints[i]);
      could_be_split(words, others, third, n), could_be_split(words + 1, words, others, n);
      could_be_joined(words, distance % 4 == 1 ? words + 3 : others, n);
      if (distance < 3) triangle(third, n / 2);
      copy_up(bytes + distance, bytes, n), copy_down(bytes + 20, bytes + 20 + distance % 7, n);
      copy_down(bytes + distance % 5, bytes, n / 2), set_except(bytes + 30, n / 3, &distance);
      for (int i = 0; i < n; i += 1 + distance / 3) mix(words[i] + 3ull * others[i] + 7ull * third[i]), mix(bytes[i]);
    }
  for (int i = 0; i < size; ++i) mix(words[i]), mix(bytes[i]);
  return report();
}
