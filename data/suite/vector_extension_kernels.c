// Kernels with the compilers' vector extension: lanes of 8 to 64 bits, integers and floats, comparisons as masks,
// selections, shuffles with constant and variable indices, conversions, reductions by halves, and single lanes in
// loops.
#include "checksum.h"

typedef int32_t i4 __attribute__((vector_size(16)));
typedef uint32_t u4 __attribute__((vector_size(16)));
typedef float f4 __attribute__((vector_size(16)));
typedef double d2 __attribute__((vector_size(16)));
typedef int64_t l2 __attribute__((vector_size(16)));
typedef uint8_t b16 __attribute__((vector_size(16)));
typedef int8_t c16 __attribute__((vector_size(16)));
typedef int16_t s8 __attribute__((vector_size(16)));
typedef uint16_t h8 __attribute__((vector_size(16)));

static void mix_vector(i4 v) {
  for (int i = 0; i < 4; ++i) mix(v[i]);
}
static void mix_bytes(b16 v) {
  uint64_t halves[2];
  memcpy(halves, &v, sizeof v);
  mix(halves[0]), mix(halves[1]);
}

static i4 select4(i4 mask, i4 a, i4 b) { return (a & mask) | (b & ~mask); }
static i4 minimum(i4 a, i4 b) { return select4(a < b, a, b); }
static u4 maximum(u4 a, u4 b) {
  u4 greater = (u4)(a > b);
  return (greater & a) | (~greater & b);
}
static __attribute__((noinline)) i4 clamp(i4 v, int low, int high) {
  i4 l = {low, low, low, low}, h = l - low + high;
  v = select4(v < l, l, v);
  return select4(v > h, h, v);
}
static i4 magnitude(i4 v) { return (i4)(((u4)v ^ (u4)(v >> 31)) - (u4)(v >> 31)); }

static u4 hash(u4 v) {
  u4 amounts = {13, 7, 17, 5};
  v ^= v >> 16;
  v *= 0x85ebca6bu;
  v = v << amounts | v >> (32 - amounts);
  return v + (u4){1, 2, 3, 4} * (v & 0xff);
}

#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (__typeof__(a)){__VA_ARGS__})
#endif

static i4 transpose_sums(i4 a, i4 b, i4 c, i4 d) {
  i4 ab0 = SHUFFLE(a, b, 0, 4, 1, 5), ab1 = SHUFFLE(a, b, 2, 6, 3, 7);
  i4 cd0 = SHUFFLE(c, d, 0, 4, 1, 5), cd1 = SHUFFLE(c, d, 2, 6, 3, 7);
  i4 row0 = SHUFFLE(ab0, cd0, 0, 1, 4, 5), row1 = SHUFFLE(ab0, cd0, 2, 3, 6, 7);
  i4 row2 = SHUFFLE(ab1, cd1, 0, 1, 4, 5), row3 = SHUFFLE(ab1, cd1, 2, 3, 6, 7);
  return (row0 - row1) * 3 + (row2 ^ row3);
}

/// The sums of neighbours, after reversal and rotation of the lanes.
int lanes(i4 v, unsigned start) {
  i4 turned = SHUFFLE(v, v, 1, 2, 3, 0), reversed = SHUFFLE(v, v, 3, 2, 1, 0), sums = v + turned * 2 - reversed;
  sums[start & 3] = (int)start;
  int total = 0;
  for (unsigned i = start; i < start + 4; ++i) total = total * 3 + sums[i & 3];
  return total;
}

static __attribute__((noinline)) f4 blend(f4 a, f4 b, float level) {
  f4 t = a * level + b * (1.0f - level), cut = {1.0f, 0.5f, 0.25f, 2.0f};
  i4 over = t > cut;
  f4 result = (f4)(((i4)cut & over) | ((i4)t & ~over));
  return result - t / 8.0f;
}

static d2 rotate(d2 point, d2 turn) {
  d2 crossed = {-point[1], point[0]};
  return point * turn[0] + crossed * turn[1];
}

/// Bytes: wrapping sums, averages without overflow, comparisons of both signs, saturation by masks.
static b16 bytes(b16 a, b16 b) {
  b16 sum = a + b, carried = (b16)(sum < a), average = (a & b) + ((a ^ b) >> 1);
  b16 signed_greater = (b16)((c16)a > (c16)b), greater = (b16)(a > b), shifted = (b16)((c16)a >> 3);
  return (sum | carried) ^ average ^ (signed_greater & 0x11) ^ (greater & 0x44) ^ shifted;
}

static h8 halves(h8 a, s8 b) {
  return (h8)((s8)(a * 7 + (h8)b) >> 2) ^ (h8)(b == (s8)a) ^ (h8)(a << (h8){0, 1, 2, 3, 4, 5, 6, 7});
}

static int64_t any_all(i4 v) {
  l2 mask = (l2)(v > 0);
  return ((mask[0] | mask[1]) != 0) + 2 * ((mask[0] & mask[1]) == -1) + 4 * (mask[0] == mask[1]);
}

int main(void) {
  i4 rows[6];
  for (int i = 0; i < 6; ++i)
    for (int lane = 0; lane < 4; ++lane)
      rows[i][lane] = (int32_t)(opaque((uint64_t)(i * 4 + lane)) * 0x9e3779b9u) / (i + 1);
  f4 floats = {1, -2, 3.5f, 0.1f};
  d2 point = {1, 0}, turn = {0.8, 0.6};
  for (int round = 0; round < 60; ++round) {
    i4 a = rows[round % 6], b = rows[round * 5 % 6 ^ 1] >> round % 9,
       c = select4(a < 0, b, (i4)((u4)a - (uint32_t)round));
    mix_vector(minimum(a, b)), mix_vector((i4)maximum((u4)a, (u4)b)), mix_vector(clamp(b, -1000 * round, 50 * round));
    mix_vector(magnitude(c >> 1)), mix_vector((i4)hash((u4)a + (uint32_t)round));
    mix_vector(transpose_sums(a & 0xffff, b & 0xff, c & 0xfff, a >> 20)), mix(lanes(a >> 8, (unsigned)round));
    floats = blend(floats, __builtin_convertvector(b, f4) / 1e6f, (float)(round % 5) / 4);
    point = rotate(point, turn);
    for (int lane = 0; lane < 4; ++lane) mix_float(floats[lane]);
    mix_double(point[0]), mix_double(point[1]);
    mix_bytes(bytes((b16)a, (b16)b)), mix_bytes((b16)halves((h8)b, (s8)a)), mix(any_all(c)), mix(any_all(a | 1));
    rows[round % 6] = (i4)hash((u4)b) ^ c;
  }
  return report();
}
