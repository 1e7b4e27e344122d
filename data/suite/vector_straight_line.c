// Straight-line code over four or eight neighbours that may be packed into vectors: equal operations, alternating
// ones, reversed and repeated operands, lanes that need each other, mixed widths, and stores that are out of
// order.
#include "checksum.h"

struct quad {
  int32_t v[4];
};
struct quaternion {
  float w, x, y, z;
};

static void add_alternating(int32_t *to, const int32_t *a, const int32_t *b) {
  to[0] = a[0] + b[0];
  to[1] = a[1] - b[1];
  to[2] = a[2] + b[2];
  to[3] = a[3] - b[3];
}
static __attribute__((noinline)) void reversed_loads(uint32_t *to, const uint32_t *a) {
  to[0] = a[3] * 3 + a[0];
  to[1] = a[2] * 5 + a[1];
  to[2] = a[1] * 7 + a[2];
  to[3] = a[0] * 9 + a[3];
}
static void stores_out_of_order(uint32_t *to, uint32_t x, uint32_t y) {
  to[2] = x ^ y;
  to[0] = x + y;
  to[3] = x * y;
  to[1] = x - y;
  to[0] ^= to[3] >> 5;
}
/// The second half needs results of the first half; `to` and `a` may be the same.
void dependent_lanes(int64_t *to, const int64_t *a) {
  to[0] = a[0] * 2 + 1;
  to[1] = a[1] * 2 + to[0];
  to[2] = a[2] * 2 + 1;
  to[3] = a[3] * 2 + to[2];
}
static void different_constants(uint8_t *p) {
  p[0] = (uint8_t)(p[0] + 1), p[1] = (uint8_t)(p[1] + 2), p[2] = (uint8_t)(p[2] + 4), p[3] = (uint8_t)(p[3] + 8);
  p[4] = (uint8_t)(p[4] + 16), p[5] = (uint8_t)(p[5] + 32), p[6] = (uint8_t)(p[6] - 64), p[7] = (uint8_t)(p[7] + 128);
}
static void shifts_by_lane(uint32_t *p, const uint8_t *by) {
  p[0] = p[0] << (by[0] & 31), p[1] = p[1] << (by[1] & 31), p[2] = p[2] >> (by[2] & 31),
  p[3] = (uint32_t)((int32_t)p[3] >> (by[3] & 31));
}
static void compare_and_choose(int16_t *to, const int16_t *a, const int16_t *b) {
  to[0] = a[0] < b[0] ? a[0] : b[0], to[1] = a[1] < b[1] ? a[1] : b[1];
  to[2] = a[2] > b[2] ? a[2] : b[2], to[3] = a[3] > b[3] ? a[3] : b[3];
  to[4] = a[4] == b[4] ? 1 : 0, to[5] = a[5] != b[5] ? a[5] : -1;
  to[6] = a[6] < 0 ? (int16_t)-a[6] : a[6], to[7] = (int16_t)(a[7] < b[0] ? a[7] : b[0]);
}
static int32_t horizontal(const int32_t *v) {
  return (v[0] + v[1]) * 2 + (v[2] + v[3]) * 2 + ((v[4] ^ v[5]) & (v[6] ^ v[7]));
}
static int32_t dot8(const int8_t *a, const uint8_t *b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3] + a[4] * b[4] + a[5] * b[5] + a[6] * b[6] + a[7] * b[7];
}
static __attribute__((noinline)) struct quad widen_and_scale(const int16_t *a, const uint8_t *b, int32_t scale) {
  return (struct quad){{a[0] * scale + b[0], a[1] * scale + b[1], a[2] * scale + b[2], a[3] * scale + b[3]}};
}

/// Float lanes: the order of the sums inside each lane is fixed.
static struct quaternion multiply(struct quaternion a, struct quaternion b) {
  return (struct quaternion){
      a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}
void normalise(struct quaternion *q) {
  float square = (q->w * q->w + q->x * q->x) + (q->y * q->y + q->z * q->z);
  q->w /= square, q->x /= square, q->y /= square, q->z /= square;
}
static double four_sums(const double *a, const double *b) {
  double s0 = a[0] * b[0] + 1, s1 = a[1] * b[1] - 2, s2 = a[2] * b[2] + 3, s3 = a[3] * b[3] - 4;
  return ((s0 - s1) + s2) - s3 / (s0 + s2);
}

/// A butterfly that is written in place, with temporaries that live across stores.
static __attribute__((noinline)) void butterfly(int32_t *p, int distance) {
  int32_t a = p[0], b = p[distance], c = p[2 * distance], d = p[3 * distance];
  int32_t s = a + c, t = a - c, u = b + d, w = b - d;
  p[0] = s + u;
  p[2 * distance] = s - u;
  p[distance] = t + w;
  p[3 * distance] = t - w;
}

int main(void) {
  int32_t ints[32];
  uint32_t words[16];
  int64_t longs[8];
  uint8_t bytes[16];
  int16_t shorts[24];
  double reals[8];
  struct quaternion q = {1, 0.5f, -0.25f, 2}, r = {0.7f, -0.1f, 0.2f, 0.3f};
  for (int i = 0; i < 32; ++i)
    ints[i] = (opaque_int(i * 7919) & 4095) - 2000, words[i % 16] = (uint32_t)ints[i] * 65599u;
  for (int i = 0; i < 24; ++i)
    shorts[i] = (int16_t)(ints[i] * 13 % 30000), bytes[i % 16] = (uint8_t)ints[i], longs[i % 8] = ints[i],
    reals[i % 8] = ints[i] / 64.0;
  for (int round = 0; round < 80; ++round) {
    int at = round % 5;
    add_alternating(ints + at, ints + 8, ints + at * 2 + round % 3), add_alternating(ints + 12, ints + 11, ints + 20);
    reversed_loads(words + 4, words + at), reversed_loads(words + at, words + at + round % 2);
    stores_out_of_order(words + at * 2, words[round % 16], (uint32_t)round);
    dependent_lanes(longs + at % 4, longs + round % 3);
    for (int i = 0; i < 8; ++i) longs[i] %= 1000003;
    different_constants(bytes + at), shifts_by_lane(words + 8, bytes + at);
    compare_and_choose(shorts + at, shorts + 8, shorts + 16 - at), compare_and_choose(shorts + 16, shorts + 1, shorts);
    for (int i = 0; i < 32; ++i) ints[i] = ints[i] % 4096 + (int32_t)(words[i % 16] & 15);
    mix(horizontal(ints + at)), mix(dot8((const int8_t *)bytes, bytes + 8));
    struct quad wide = widen_and_scale(shorts + at, bytes + 3, round - 40);
    butterfly(ints + at, 1 + round % 7), butterfly(wide.v, 1);
    q = multiply(q, r), normalise(&q);
    if (round % 9 == 0) r = multiply(r, q), normalise(&r);
    mix_double(four_sums(reals, reals + round % 5)), reals[round % 8] -= 0.125 * round;
    mix_float(q.w), mix_float(q.x), mix_float(r.y), mix_float(q.z);
    for (int i = 0; i < 4; ++i)
      mix((uint64_t)(int64_t)wide.v[i] ^ words[(i + round) % 16]),
          mix((uint64_t)longs[i + 2] + (uint64_t)(int64_t)shorts[(i * 5 + round) % 24] + bytes[i + round % 8]);
  }
  for (int i = 0; i < 32; ++i) mix(ints[i]);
  return report();
}
