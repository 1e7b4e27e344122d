// Interleaved data: pixels of three and four channels, complex numbers, every second, third and fifth element,
// gathers through an index list, reversed copies, records whose members are updated by a loop, and zips of several
// streams.
#include "checksum.h"

enum { most = 50 };

static void to_planes(const uint8_t *rgb, int n, uint8_t *r, uint8_t *g, uint8_t *b) {
  for (int i = 0; i < n; ++i) {
    r[i] = rgb[3 * i];
    g[i] = rgb[3 * i + 1];
    b[i] = rgb[3 * i + 2];
  }
}
static __attribute__((noinline)) void from_planes(uint8_t *rgba, int n, const uint8_t *r, const uint8_t *g,
                                                  const uint8_t *b) {
  for (int i = 0; i < n; ++i) {
    rgba[4 * i + 2] = r[i];
    rgba[4 * i + 1] = g[i];
    rgba[4 * i] = b[i];
    rgba[4 * i + 3] = (uint8_t)(r[i] > g[i] ? 255 : b[i]);
  }
}
static void complex_products(float *to, const float *a, const float *b, int n) {
  for (int i = 0; i < 2 * n; i += 2) {
    float re = a[i] * b[i] - a[i + 1] * b[i + 1], im = a[i] * b[i + 1] + a[i + 1] * b[i];
    to[i] = re, to[i + 1] = im;
  }
}
static int32_t every(const int32_t *v, int n, int stride, int from) {
  int32_t sum = 0;
  for (int i = from; i < n; i += stride) sum = sum * 2 % 65537 + v[i];
  return sum;
}
static void even_and_odd(int32_t *v, int n) {
  for (int i = 0; i + 1 < n; i += 2) v[i] += v[i + 1];
  for (int i = 1; i < n; i += 2) v[i] = v[i - 1] - 3 * v[i];
}
void swap_neighbours(uint16_t *v, int n) {
  for (int i = 0; i + 1 < n; i += 2) {
    uint16_t t = v[i];
    v[i] = v[i + 1];
    v[i + 1] = t;
  }
}
static void reverse_copy(uint16_t *to, const uint16_t *from, int n) {
  for (int i = 0; i < n; ++i) to[i] = (uint16_t)(from[n - 1 - i] + i);
}
static __attribute__((noinline)) void reverse_in_place(uint16_t *v, int n) {
  for (int i = 0, j = n - 1; i < j; ++i, --j) {
    uint16_t t = v[i];
    v[i] = v[j], v[j] = t;
  }
}
static uint64_t gather(const uint16_t *v, const uint8_t *places, int n) {
  uint64_t sum = 0;
  for (int i = 0; i < n; ++i) sum += (uint64_t)v[places[i]] * (unsigned)(i + 1);
  return sum;
}
static void scatter_add(uint16_t *v, const uint8_t *places, int n) {  // places may come more than once
  for (int i = 0; i < n; ++i) v[places[i]] = (uint16_t)(v[places[i]] * 2 + i);
}

struct particle {
  float x, y;
  int32_t age;
  uint8_t alive;
};

static int move_all(struct particle *p, int n, float dx, float dy) {
  int alive = 0;
  for (int i = 0; i < n; ++i) {
    p[i].x += dx;
    p[i].y = p[i].y * 0.5f + dy;
    if (++p[i].age > 20) p[i].alive = 0;
    alive += p[i].alive;
  }
  return alive;
}

static void zip(uint32_t *to, const uint8_t *a, const uint16_t *b, const uint8_t *c, int n) {
  for (int i = 0; i < n; ++i) to[i] = a[i] | (uint32_t)b[i] << 8 | (uint32_t)c[n - 1 - i] << 24;
}
static void unzip_five(const int32_t *from, int n, int32_t sums[5]) {
  for (int k = 0; k < 5; ++k) sums[k] = k;
  for (int i = 0; i + 4 < n; i += 5) {
    sums[0] += from[i], sums[1] ^= from[i + 1], sums[2] -= from[i + 2];
    sums[3] = from[i + 3] > sums[3] ? from[i + 3] : sums[3];
    sums[4] += from[i + 4] > from[i];
  }
}

int main(void) {
  static uint8_t rgb[3 * most], rgba[4 * most], r[most], g[most], b[most], places[most];
  static uint16_t shorts[most], others[most];
  static int32_t ints[most], sums[5];
  static float a[2 * most], c[2 * most], product[2 * most];
  static uint32_t zipped[most];
  struct particle particles[most];
  for (int i = 0; i < most; ++i)
    particles[i] = (struct particle){(float)i, (float)opaque_int(-i), i / 3, (uint8_t)(i % 4 != 1)};
  for (int n = 0; n <= most; n += n < 20 ? 1 : 6) {
    for (int i = 0; i < 3 * most; ++i) rgb[i] = (uint8_t)opaque((uint64_t)(i * i * 7 + n));
    for (int i = 0; i < most; ++i)
      shorts[i] = (uint16_t)(i * 997 + n), places[i] = (uint8_t)(i * i % most), ints[i] = (rgb[i] - 100) * (i - 20);
    for (int i = 0; i < 2 * most; ++i) a[i] = (float)(rgb[i] - 128) / 16, c[i] = 1.0f / (float)(rgb[i] + 1);
    to_planes(rgb, n, r, g, b), from_planes(rgba, n, g, b, r);
    for (int i = 0; i < 4 * n; i += 3) mix(rgba[i]);
    complex_products(product, a, c, n), complex_products(a, a, product, n);
    for (int i = 0; i < 2 * n; i += 5) mix_float(product[i]), mix_float(a[i + 1]);
    for (int stride = 1; stride < 7; ++stride) mix(every(ints, n, stride, stride / 2));
    even_and_odd(ints, n), unzip_five(ints, n, sums);
    for (int k = 0; k < 5; ++k) mix((uint64_t)(int64_t)sums[k] + (uint64_t)(int64_t)ints[k * n / 5]);
    swap_neighbours(shorts, n), reverse_copy(others, shorts, n), reverse_in_place(shorts + n / 4, n - n / 4),
        scatter_add(others, places, n);
    mix(gather(shorts, places, n)), mix(gather(others, places, n));
    mix(move_all(particles, n, 0.25f, (float)n));
    if (n) mix_float(particles[n - 1].x), mix_float(particles[n / 2].y), mix(particles[n / 3].age);
    zip(zipped, r, shorts, g, n);
    for (int i = 0; i < n; i += 2) mix(zipped[i]);
  }
  return report();
}
