// Tables that are interpolated: linear in floats and in fixed point, with clamped, repeated and mirrored ends,
// uneven knots found by bisection, cubic and bilinear forms, curves by repeated halving, and inverse lookups in a
// rising table.
#include "checksum.h"
#include <math.h>

static const int16_t quarter_wave[17] = {0,     3212,  6393,  9512,  12539, 15446, 18204, 20787, 23170,
                                         25329, 27245, 28898, 30273, 31356, 32137, 32609, 32767};

/// A whole turn is 65536; the table holds a quarter.
static int32_t wave(uint16_t angle) {
  unsigned quarter = angle >> 14, within = angle & 0x3fff;
  if (quarter & 1) within = 0x4000 - within;
  unsigned index = within >> 10, part = within & 0x3ff;
  int32_t value = quarter_wave[index];
  if (part) value += (int32_t)((quarter_wave[index + 1] - value) * (int32_t)part + 512) >> 10;
  return quarter & 2 ? -value : value;
}

enum ends { clamped, repeated, mirrored, zero };

static int place(int i, int n, enum ends ends) {
  if (i >= 0 && i < n) return i;
  switch (ends) {
  case clamped: return i < 0 ? 0 : n - 1;
  case repeated: return (i % n + n) % n;
  case mirrored:
    if (n == 1) return 0;
    i = (i < 0 ? -i : i) % (2 * n - 2);
    return i < n ? i : 2 * n - 2 - i;
  default: return -1;
  }
}
static float fetch(const float *v, int n, int i, enum ends ends) {
  int at = place(i, n, ends);
  return at < 0 ? 0.0f : v[at];
}
static __attribute__((noinline)) float linear(const float *v, int n, float x, enum ends ends) {
  float down = floorf(x), part = x - down;
  float a = fetch(v, n, (int)down, ends), b = fetch(v, n, (int)down + 1, ends);
  return a + (b - a) * part;
}
float cubic(const float *v, int n, float x, enum ends ends) {
  float down = floorf(x), t = x - down, p[4];
  for (int k = 0; k < 4; ++k) p[k] = fetch(v, n, (int)down - 1 + k, ends);
  float a = (p[3] - p[0]) * 0.5f + (p[1] - p[2]) * 1.5f, b = p[0] - p[1] * 2.5f + p[2] * 2 - p[3] * 0.5f;
  return ((a * t + b) * t + (p[2] - p[0]) * 0.5f) * t + p[1];
}

struct knot {
  double x, y;
};
static double uneven(const struct knot *k, int n, double x) {
  if (n == 0) return -1;
  if (!(x > k[0].x)) return k[0].y;
  if (x >= k[n - 1].x) return k[n - 1].y;
  int low = 0, high = n - 1;
  while (high - low > 1) {
    int middle = (low + high) >> 1;
    if (k[middle].x <= x) low = middle;
    else high = middle;
  }
  return k[low].y + (x - k[low].x) * ((k[high].y - k[low].y) / (k[high].x - k[low].x));
}
/// All differences at once, over the whole table.
static double newton_form(const struct knot *k, int n, double x) {
  double c[8], result = 0;
  for (int i = 0; i < n; ++i) c[i] = k[i].y;
  for (int order = 1; order < n; ++order)
    for (int i = n - 1; i >= order; --i) c[i] = (c[i] - c[i - 1]) / (k[i].x - k[i - order].x);
  for (int i = n - 1; i >= 0; --i) result = result * (x - k[i].x) + c[i];
  return result;
}

static uint8_t bilinear(const uint8_t *image, int width, int height, int32_t x, int32_t y) {  // 8 bits after the point
  int xi = x >> 8, yi = y >> 8, fx = x & 255, fy = y & 255, p[2][2];
  for (int dy = 0; dy < 2; ++dy)
    for (int dx = 0; dx < 2; ++dx)
      p[dy][dx] = image[place(yi + dy, height, clamped) * width + place(xi + dx, width, mirrored)];
  int top = p[0][0] * (256 - fx) + p[0][1] * fx, bottom = p[1][0] * (256 - fx) + p[1][1] * fx;
  return (uint8_t)((top * (256 - fy) + bottom * fy + 32768) >> 16);
}

/// A curve of four points is halved until it is flat; returns into how many pieces.
static __attribute__((noinline)) int halve_curve(const int32_t p[8], int depth, int64_t *sum) {
  int32_t dx = p[0] - p[2] - p[4] + p[6], dy = p[1] - p[3] - p[5] + p[7];
  if (depth == 0 || (dx < 4 && dx > -4 && dy < 4 && dy > -4)) {
    *sum = *sum * 3 % 1000003 + p[6] - p[1];
    return 1;
  }
  int32_t left[8], right[8];
  for (int k = 0; k < 2; ++k) {
    int32_t a = p[k], b = p[2 + k], c = p[4 + k], d = p[6 + k], ab = (a + b) >> 1, bc = (b + c) >> 1, cd = (c + d) >> 1;
    left[k] = a, left[2 + k] = ab, left[4 + k] = (ab + bc) >> 1, left[6 + k] = right[k] = (ab + 2 * bc + cd) >> 2;
    right[2 + k] = (bc + cd) >> 1, right[4 + k] = cd, right[6 + k] = d;
  }
  int pieces = halve_curve(left, depth - 1, sum);
  return pieces + halve_curve(right, depth - 1, sum);
}

static uint16_t inverse(int16_t value) {  // the angle in the first quarter with this height
  if (value <= 0) return 0;
  int i = 0;
  while (i < 16 && quarter_wave[i + 1] < value) ++i;
  return (uint16_t)(i * 1024 + (value - quarter_wave[i]) * 1024 / (quarter_wave[i + 1] - quarter_wave[i]));
}

int main(void) {
  float v[12];
  struct knot knots[8];
  uint8_t image[35];
  for (int i = 0; i < 12; ++i) v[i] = (float)opaque_int(i * i % 7 - 3) * 1.5f;
  for (int i = 0; i < 8; ++i) knots[i] = (struct knot){opaque_int(i * i + i) / 4.0, (i * 5 % 8) - 2.5};
  for (int i = 0; i < 35; ++i) image[i] = (uint8_t)opaque((uint64_t)i * 73);
  for (uint32_t angle = 0; angle < 65536; angle += 331) mix(wave((uint16_t)opaque(angle)));
  for (int value = -100; value < 32767; value += 555) mix(inverse((int16_t)opaque_int(value)));
  for (int step = -60; step < 90; ++step) {
    float x = (float)step * 0.21f;
    for (int n = 1; n <= 12; n += 4)
      mix_float(linear(v, n, x, (enum ends)(step & 3))), mix_float(cubic(v, n, x, (enum ends)((step + n) & 3)));
    mix_double(uneven(knots, step % 9 < 0 ? 8 : step % 9, (double)x)),
        mix_double(newton_form(knots, 1 + (step & 7), (double)x));
    mix(bilinear(image, 7, 5, opaque_int(step * 41), step * 23 - 100));
    int64_t sum = 0;
    int32_t curve[8] = {0, step, 300 - step * 4, 1000, -step * 9, -700, 500 + step, 0};
    mix(halve_curve(curve, 5, &sum)), mix(sum);
  }
  return report();
}
