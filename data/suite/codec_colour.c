// Colour conversions in integers and floats: luma and chroma with offsets and clamping, a reversible transform, hue,
// saturation and value with six cases, gamma tables, reduced palettes with the nearest entry, and blending modes.
#include "checksum.h"
#include <math.h>

struct rgb {
  uint8_t r, g, b;
};

static uint8_t clamp8(int v) { return (uint8_t)(v & ~255 ? (v < 0 ? 0 : 255) : v); }

static struct rgb to_luma(struct rgb c) {
  int y = (77 * c.r + 150 * c.g + 29 * c.b + 128) >> 8;
  int u = ((-43 * c.r - 85 * c.g + 128 * c.b + 128) >> 8) + 128,
      v = ((128 * c.r - 107 * c.g - 21 * c.b + 128) >> 8) + 128;
  return (struct rgb){clamp8(y), clamp8(u), clamp8(v)};
}
static struct rgb from_luma(struct rgb c) {
  int y = c.r, u = c.g - 128, v = c.b - 128;
  return (struct rgb){clamp8(y + ((359 * v + 128) >> 8)), clamp8(y - ((88 * u + 183 * v + 128) >> 8)),
                      clamp8(y + ((454 * u + 128) >> 8))};
}

/// Loses nothing, although both directions round down.
static void lift(struct rgb c, int out[3]) {
  out[1] = c.r - c.b;
  int t = c.b + (out[1] >> 1);
  out[2] = c.g - t;
  out[0] = t + (out[2] >> 1);
}
static __attribute__((noinline)) struct rgb unlift(const int in[3]) {
  int t = in[0] - (in[2] >> 1), g = in[2] + t, b = t - (in[1] >> 1);
  return (struct rgb){(uint8_t)(b + in[1]), (uint8_t)g, (uint8_t)b};
}

struct hsv {
  int16_t hue;  // 0 to 1535, -1 for grey
  uint8_t saturation, value;
};
static struct hsv to_hsv(struct rgb c) {
  int high = c.r > c.g ? (c.r > c.b ? c.r : c.b) : c.g > c.b ? c.g : c.b;
  int low = c.r < c.g ? (c.r < c.b ? c.r : c.b) : c.g < c.b ? c.g : c.b, span = high - low, hue;
  if (span == 0) return (struct hsv){-1, 0, (uint8_t)high};
  if (high == c.r) hue = (c.g - c.b) * 256 / span;
  else if (high == c.g) hue = 512 + (c.b - c.r) * 256 / span;
  else hue = 1024 + (c.r - c.g) * 256 / span;
  if (hue < 0) hue += 1536;
  return (struct hsv){(int16_t)hue, (uint8_t)(span * 255 / high), (uint8_t)high};
}
struct rgb from_hsv(struct hsv h) {
  if (h.hue < 0 || h.saturation == 0) return (struct rgb){h.value, h.value, h.value};
  int part = h.hue & 255, v = h.value, s = h.saturation;
  uint8_t p = (uint8_t)(v * (255 - s) / 255), q = (uint8_t)(v * (65280 - s * part) / 65280),
          t = (uint8_t)(v * (65280 - s * (256 - part)) / 65280);
  switch (h.hue >> 8) {
  case 0: return (struct rgb){(uint8_t)v, t, p};
  case 1: return (struct rgb){q, (uint8_t)v, p};
  case 2: return (struct rgb){p, (uint8_t)v, t};
  case 3: return (struct rgb){p, q, (uint8_t)v};
  case 4: return (struct rgb){t, p, (uint8_t)v};
  default: return (struct rgb){(uint8_t)v, p, q};
  }
}

static float linear(uint8_t v) {  // a rational stand-in for the usual power
  float x = (float)v / 255.0f;
  return x < 0.04f ? x / 12.92f : x * (x * (x * 0.3053f + 0.6822f) + 0.0125f);
}
static __attribute__((noinline)) float lightness(struct rgb c) {
  float y = 0.2126f * linear(c.r) + 0.7152f * linear(c.g) + 0.0722f * linear(c.b);
  return y > 0.008856f ? 116.0f * sqrtf(sqrtf(y) * y) - 16.0f * y : 903.3f * y;
}

static int nearest(const struct rgb *palette, int count, struct rgb c, int *distance) {
  int best = -1;
  *distance = INT32_MAX;
  for (int i = 0; i < count; ++i) {
    int dr = palette[i].r - c.r, dg = palette[i].g - c.g, db = palette[i].b - c.b, middle = (palette[i].r + c.r) / 2;
    int d = ((512 + middle) * dr * dr >> 8) + 4 * dg * dg + ((767 - middle) * db * db >> 8);
    if (d < *distance) *distance = d, best = i;
    if (d == 0) break;
  }
  return best;
}
static struct rgb cube_entry(unsigned index) {
  if (index >= 216)
    return (struct rgb){(uint8_t)((index - 216) * 6 + 8), (uint8_t)((index - 216) * 6 + 8),
                        (uint8_t)((index - 216) * 6 + 8)};
  return (struct rgb){(uint8_t)(index / 36 * 51), (uint8_t)(index / 6 % 6 * 51), (uint8_t)(index % 6 * 51)};
}

static uint8_t blend(uint8_t a, uint8_t b, int mode) {
  switch (mode) {
  case 0: return (uint8_t)(a * b / 255);
  case 1: return (uint8_t)(255 - (255 - a) * (255 - b) / 255);
  case 2: return a < 128 ? (uint8_t)(2 * a * b / 255) : (uint8_t)(255 - 2 * (255 - a) * (255 - b) / 255);
  case 3: return a > b ? (uint8_t)(a - b) : (uint8_t)(b - a);
  case 4: return b == 255 ? 255 : clamp8(a * 255 / (255 - b));
  case 5: return b == 0 ? 0 : (uint8_t)(255 - (255 - a) * 255 / b > 0 ? 255 - (255 - a) * 255 / b : 0);
  default: return (uint8_t)(a + b - 2 * a * b / 255);
  }
}

int main(void) {
  struct rgb palette[40];
  for (unsigned i = 0; i < 40; ++i) palette[i] = cube_entry((unsigned)opaque(i * 37 % 256));
  uint32_t state = (uint32_t)opaque(1), errors = 0;
  for (int i = 0; i < 500; ++i) {
    state = state * 1664525u + 1013904223u;
    struct rgb c = {(uint8_t)(state >> 24), (uint8_t)(state >> 16),
                    i % 8 == 0 ? (uint8_t)(state >> 24) : (uint8_t)(state >> 8)};
    if (i % 25 == 0) c.g = c.b = c.r;
    struct rgb luma = to_luma(c), back = from_luma(luma), other;
    mix(luma.r | (uint64_t)luma.g << 8 | (uint64_t)luma.b << 16 | (uint64_t)back.r << 24 | (uint64_t)back.g << 32 |
        (uint64_t)back.b << 40);
    int lifted[3];
    lift(c, lifted), other = unlift(lifted), errors += memcmp(&other, &c, sizeof c) != 0;
    struct hsv h = to_hsv(c);
    other = from_hsv(h), mix(h.hue),
    mix(h.saturation | (uint64_t)h.value << 8 | (uint64_t)other.r << 16 | (uint64_t)other.g << 24 |
        (uint64_t)other.b << 32);
    int distance, best = nearest(palette, i % 41, c, &distance);
    mix(best), mix(distance), mix_float(lightness(c));
    mix(blend(c.r, c.g, i % 7) | (uint64_t)blend(c.b, (uint8_t)(i * 5), i / 7 % 7) << 8),
        mix(lifted[0] + lifted[1] * 3 + lifted[2] * 5);
  }
  mix(errors);
  return report();
}
