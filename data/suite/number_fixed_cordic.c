// Fixed-point numbers with 16 bits behind the point: products and quotients with rounding, square roots,
// exponentials by table, and rotations by CORDIC, whose every step depends on the sign of what is left and on
// arithmetic right shifts.
#include "checksum.h"

typedef int32_t fixed;
enum { one = 65536 };

static fixed multiply(fixed a, fixed b) { return (fixed)(((int64_t)a * b + 0x8000) >> 16); }
static fixed multiply_truncating(fixed a, fixed b) { return (fixed)((int64_t)a * b / one); }
static __attribute__((noinline)) fixed divide(fixed a, fixed b) {
  int64_t top = (int64_t)a * one;
  return (fixed)((top + ((top < 0) == (b < 0) ? b / 2 : -(b / 2))) / b);
}
static fixed saturate(int64_t v) { return (fixed)(v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : v); }
/// A product by 16-bit parts, without any 64-bit number.
fixed multiply_parts(fixed a, fixed b) {
  int32_t high_a = a >> 16, high_b = b >> 16;
  uint32_t low_a = (uint32_t)a & 0xffff, low_b = (uint32_t)b & 0xffff;
  uint32_t sum = (uint32_t)(high_a * high_b) << 16;
  sum += (uint32_t)high_a * low_b + (uint32_t)high_b * low_a;
  return (fixed)(sum + (low_a * low_b >> 16));
}
static fixed square_root(fixed v) {
  uint64_t n = (uint64_t)v << 16, root = 0;
  for (uint64_t bit = (uint64_t)1 << 46; bit; bit >>= 2) {
    if (n >= root + bit) n -= root + bit, root = root / 2 + bit;
    else root /= 2;
  }
  return (fixed)root;
}

static const fixed angles[16] = {51472, 30386, 16055, 8150, 4091, 2047, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2};

/// Turns the vector (1, 0) by an angle between -pi/2 and pi/2.
static __attribute__((noinline)) void rotate(fixed angle, fixed *cosine, fixed *sine) {
  int32_t x = 39797, y = 0, left = angle;
  for (int i = 0; i < 16; ++i) {
    int32_t dx = y >> i, dy = x >> i;
    if (left >= 0) x -= dx, y += dy, left -= angles[i];
    else x += dx, y -= dy, left += angles[i];
  }
  *cosine = x, *sine = y;
}
static void sine_cosine(fixed angle, fixed *cosine, fixed *sine) {
  const fixed pi = 205887;
  angle %= 2 * pi;
  if (angle > pi) angle -= 2 * pi;
  if (angle < -pi) angle += 2 * pi;
  int turned = 0;
  if (angle > pi / 2) angle -= pi, turned = 1;
  else if (angle < -pi / 2) angle += pi, turned = 1;
  rotate(angle, cosine, sine);
  if (turned) *cosine = -*cosine, *sine = -*sine;
}
static fixed arctangent(fixed y, fixed x, fixed *length) {
  fixed angle = 0;
  if (x < 0) {
    angle = y < 0 ? -205887 : 205887;
    x = -x, y = -y;
  }
  for (int i = 0; i < 16; ++i) {
    fixed dx = y >> i, dy = x >> i;
    if (y > 0) x += dx, y -= dy, angle += angles[i];
    else x -= dx, y += dy, angle -= angles[i];
  }
  *length = multiply(x, 39797);
  return angle;
}

/// 2^v by a product of table entries for the bits of the fraction, and the logarithm by the same table.
static const uint32_t powers[16] = {92682, 77936, 71468, 68438, 66971, 66250, 65892, 65714,
                                    65625, 65580, 65558, 65547, 65542, 65539, 65537, 65537};
static uint32_t exponential(fixed v) {
  uint64_t result = one;
  for (int i = 0; i < 16; ++i)
    if (v >> (15 - i) & 1) result = result * powers[i] >> 16;
  int whole = v >> 16;
  return whole > 14    ? UINT32_MAX
         : whole >= 0  ? (uint32_t)(result << whole)
         : whole < -31 ? 0
                       : (uint32_t)(result >> -whole);
}
static fixed logarithm(uint32_t v) {
  if (v == 0) return INT32_MIN;
  int whole = 15 - __builtin_clz(v);
  uint32_t m = whole >= 0 ? v >> whole : v << -whole;
  fixed result = whole * one;
  for (int i = 0; i < 16; ++i) {  // squaring gives one bit of the logarithm each time
    uint64_t square = (uint64_t)m * m >> 16;
    if (square >= 2 * one) square >>= 1, result += 0x8000 >> i;
    m = (uint32_t)square;
  }
  return result;
}

struct filter {
  fixed b0, b1, a1, before_in, before_out;
  int32_t error;
};

static fixed filter_step(struct filter *f, fixed in) {
  int64_t sum = (int64_t)f->b0 * in + (int64_t)f->b1 * f->before_in - (int64_t)f->a1 * f->before_out + f->error;
  fixed out = saturate(sum >> 16);
  f->error = (int32_t)(sum & 0xffff);
  f->before_in = in, f->before_out = out;
  return out;
}

int main(void) {
  static const fixed values[] = {0,        1,       -1,         one,         -one,         one / 3, -one / 7,
                                 12345678, -987654, 0x7fff0000, 5 * one + 1, -3 * one / 2, 40000};
  fixed c, s, length;
  for (int i = 0; i < 13; ++i)
    for (int j = 0; j < 13; ++j) {
      fixed a = opaque_int(values[i]), b = values[j];
      if ((int64_t)a * b >> 16 == (fixed)((int64_t)a * b >> 16) && (a >> 16) * (int64_t)(b >> 16) < 30000 &&
          (a >> 16) * (int64_t)(b >> 16) > -30000)
        mix(multiply(a, b)), mix(multiply_parts(a, b) - multiply_truncating(a, b));
      if (b && (int64_t)a * one / b < 2000000000 && (int64_t)a * one / b > -2000000000) mix(divide(a, b));
      if (a >= 0) mix(square_root(a));
      mix(arctangent(b >> 2, a >> 2, &length)), mix(length);
    }
  for (fixed angle = -1000000; angle < 1000000; angle += 7919) sine_cosine(opaque_int(angle), &c, &s), mix(c), mix(s);
  for (fixed v = -40 * one; v < 16 * one; v += 20011) mix(exponential(opaque_int(v)));
  for (uint64_t v = opaque(1); v < 3000000000u; v = v * 5 / 4 + 1) mix(logarithm((uint32_t)v));
  struct filter filter = {20000, -7000, -60000, 0, 0, 0};
  for (int i = 0; i < 500; ++i) mix(filter_step(&filter, i % 60 < 30 ? opaque_int(i * 900000) : -i * 1200000));
  return report();
}
