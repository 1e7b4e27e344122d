// Objects of many types that are read and changed through character pointers: such accesses alias everything.
#include <stddef.h>

#include "checksum.h"

struct record {  // without padding
  double total;
  int amount;
  float rate;
  short kind;
  unsigned char tail[6];
};

static __attribute__((noinline)) int poke_int(int *value, unsigned char *byte, unsigned char put) {
  *value = 0x01020304;
  *byte = put;
  return *value;
}

static __attribute__((noinline)) float poke_float(float *value, unsigned char *byte) {
  float before = *value;
  *byte ^= 0x80;
  return *value - before;
}

// Aligned so that the lowest byte of an address within is its offset.
static _Alignas(256) struct {
  char *next;
  char gap[8];
  char room[240];
} page;

// The pointer itself may be among the bytes that are written.
static __attribute__((noinline)) int copy_bytes(char **where, const char *from, int count) {
  int written = 0;
  for (int i = 0; i < count; ++i) {
    (*where)[i] = from[i];
    ++written;
  }
  return written;
}

void reverse_bytes(void *object, size_t size) {
  unsigned char *low = object, *high = low + size;
  while (low < high && low < --high) {
    unsigned char kept = *low;
    *low++ = *high;
    *high = kept;
  }
}

static unsigned byte_sum(const void *object, size_t size) {
  unsigned sum = 0;
  for (const unsigned char *at = object, *end = at + size; at != end; ++at) sum = sum * 31 + *at;
  return sum;
}

static __attribute__((noinline)) long long bump_low_byte(long long *counter, int rounds) {
  signed char *low = (signed char *)counter;
  for (int i = 0; i < rounds; ++i) {
    *counter += 100;
    *low = (signed char)(*low / 2);
  }
  return *counter;
}

static __attribute__((noinline)) void clear_fields(struct record *r, int mask) {
  static const struct { size_t offset, size; } fields[] = {
      {offsetof(struct record, kind), sizeof r->kind},   {offsetof(struct record, amount), sizeof r->amount},
      {offsetof(struct record, rate), sizeof r->rate},   {offsetof(struct record, total), sizeof r->total},
      {offsetof(struct record, tail), sizeof r->tail},
  };
  for (int f = 0; f < 5; ++f)
    if (mask >> f & 1)
      for (size_t i = 0; i < fields[f].size; ++i) ((char *)r)[fields[f].offset + i] = 0;
}

int main(void) {
  int value = 0;
  unsigned char apart = 0;
  for (int i = 0; i < 4; ++i) mix((uint64_t)poke_int(&value, (unsigned char *)&value + opaque_int(i), 0x7f));
  mix((uint64_t)poke_int(&value, &apart, 9));
  mix(apart);

  float rate = 1.5f, other = 2.5f;
  mix_float(poke_float(&rate, (unsigned char *)&rate + opaque_int(3)));
  mix_float(poke_float(&rate, (unsigned char *)&other + opaque_int(3)));
  mix_float(rate);
  mix_float(other);

  char first[12] = "aaaaaaaaaaa", second[12] = "bbbbbbbbbbb", *target = opaque(0) ? second : first;
  mix((uint64_t)copy_bytes(&target, second, opaque_int(7)));
  for (int start = 0; start < 200; start += 33) {
    for (int i = 0; i < 240; ++i) page.room[i] = '.';
    page.next = (char *)&page.next;
    char from[6] = {(char)opaque_int(start + 16), 'v', 'w', 'x', 'y', 'z'};  // the first byte moves `next` itself
    mix((uint64_t)copy_bytes(&page.next, from, opaque_int(6)));
    mix((uint64_t)(page.next - page.room));
    for (int i = 0; i < 240; ++i) mix((unsigned char)page.room[i]);
  }
  mix_text(first);
  mix_text(second);

  for (int mask = 0; mask < 32; ++mask) {
    struct record r;
    memset(&r, 0, sizeof r);
    r.kind = (short)opaque_int(-3 - mask);
    r.amount = opaque_int(77);
    r.rate = (float)opaque_int(3) / 4;
    r.total = r.rate * r.amount;
    memcpy(r.tail, "tails", 6);
    clear_fields(&r, opaque_int(mask));
    mix((uint64_t)r.kind);
    mix((uint64_t)r.amount);
    mix_float(r.rate);
    mix_double(r.total);
    mix(byte_sum(&r, sizeof r));
    reverse_bytes(&r.amount, sizeof r.amount);
    reverse_bytes(r.tail, (size_t)opaque_int(mask % 6));
    mix((uint64_t)r.amount);
    mix(byte_sum(r.tail, sizeof r.tail));
  }
  for (int rounds = 0; rounds < 9; rounds += 2) {
    long long counter = (long long)opaque(0x123456789a);
    mix((uint64_t)bump_low_byte(&counter, rounds));
  }
  return report();
}
