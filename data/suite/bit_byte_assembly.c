// Numbers put together from bytes and taken apart into bytes, little and big end first, whole and in part, through
// pointers that may overlap: the loads and stores may be combined only if nothing comes between them.
#include "checksum.h"

static uint32_t little(const uint8_t *p) {
  return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static uint32_t big(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static uint32_t middle_end(const uint8_t *p) {
  return (uint32_t)p[1] << 24 | (uint32_t)p[0] << 16 | (uint32_t)p[3] << 8 | p[2];
}
static uint32_t three(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16; }
static uint32_t gap(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[3] << 24; }
static uint32_t twice(const uint8_t *p) {
  return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[3] << 24;
}
static uint32_t added(const uint8_t *p) {
  return p[0] + ((uint32_t)p[1] << 8) + ((uint32_t)p[2] << 16) + ((uint32_t)p[3] << 23);
}
static int32_t signed_bytes(const int8_t *p) { return p[0] | p[1] * 256 | p[2] * 65536; }
static uint64_t from_halves(const uint16_t *p) {
  return p[0] | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 32 | (uint64_t)p[3] << 48;
}

static __attribute__((noinline)) uint64_t any_length(const uint8_t *p, int length, int big_end) {
  uint64_t value = 0;
  for (int i = 0; i < length; ++i) value |= (uint64_t)p[i] << 8 * (big_end ? length - 1 - i : i);
  return value;
}

static void put_little(uint8_t *p, uint32_t v) {
  p[0] = (uint8_t)v, p[1] = (uint8_t)(v >> 8), p[2] = (uint8_t)(v >> 16), p[3] = (uint8_t)(v >> 24);
}
static void put_big(uint8_t *p, uint64_t v) {
  for (int i = 7; i >= 0; --i, v >>= 8) p[i] = (uint8_t)v;
}
void put_mixed(uint8_t *p, uint32_t v) {
  p[3] = (uint8_t)v;
  p[1] = (uint8_t)(v >> 8);
  p[2] = (uint8_t)(v >> 16);
  p[0] = (uint8_t)(v >> 24);
}

/// A store in the middle of a load, and loads in the middle of stores.
static __attribute__((noinline)) uint32_t interrupted(const uint8_t *from, uint8_t *at, uint8_t value) {
  uint32_t result = from[0] | (uint32_t)from[1] << 8;
  *at = value;
  return result | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}
static __attribute__((noinline)) uint32_t store_around(uint8_t *p, const uint8_t *looked_at, uint32_t v) {
  p[0] = (uint8_t)v;
  p[1] = (uint8_t)(v >> 8);
  uint32_t seen = *looked_at;
  p[2] = (uint8_t)(v >> 16);
  seen |= (uint32_t)*looked_at << 8;
  p[3] = (uint8_t)(v >> 24);
  return seen | (uint32_t)*looked_at << 16;
}

/// Copies through bytes, where source and target may overlap.
static void copy_little(uint8_t *to, const uint8_t *from) {
  to[0] = from[0];
  to[1] = from[1];
  to[2] = from[2];
  to[3] = from[3];
}
static void copy_loaded_first(uint8_t *to, const uint8_t *from) {
  uint8_t a = from[0], b = from[1], c = from[2], d = from[3];
  to[0] = d, to[1] = c, to[2] = b, to[3] = a;
}

/// Parts of fields written one after another: the later store covers some of the earlier one.
static uint64_t layered(uint64_t v, uint32_t w, uint16_t h, uint8_t b, int place) {
  uint8_t bytes[16];
  memset(bytes, 0xa5, sizeof bytes);
  memcpy(bytes + 3, &v, 8);
  memcpy(bytes + 5 + place % 3, &w, 4);
  memcpy(bytes + 1 + place % 5, &h, 2);
  bytes[place % 16] = b;
  uint64_t low, high;
  memcpy(&low, bytes, 8);
  memcpy(&high, bytes + 8, 8);
  return low * 3 + high;
}

struct record {
  uint16_t kind;
  uint32_t length;
  int64_t when;
};

static struct record decode(const uint8_t *p) {
  struct record r = {(uint16_t)(p[0] << 8 | p[1]), big(p + 2), (int64_t)any_length(p + 6, 8, 1)};
  if (r.kind & 0x8000) r.length = little(p + 2), r.when = (int64_t)(little(p + 6) | (uint64_t)little(p + 10) << 32);
  return r;
}

int main(void) {
  uint8_t bytes[64];
  for (int i = 0; i < 64; ++i) bytes[i] = (uint8_t)opaque((uint64_t)(i * 37 + 129));
  for (int round = 0; round < 100; ++round) {
    uint8_t *p = bytes + round % 40, *q = bytes + (round * 7 + round / 9) % 56;
    mix(little(p) | (uint64_t)big(q) << 32), mix(middle_end(p) | (uint64_t)three(q) << 32),
        mix(gap(p) | (uint64_t)twice(q) << 32);
    mix(added(p) ^ (uint64_t)(int64_t)signed_bytes((const int8_t *)q));
    mix(any_length(p, round % 9, round & 1));
    uint16_t halves[5];
    memcpy(halves, p, sizeof halves);
    mix(from_halves(halves) ^ from_halves(halves + 1) << 1);
    mix(interrupted(p, p + round % 6, (uint8_t)round)), mix(store_around(q, q + round % 5, little(p) + 77));
    switch (round % 5) {
    case 0: put_little(q, big(p)); break;
    case 1: put_big(p + 1, any_length(q, 7, 0)); break;
    case 2: put_mixed(p, big(p)); break;
    case 3: copy_little(p + round % 7, p + 3); break;
    default: copy_loaded_first(q + 2, q + round % 4);
    }
    mix(layered(any_length(p, 8, 0), big(q), (uint16_t)round, (uint8_t)(round * 3), round));
    struct record r = decode(p);
    mix(r.kind), mix(r.length), mix(r.when);
  }
  for (int i = 0; i < 64; ++i) mix(bytes[i]);
  return report();
}
