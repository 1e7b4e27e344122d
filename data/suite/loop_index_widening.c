// Narrow loop counters that are widened to addresses and long sums: zero and sign extension, mixed
// signs in comparisons, truncation of wide counters, and tests that wrap at the narrow width.
#include "checksum.h"

static uint8_t ring[256];

// An 8-bit index that wraps around the ring while a 64-bit sum grows.
static __attribute__((noinline)) uint64_t around(uint8_t from, unsigned count) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < count; ++i) sum = sum * 3 + ring[from++];
  return sum + from;
}

// The index is sign-extended: negative places of a centred table.
static int64_t centred(const int16_t *middle, int from, int to) {
  int64_t sum = 0;
  for (int i = from; i < to; ++i) sum += (int64_t)middle[i] * i + (unsigned)i;
  return sum;
}

// A negative number compared as an unsigned one is large.
static unsigned mixed_signs(int from, unsigned limit) {
  unsigned n = 0;
  for (int i = from; (unsigned)i < limit; ++i) n += (unsigned)i * 2 + 1;
  return n;
}

static int mixed_back(unsigned from, int limit) {
  int n = 0;
  while ((int)from > limit) {
    n = n * 2 % 8191 + (int)(from & 0xff);
    from -= 7;
  }
  return n;
}

// A wide counter, truncated for use: every 256 the use begins again.
uint32_t truncated(uint64_t from, uint64_t to) {
  uint32_t hash = 0;
  for (uint64_t i = from; i < to; ++i) hash = hash * 31 + ring[(uint8_t)i] + (uint32_t)(i >> 32) + (uint16_t)i;
  return hash;
}

// The end test is on the truncated counter: the high half does not count.
static uint64_t low_half_test(uint64_t from, uint32_t stop) {
  uint64_t i = from;
  while ((uint32_t)i != stop && i - from < 500) ++i;
  return i;
}

// An offset of 32 bits is added before widening: it wraps and comes in bounds again.
static unsigned wrapped_offset(uint32_t base, uint32_t count) {
  unsigned sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum = sum * 7 + ring[(base + i * 3) & 255] + (base + i < base);
  return sum;
}

// A short counter in a product that needs more than 16 bits, compared at both widths.
static int products(short from, short to, short by) {
  int n = 0;
  for (short i = from; i <= to; ++i) {
    int product = i * by;
    if ((short)product == product) ++n;
    if (product > 32767) n += 1000;
    if (i == 32767) break;
  }
  return n;
}

// Extended in one branch as signed, in the other as unsigned.
static int64_t two_extensions(int start, int n, int which) {
  int64_t sum = 0;
  int i = start;
  do {
    sum += which & 1 ? (int64_t)(uint32_t)i : (int64_t)i;
    which ^= i & 1;
    i += 3;
  } while (--n > 0);
  return sum;
}

int main(void) {
  int16_t table[40];
  for (unsigned i = 0; i < 256; ++i) ring[i] = (uint8_t)opaque(i * i + 3 * i);
  for (int i = 0; i < 40; ++i) table[i] = (int16_t)opaque_int(i * 1777 - 30000);
  for (unsigned round = 0; round < 30; ++round) {
    mix(around((uint8_t)opaque(round * 37), round * 11));
    mix((uint64_t)centred(table + 20, opaque_int(-(int)round % 21), (int)round * 2 % 19));
    mix(mixed_signs(opaque_int((int)round - 15), (unsigned)opaque(round)));
    mix(mixed_signs(opaque_int(-1 - (int)round), UINT32_MAX));
    mix((uint64_t)mixed_back((unsigned)opaque(round * 5), opaque_int(-20 - (int)round)));
    mix((uint64_t)mixed_back((unsigned)opaque(0x80000010u + round), opaque_int(INT32_MIN + 8)));
    mix(truncated(opaque(0xffffff80u + round), opaque(0x100000010u + round * 3)));
    mix(low_half_test(opaque(0x1fffffff0u + round), (uint32_t)opaque(round % 3 ? 20 : 0x7fffffff)));
    mix(wrapped_offset((uint32_t)opaque(0u - round * 2), round * 2));
    mix((uint64_t)products((short)opaque_int(32700 - (int)round), (short)opaque_int(32767 - (int)round % 3), (short)(round % 5 - 2)));
    mix((uint64_t)products((short)opaque_int(-32768), (short)opaque_int(-32760 + (int)round), (short)opaque_int((int)round - 10)));
    mix((uint64_t)two_extensions(opaque_int(-40 + (int)round), (int)round, (int)(round & 1)));
  }
  return report();
}
