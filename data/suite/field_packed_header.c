// Packets with packed structures and bit-fields in odd places: headers are written field by field into a byte buffer,
// read back at odd addresses, compared with the bytes built by shifts, and their lengths and sums are checked.
#include "checksum.h"

struct __attribute__((packed)) header {
  uint8_t version : 4;
  uint8_t words : 4;
  uint16_t length;
  uint32_t sequence : 24;
  uint32_t flags : 5;
  int32_t priority : 3;
  int64_t stamp : 47;
  uint64_t last : 1;
  uint8_t tail[3];
  uint32_t sum;
};

struct __attribute__((packed, aligned(2))) pair {
  uint8_t tag;
  int32_t value;
  int16_t rest;
};

_Static_assert(sizeof(struct header) == 20, "the header is packed");
_Static_assert(sizeof(struct pair) == 8, "the pair is packed and rounded up to an even size");

static uint32_t sum_bytes(const uint8_t *bytes, int count) {
  uint32_t low = 1, high = 0;
  for (int i = 0; i < count; ++i) {
    low = (low + bytes[i]) % 65519;
    high = (high + low) % 65519;
  }
  return high << 16 | low;
}

static __attribute__((noinline)) void build(struct header *h, uint32_t sequence, int priority, int64_t stamp) {
  memset(h, 0xff, sizeof *h);
  h->version = 3;
  h->words = sequence;
  h->length = (uint16_t)(sequence * 5);
  h->sequence = sequence;
  h->flags = sequence >> 3;
  h->priority = priority;
  h->stamp = stamp;
  h->last = sequence % 3 == 0;
  for (int i = 0; i < 3; ++i) h->tail[i] = (uint8_t)(h->sequence >> 8 * i);
  h->sum = 0;
  h->sum = sum_bytes((const uint8_t *)h, sizeof *h);
}

/// The same header made of shifts only; x86-64 places the fields from the lowest bit on.
void build_by_shifts(uint8_t *bytes, uint32_t sequence, int priority, int64_t stamp) {
  uint64_t word;
  bytes[0] = (uint8_t)(3 | (sequence & 15) << 4);
  uint16_t length = (uint16_t)(sequence * 5);
  bytes[1] = (uint8_t)length, bytes[2] = (uint8_t)(length >> 8);
  word = (sequence & 0xffffff) | (uint64_t)(sequence >> 3 & 31) << 24 | (uint64_t)(priority & 7) << 29;
  for (int i = 0; i < 4; ++i) bytes[3 + i] = (uint8_t)(word >> 8 * i);
  word = ((uint64_t)stamp & 0x7fffffffffff) | (uint64_t)(sequence % 3 == 0) << 47;
  for (int i = 0; i < 6; ++i) bytes[7 + i] = (uint8_t)(word >> 8 * i);
  for (int i = 0; i < 3; ++i) bytes[13 + i] = (uint8_t)((sequence & 0xffffff) >> 8 * i);
  memset(bytes + 16, 0, 4);
  uint32_t sum = sum_bytes(bytes, 20);
  memcpy(bytes + 16, &sum, 4);
}

enum verdict { good, bad_version, bad_sum, too_short };

static enum verdict check(const uint8_t *bytes, int available, int64_t *result) {
  struct header h;
  if (available < (int)sizeof h) return too_short;
  memcpy(&h, bytes, sizeof h);
  if (h.version != 3) return bad_version;
  uint32_t sum = h.sum;
  h.sum = 0;
  if (sum_bytes((const uint8_t *)&h, sizeof h) != sum) return bad_sum;
  *result = h.stamp * (h.last ? -1 : 1) + h.priority * 1000 + h.sequence;
  return good;
}

/// Members of a packed structure may lie at any address.
static __attribute__((noinline)) int64_t pairs(struct pair *list, int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) {
    if (list[i].tag & 1) list[i].value -= list[i].rest, list[i].rest = (int16_t)(list[i].rest / 2);
    else if (list[i].tag & 2) list[i].value = (int32_t)((uint32_t)list[i].value << 3), ++list[i].tag;
    if (i && list[i].value == list[i - 1].value) list[i - 1].tag |= 0x80;
    sum += (int64_t)list[i].value * list[i].rest + list[i].tag;
  }
  return sum;
}

int main(void) {
  uint8_t buffer[20 * 8 + 8], expected[20];
  for (uint32_t round = 0; round < 40; ++round) {
    int at = (int)(round % 7);
    for (uint32_t i = 0; i < 8; ++i, at += 20) {
      struct header h;
      uint32_t sequence = (uint32_t)opaque(round * 0x01234567u + i * 3);
      int64_t stamp = (int64_t)(sequence * 0x9e3779b97ull) - ((int64_t)1 << 40);
      build(&h, sequence, (int)i - 4, stamp), build_by_shifts(expected, sequence, (int)i - 4, stamp);
      memcpy(buffer + at, &h, sizeof h);
      mix((uint64_t)(memcmp(&h, expected, sizeof h) == 0) + h.words + h.flags * 16u), mix(h.stamp);
    }
    buffer[(round * 41) % 160] ^= (uint8_t)(round % 3 ? 1u << round % 8 : 0);
    for (int from = (int)(round % 7); from < 170; from += 20) {
      int64_t result = -1;
      mix(check(buffer + from, 168 - from, &result)), mix(result);
    }
  }
  struct pair list[16];
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 16; ++i)
      list[i] = (struct pair){(uint8_t)(i ^ round), opaque_int(i / 3 * 1000 - 999), (int16_t)(500 * i - 4000)};
    mix(pairs(list, round + 5)), mix((uint64_t)(int64_t)list[round].value + list[round / 2].tag);
  }
  return report();
}
