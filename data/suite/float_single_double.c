// Float and double side by side: where each operation rounds, double rounding, constants of the other type,
// narrowing in stores, parameters, array elements and structures, and results that change if a float is kept in a
// wider form.
#include "checksum.h"
#include <math.h>

static float rounded_each(float a, float b, float c) { return a * b + c; }
static float rounded_once(float a, float b, float c) { return (float)((double)a * b + c); }
static double widened_after(float a, float b) { return (double)(a + b); }
static double widened_before(float a, float b) { return (double)a + (double)b; }
static float constant_double(float a) { return (float)(a * 0.1); }
static float constant_float(float a) { return a * 0.1f; }
static float divide_double(float a, float b) { return (float)((double)a / (double)b); }
static float divide_float(float a, float b) { return a / b; }
static float root_double(float a) { return (float)sqrt((double)a); }
static float root_float(float a) { return sqrtf(a); }
static double narrowed_argument(double a) { return rounded_each((float)a, 3.0f, 0.25f); }
static double narrow_and_widen(double a) { return (double)(float)a; }
static float twice_narrowed(double a) { return (float)(double)(float)(a * 1.0000001); }

static __attribute__((noinline)) unsigned equalities(float a, float b, double c) {
  unsigned result = 0;
  if (a == c) result |= 1;
  if (a == (float)c) result |= 2;
  if (a * b == (double)a * b) result |= 4;
  if ((float)(a * c) == a * (float)c) result |= 8;
  if (a + b - b == a) result |= 16;
  if ((float)(c + b) - b == a) result |= 32;
  if (a / 3 * 3 == a) result |= 64;
  if ((double)a / 3 * 3 == a) result |= 128;
  if (a > c || a < c) result |= 256;
  if (divide_double(a, b) == divide_float(a, b)) result |= 512;
  if (root_double(a) == root_float(a)) result |= 1024;
  if (constant_double(a) == constant_float(a)) result |= 2048;
  if (-a * b == -(a * b)) result |= 4096;
  if (truncf(a * 100) == a * 100) result |= 8192;
  return result;
}

struct sample {
  float x;
  double y;
  float tail[3];
};

/// The value goes through memory of the narrow type in the middle of each round.
double through_memory(struct sample *s, int rounds) {
  double sum = 0;
  for (int i = 0; i < rounds; ++i) {
    s->y = s->y * 1.1 + 0.7;
    s->x = (float)s->y;
    s->tail[i % 3] = s->x * s->x;
    sum += s->y - s->x + s->tail[(i + 1) % 3];
    s->y = s->x;
  }
  return sum;
}

static float float_accumulator(const float *v, int n) {
  float sum = 0;
  for (int i = 0; i < n; ++i) sum += v[i] * v[i];
  return sum;
}
static float double_accumulator(const float *v, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += (double)v[i] * v[i];
  return (float)sum;
}
static float mixed_accumulator(const float *v, int n) {
  float sum = 0;
  for (int i = 0; i < n; ++i) sum = (float)(sum + (double)v[i] * v[i]);
  return sum;
}

/// Stops when a float does not grow any more, long before a double would.
static int until_stuck(float start, float step) {
  int rounds = 0;
  float x = start, before;
  do before = x, x += step, step *= 0.75f;
  while (x != before && ++rounds < 200);
  double y = start;
  int others = 0;
  for (double s = step; y + s != y && others < 300; s *= 0.75) ++others;
  return rounds * 1000 + others;
}

static __attribute__((noinline)) float chaos(float r, int rounds, int wide) {
  float x = 0.3f;
  double y = 0.3f;
  for (int i = 0; i < rounds; ++i) {
    x = r * x * (1.0f - x);
    y = r * y * (1.0 - y);
  }
  return wide ? (float)y : x;
}

static float integer_scale(int32_t n, float scale) { return n * scale + (float)n / 3 + (float)(n / 3.0); }

int main(void) {
  volatile float one = 1;
  float v[60];
  for (int i = 0; i < 60; ++i) v[i] = (float)(i * i + 1) / 7 * one * (i % 9 == 8 ? 1e-20f : i % 7 == 6 ? 1e15f : 1);
  for (int i = 0; i < 60; ++i) {
    float a = v[i], b = v[(i * 7 + 3) % 60], c = v[(i * 11 + 5) % 60];
    mix_float(rounded_each(a, b, -c)), mix_float(rounded_once(a, b, -c)), mix_double(widened_after(a, c)),
        mix_double(widened_before(a, c));
    mix_float(constant_double(a)), mix_float(constant_float(a)), mix_float(divide_float(a, b)),
        mix_float(divide_double(b, a));
    mix_float(root_double(a)), mix_float(root_float(b)), mix_double(narrowed_argument(a / 3.0)),
        mix_double(narrow_and_widen(b / 9.0));
    mix_float(twice_narrowed(c)), mix(equalities(a, b, a)), mix(equalities(a, c, a * 1.00000001)),
        mix(equalities(one, b, 0.1));
    struct sample s = {a, b, {1, 2, 3}};
    mix_double(through_memory(&s, i)), mix_double(s.y), mix_float(s.tail[1]);
    mix_float(float_accumulator(v, i)), mix_float(double_accumulator(v, i)), mix_float(mixed_accumulator(v, i));
    mix((uint64_t)until_stuck(a, b)), mix_float(chaos(3.5f + (float)i / 120 * one, i, i & 1));
    mix_float(integer_scale(opaque_int(i * 1234567), 0.3f)), mix_float(a == b ? 0 : fmaf(a, b, 0.5f));
  }
  return report();
}
