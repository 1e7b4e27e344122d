// Type punning by memcpy: bits of floats and doubles, structures moved through byte buffers at odd places, partial
// and overlapping copies with later reads of another type, memmove, memset followed by typed reads, comparisons.
#include "checksum.h"

static uint32_t float_bits(float f) {
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  return u;
}
static double bits_double(uint64_t u) {
  double d;
  memcpy(&d, &u, sizeof d);
  return d;
}
static uint64_t double_bits(double d) {
  uint64_t u;
  memcpy(&u, &d, sizeof u);
  return u;
}

static double magnitude(double d) { return bits_double(double_bits(d) & INT64_MAX); }
static double with_sign(double d, double sign) {
  return bits_double((double_bits(d) & INT64_MAX) | (double_bits(sign) & (uint64_t)1 << 63));
}
static __attribute__((noinline)) float next_up(float f) {
  uint32_t u = float_bits(f);
  u = u == 0x80000000 ? 1 : u >> 31 ? u - 1 : u + 1;
  memcpy(&f, &u, sizeof f);
  return f;
}
/// A rough inverse square root by integer arithmetic on the bits, made better by two steps.
float inverse_root(float f) {
  uint32_t u = 0x5f200000 + 0x00175000 - (float_bits(f) >> 1);
  float y;
  memcpy(&y, &u, sizeof y);
  y = y * (1.5f - 0.5f * f * y * y);
  return y * (1.5f - 0.5f * f * y * y);
}

struct item {
  uint8_t tag;
  uint32_t number;
  double weight;
  int16_t small[3];
};

static int pack(uint8_t *to, const struct item *item) {
  int at = 0;
  to[at++] = item->tag;
  if (item->tag & 1) memcpy(to + at, &item->number, 4), at += 4;
  if (item->tag & 2) memcpy(to + at, &item->weight, 8), at += 8;
  int count = item->tag >> 2 & 3;
  memcpy(to + at, item->small, (size_t)count * 2);
  return at + count * 2;
}

static __attribute__((noinline)) int unpack(const uint8_t *from, struct item *item) {
  int at = 0;
  memset(item, 0, sizeof *item);
  item->tag = from[at++];
  if (item->tag & 1) memcpy(&item->number, from + at, sizeof item->number), at += 4;
  if (item->tag & 2) memcpy(&item->weight, from + at, sizeof item->weight), at += 8;
  for (int i = 0; i < (item->tag >> 2 & 3); ++i, at += 2) memcpy(&item->small[i], from + at, 2);
  return at;
}

/// One buffer with a changing idea of what is in it.
static uint64_t changing_types(uint64_t seed, int at) {
  uint8_t buffer[24];
  uint64_t sum = 0, word;
  uint32_t half;
  uint16_t quarter;
  memset(buffer, (int)(seed & 0xff), sizeof buffer);
  memcpy(buffer + 4, &seed, 8);
  memcpy(&half, buffer + at, 4), sum += half;
  quarter = (uint16_t)half;
  memcpy(buffer + at + 1, &quarter, 2);
  memcpy(&word, buffer + 4, 8), sum = sum * 5 + word;
  memmove(buffer + 2, buffer + at, 12);
  memcpy(&word, buffer + 8, 8), sum = sum * 5 + word;
  memset(buffer + at, 0, (size_t)(seed >> 60));
  memcpy(&word, buffer, 8), sum = sum * 5 + word;
  memmove(buffer + at, buffer, 14);
  memcpy(&word, buffer + 10, 8), sum = sum * 5 + word;
  memcpy(&half, &word, 4);
  memcpy((uint8_t *)&word + 2, &half, 4);
  return sum * 5 + word;
}

static int compare_memory(const uint8_t *a, const uint8_t *b, size_t count) {
  int order = memcmp(a, b, count);
  int result = (order > 0) - (order < 0);
  result = result * 10 + (memcmp(a, b, 1) == 0) + 2 * (memcmp(a, b + 1, 2) != 0);
  return result * 10 + (memcmp(a, b, 4) < 0) + 2 * (memcmp(a + 1, b + 1, 7) == 0) + 4 * (memcmp(a, b, 8) > 0);
}

int main(void) {
  static const double reals[] = {0.0, -0.0, 1.0, -1.5, 1e-40, 3e38, -7e-320, 1e300, 0.3333};
  volatile double one = 1;
  for (int i = 0; i < 9; ++i) {
    double d = reals[i] * one;
    mix_double(magnitude(d)), mix_double(with_sign(d, reals[(i * 4 + 1) % 9]));
    mix(double_bits(d)), mix(float_bits((float)(i == 7 ? 2 : d)));
    if (i != 7) mix_float(next_up((float)d)), mix_float(next_up(-(float)d));
    mix_float(inverse_root((float)(i * i + one / 7)));
  }
  uint8_t buffer[400], copy[400];
  memset(buffer, 0, sizeof buffer);
  for (int round = 0; round < 10; ++round) {
    int at = round % 3, end;
    for (int i = 0; i < 16; ++i) {
      uint8_t tag = (uint8_t)opaque((uint64_t)(i * round));
      struct item item = {tag, (uint32_t)(i * 0x1234567), i / 3.0 - round, {(int16_t)(i * 999), -1, (int16_t)~i}};
      at += pack(buffer + at, &item);
    }
    end = at;
    memcpy(copy, buffer, sizeof copy);
    for (at = round % 3; at < end;) {
      struct item item;
      at += unpack(buffer + at, &item);
      mix(item.tag), mix(item.number), mix_double(item.weight);
      mix(item.small[0] + item.small[1] * 3 + item.small[2] * 5);
    }
    copy[round * 3] ^= (uint8_t)(round & 1 ? 0x80 : 1);
    for (size_t count = 0; count < 40; count += 3) mix(compare_memory(buffer + round * 2, copy + round * 2, count));
  }
  for (int at = 0; at < 10; ++at)
    for (uint64_t i = 0; i < 8; ++i) mix(changing_types(opaque(i * 0x2fedcba987654321), at));
  return report();
}
