// Arithmetic on pixels and samples: rounded averages, blends by division by 255, saturation, thresholds, lookups,
// packed channels computed two at a time in one word, dithering with errors that move on, and mixing of sound with
// fades.
#include "checksum.h"

static uint8_t saturated(int v) { return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v); }

static void average(uint8_t *to, const uint8_t *a, const uint8_t *b, int n) {
  for (int i = 0; i < n; ++i) to[i] = (uint8_t)((a[i] + b[i] + 1) >> 1);
}
static void average_down(uint8_t *to, const uint8_t *a, const uint8_t *b, int n) {
  for (int i = 0; i < n; ++i) to[i] = (uint8_t)((a[i] & b[i]) + ((a[i] ^ b[i]) >> 1));
}
static __attribute__((noinline)) void blend(uint8_t *to, const uint8_t *a, const uint8_t *b, const uint8_t *alpha,
                                            int n) {
  for (int i = 0; i < n; ++i) {
    unsigned x = (unsigned)(a[i] * alpha[i] + b[i] * (255 - alpha[i])) + 128;
    to[i] = (uint8_t)((x + (x >> 8)) >> 8);
  }
}
static void blend_by_division(uint8_t *to, const uint8_t *a, const uint8_t *b, const uint8_t *alpha, int n) {
  for (int i = 0; i < n; ++i) to[i] = (uint8_t)((a[i] * alpha[i] + b[i] * (255 - alpha[i]) + 127) / 255);
}
static void sharpen(uint8_t *to, const uint8_t *v, int n) {
  for (int i = 1; i + 1 < n; ++i) to[i] = saturated(3 * v[i] - v[i - 1] - v[i + 1]);
}
static void add_signed(uint8_t *v, const int8_t *by, int n) {
  for (int i = 0; i < n; ++i) v[i] = saturated(v[i] + by[i]);
}
static void threshold(uint8_t *v, int n, uint8_t level) {
  for (int i = 0; i < n; ++i) v[i] = v[i] > level ? 255 : (uint8_t)(v[i] << 1);
}
int stretch(uint8_t *v, int n) {
  uint8_t low = 255, high = 0;
  for (int i = 0; i < n; ++i) {
    if (v[i] < low) low = v[i];
    if (v[i] > high) high = v[i];
  }
  if (low >= high) return -1;
  uint8_t table[256];
  for (int i = 0; i < 256; ++i) table[i] = saturated((i - low) * 255 / (high - low));
  for (int i = 0; i < n; ++i) v[i] = table[v[i]];
  return high - low;
}

/// Two channels of a packed pixel are scaled by one multiplication.
static uint32_t scale_packed(uint32_t pixel, uint32_t alpha) {
  uint32_t even = (pixel & 0xff00ff) * alpha >> 8 & 0xff00ff, odd = (pixel >> 8 & 0xff00ff) * alpha & 0xff00ff00;
  return even | odd;
}
static uint32_t add_packed_saturated(uint32_t a, uint32_t b) {
  uint32_t even = (a & 0xff00ff) + (b & 0xff00ff), odd = (a >> 8 & 0xff00ff) + (b >> 8 & 0xff00ff);
  even |= 0x1000100 - (even >> 8 & 0x10001), odd |= 0x1000100 - (odd >> 8 & 0x10001);
  return (even & 0xff00ff) | (odd & 0xff00ff) << 8;
}
static __attribute__((noinline)) uint32_t add_by_channel(uint32_t a, uint32_t b) {
  uint32_t result = 0;
  for (int shift = 0; shift < 32; shift += 8)
    result |= (uint32_t)saturated((int)((a >> shift & 255) + (b >> shift & 255))) << shift;
  return result;
}
static uint16_t to_565(uint32_t p) { return (uint16_t)((p >> 8 & 0xf800) | (p >> 5 & 0x7e0) | (p >> 3 & 0x1f)); }
static uint32_t from_565(uint16_t p) {
  uint32_t r = p >> 11, g = p >> 5 & 63, b = p & 31;
  return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 | (b << 3 | b >> 2);
}

static unsigned dither(const uint8_t *v, int width, int height) {
  int errors[2][34] = {{0}};
  unsigned hash = 0;
  for (int y = 0; y < height; ++y) {
    int *here = errors[y & 1], *below = errors[~y & 1];
    for (int x = 0; x < width + 2; ++x) below[x] = 0;
    for (int x = 0; x < width; ++x) {
      int wanted = v[y * width + x] + here[x + 1] / 16, error = wanted - (wanted > 127 ? 255 : 0);
      hash = hash * 2 % 0xfffffb + (wanted > 127);
      here[x + 2] += error * 7, below[x] += error * 3, below[x + 1] += error * 5, below[x + 2] += error;
    }
  }
  return hash;
}

static void fade(int16_t *to, const int16_t *a, const int16_t *b, int n) {
  for (int i = 0; i < n; ++i) {
    int gain = i * 256 / n, mixed = (a[i] * (256 - gain) + b[i] * gain) >> 8;
    mixed += mixed >> 2;
    to[i] = (int16_t)(mixed > 32767 ? 32767 : mixed < -32768 ? -32768 : mixed);
  }
}

int main(void) {
  uint8_t a[64], b[64], alpha[64], to[64] = {0};
  int16_t low[64], high[64], sound[64];
  for (int n = 0; n <= 64; n += n < 18 ? 1 : 7) {
    for (int i = 0; i < 64; ++i) {
      uint32_t x = (uint32_t)opaque((uint64_t)(i * 40503 + n * 977)) * 2654435761u;
      a[i] = (uint8_t)(x >> 24), b[i] = (uint8_t)(x >> 16),
      alpha[i] = i % 8 == 0   ? 255
                 : i % 8 == 1 ? 0
                              : (uint8_t)(x >> 8);
      low[i] = (int16_t)x, high[i] = (int16_t)(x >> 13);
    }
    average(to, a, b, n), average_down(a, a, to, n / 2), blend(to, a, to, alpha, n),
        blend_by_division(b, b, a, alpha, n);
    for (int i = 0; i < n; ++i) mix(to[i] | (uint64_t)b[i] << 8);
    sharpen(to, a, n), add_signed(to, (const int8_t *)alpha, n), threshold(a, n, (uint8_t)(n * 3)), mix(stretch(b, n));
    for (int i = 0; i < n; ++i) mix(to[i] | (uint64_t)a[i] << 8 | (uint64_t)b[i] << 16);
    for (int i = 0; i < n; i += 2) {
      uint32_t p = a[i] * 0x01000193u ^ b[i], q = (uint32_t)alpha[i] << 20 | to[i] * 257u;
      mix(scale_packed(p, alpha[i])), mix(add_packed_saturated(p, q)), mix(add_by_channel(p, q) ^ from_565(to_565(q)));
    }
    if (n >= 4) mix(dither(alpha, n / 2, 2)), mix(dither(a, 4, n / 4));
    fade(sound, low, high, n);
    for (int i = 0; i < n; i += 3) mix(sound[i]);
  }
  return report();
}
