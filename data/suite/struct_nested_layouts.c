// Nested, packed, over-aligned and bit-field layouts: members written through one view and read through another, arrays of
// structures in structures, whole-structure copies between differently aligned places, offsets.
#include <stddef.h>

#include "checksum.h"

struct leaf { unsigned char kind; unsigned short value; };
struct branch { struct leaf leaves[3]; char name[5]; struct leaf extra; };
struct tree { int count; struct branch branches[4]; unsigned char end; };
struct __attribute__((packed)) wire { unsigned char version; unsigned length; struct __attribute__((packed)) { short x; long long y; } body[2]; unsigned char crc; };
struct __attribute__((packed, aligned(2))) half_packed { char c; int i; char d; };
struct flags { unsigned low : 3; signed delta : 6; unsigned : 0; unsigned high : 30; unsigned top : 2; unsigned char whole; };
struct aligned_block { char c; _Alignas(32) int values[3]; char d; };
union view { struct wire wire; unsigned char bytes[sizeof(struct wire)]; };

static struct tree forest[2];

static __attribute__((noinline)) void plant(struct tree *t, int seed) {
  t->count = seed % 5;
  for (int b = 0; b < t->count; ++b) {
    struct branch *branch = &t->branches[b];
    for (int l = 0; l < 3; ++l) branch->leaves[l] = (struct leaf){(unsigned char)(seed + l), (unsigned short)(seed * b + l)};
    for (int i = 0; i < 5; ++i) branch->name[i] = (char)('a' + (seed * 3 + i * b) % 26);
    branch->extra = branch->leaves[seed % 3];
    branch->extra.value ^= 0x0f0f;
  }
  t->end = (unsigned char)(t->count * 9);
}

static unsigned walk(const struct tree *t) {
  unsigned sum = t->end;
  for (const struct branch *b = t->branches; b != t->branches + t->count; ++b) {
    for (const struct leaf *l = b->leaves; l < b->leaves + 3; ++l) sum = sum * 3 + l->kind * 256 + l->value;
    for (int i = 0; i < 5; ++i) sum = sum * 7 + (unsigned char)b->name[i];
    sum += b->extra.value;
  }
  return sum;
}

static __attribute__((noinline)) unsigned char check(const union view *v) {
  unsigned char crc = 0;
  for (size_t i = 0; i + 1 < sizeof v->bytes; ++i) crc = (unsigned char)((crc << 1 | crc >> 7) ^ v->bytes[i]);
  return crc;
}

static __attribute__((noinline)) void fill_wire(struct wire *w, int seed) {
  w->version = (unsigned char)seed;
  w->length = 0x01020304u * (unsigned)seed;
  for (int i = 0; i < 2; ++i) {
    w->body[i].x = (short)(seed * (i + 1) - 40);
    w->body[i].y = w->body[i].x * 1234567890123LL;
  }
}

// The places are at odd distances, so each copy has another alignment.
static __attribute__((noinline)) long long shuffle_wires(unsigned char *area, int count) {
  long long sum = 0;
  for (int i = 0; i < count; ++i) {
    struct wire w;
    memcpy(&w, area + i * 3, sizeof w);
    w.length += (unsigned)i;
    w.body[i & 1].y ^= w.length;
    sum += w.body[1].y >> 20;
    memcpy(area + i * 3 + 1, &w, sizeof w);
  }
  return sum;
}

static unsigned bit_fields(struct flags *f, int rounds) {
  unsigned sum = 0;
  for (int i = 0; i < rounds; ++i) {
    f->low = (unsigned)i;
    f->delta = (f->delta + 7) % 32 - 3;
    f->high += f->low + 0x10000000u;
    f->top ^= f->high >> 29;
    f->whole = (unsigned char)(f->whole + f->top);
    sum = sum * 5 + f->low + (unsigned)f->delta + f->high + f->top + f->whole;
  }
  return sum;
}

static __attribute__((noinline)) int sum_aligned(const struct aligned_block *blocks, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum = sum * 2 + blocks[i].values[i % 3] + blocks[i].c - blocks[i].d;
  return sum + ((uintptr_t)blocks % 32 == 0);
}

int main(void) {
  mix(offsetof(struct wire, body[1].y) + 100 * sizeof(struct wire) + 10000 * offsetof(struct tree, branches[2].extra));
  mix(sizeof(struct half_packed) + 100 * _Alignof(struct half_packed) + 10000 * sizeof(struct aligned_block));
  unsigned char area[80];
  for (int i = 0; i < 80; ++i) area[i] = (unsigned char)opaque_int(i * 7);
  struct flags f = {0};
  struct half_packed h[3] = {{1, 2, 3}};
  struct aligned_block blocks[3] = {{0}};
  for (int seed = 0; seed < 12; ++seed) {
    int s = opaque_int(seed);
    plant(&forest[s & 1], s);
    if (s % 4 == 3) forest[0].branches[s % 3] = forest[1].branches[s % 4];
    mix(walk(&forest[0]) + 3 * walk(&forest[1]));
    union view v;
    fill_wire(&v.wire, s);
    v.wire.crc = check(&v);
    mix(v.bytes[sizeof v.bytes - 1]);
    v.bytes[2] ^= 0xff;
    mix(v.wire.length + check(&v));
    mix((uint64_t)shuffle_wires(area, s));
    mix(bit_fields(&f, s));
    h[s % 3].i += s * 1000, h[s % 3].d ^= (char)s, h[(s + 1) % 3] = h[s % 3];
    blocks[s % 3].values[s % 3] = h[2].i, blocks[s % 3].c = h[0].d, blocks[(s + 2) % 3].d = (char)s;
    mix((uint64_t)sum_aligned(blocks, s % 4));
  }
  for (int i = 0; i < 80; ++i) mix(area[i]);
  return report();
}
