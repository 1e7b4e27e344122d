// Accesses whose types decide what may alias, all within the language's rules: members of structures, a common initial part in a
// union, storage that is used again with another type, int beside float arrays, and copies of representations.
#include <stdlib.h>

#include "checksum.h"

struct head { int tag; int size; };
struct circle { int tag; int size; float radius; };
struct box { int tag; int size; double sides[2]; };
union shape { struct head head; struct circle circle; struct box box; };

struct outer { int before; struct head inner; int after; };

static __attribute__((noinline)) int relabel(union shape *shapes, int i, int j) {
  shapes[i].circle.tag = 10 + i;
  shapes[j].box.tag = 20 + j;  // the same member when i == j
  return shapes[i].circle.tag * 100 + shapes[j].head.tag;
}

// An int pointer may point to any int member of any structure.
static __attribute__((noinline)) int through_int(struct outer *o, int *p) {
  o->inner.size = 1;
  *p = 2;
  o->after = 3;
  *p += 4;
  return o->before * 1000 + o->inner.tag * 100 + o->inner.size * 10 + o->after;
}

static __attribute__((noinline)) int through_head(struct outer *o, struct head *h) {
  o->inner = (struct head){5, 6};
  h->tag += 2;
  h->size *= 3;
  *h = (struct head){h->size, h->tag};
  return o->inner.tag * 100 + o->inner.size;
}

// Cannot overlap, so the loads may be moved; but the counts of both kinds share one structure.
struct series { int count; float *values; int *keys; };

void extend(struct series *s, int key, float value) {
  s->values[s->count] = value;
  s->keys[s->count] = key;
  s->count += 1;
  for (int i = s->count - 1; i > 0 && s->keys[i] < s->keys[i - 1]; --i) {
    int key_there = s->keys[i];
    float value_there = s->values[i];
    s->keys[i] = s->keys[i - 1];
    s->values[i] = s->values[i - 1];
    s->keys[i - 1] = key_there;
    s->values[i - 1] = value_there;
  }
}

// Heap storage takes the type of what was last stored in it.
static __attribute__((noinline)) double recycle(void *storage, int rounds) {
  double sum = 0;
  for (int r = 0; r < rounds; ++r) {
    int *ints = storage;
    for (int i = 0; i < 8; ++i) ints[i] = i * r - 3;
    for (int i = 0; i < 8; ++i) sum += ints[i];
    float *floats = storage;
    for (int i = 7; i >= 0; --i) floats[i] = (float)sum + (float)i;
    sum += floats[r % 8];
    long long *wide = storage;
    for (int i = 0; i < 4; ++i) wide[i] = r + 1000LL * i;
    sum += (double)wide[r % 4];
  }
  return sum;
}

static inline uint32_t bits_of(float value) {
  union { float f; uint32_t u; } pun = {.f = value};
  return pun.u;
}

static inline float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static __attribute__((noinline)) float halve_by_bits(float *values, int count) {
  float sum = 0;
  for (int i = 0; i < count; ++i) {
    uint32_t bits = bits_of(values[i]);
    if (bits & 0x7f800000u) values[i] = from_bits(bits - 0x00800000u);
    sum += values[i];
  }
  return sum;
}

int main(void) {
  union shape shapes[4];
  memset(shapes, 0, sizeof shapes);
  for (int code = 0; code < 16; ++code) mix((uint64_t)relabel(shapes, opaque_int(code) % 4, opaque_int(code) / 4));
  for (int which = 0; which < 5; ++which) {
    struct outer o = {opaque_int(7), {opaque_int(8), opaque_int(9)}, 4};
    struct head other = {1, 2};
    int apart = 0;
    int *places[] = {&o.before, &o.inner.tag, &o.inner.size, &o.after, &apart};
    mix((uint64_t)through_int(&o, places[opaque_int(which)]));
    mix((uint64_t)through_head(&o, opaque_int(which) & 1 ? &other : &o.inner));
    mix((uint64_t)(other.tag * 10 + other.size + apart));
  }
  float values[24];
  int keys[24];
  struct series s = {opaque_int(0), values, keys};
  for (int i = 0; i < 24; ++i) extend(&s, opaque_int(i * 11 % 19), (float)i / 2);
  for (int i = 0; i < 24; ++i) mix((uint64_t)keys[i]), mix_float(values[i]);
  for (int count = 0; count <= 24; count += 6) mix_float(halve_by_bits(values, opaque_int(count)));
  void *storage = malloc(32);
  if (!storage) return 3;
  for (int rounds = 0; rounds < 12; ++rounds) mix_double(recycle(storage, opaque_int(rounds)));
  free(storage);
  return report();
}
