// Numbers of variable length: seven bits a byte with a continuation bit, zigzag for signs, length in the first
// byte's leading ones, and sorted lists as gaps; the decoders reject what is cut off, too long or not minimal.
#include "checksum.h"

static int put(uint8_t *to, uint64_t value) {
  int n = 0;
  for (; value >= 0x80; value >>= 7) to[n++] = (uint8_t)(value | 0x80);
  to[n++] = (uint8_t)value;
  return n;
}
static uint64_t zigzag(int64_t value) { return (uint64_t)value << 1 ^ (uint64_t)(value >> 63); }
static int64_t unzigzag(uint64_t value) { return (int64_t)(value >> 1 ^ -(value & 1)); }

enum fault { cut_off = -1, too_long = -2, not_minimal = -3, not_rising = -4 };

static __attribute__((noinline)) int get(const uint8_t *from, int available, uint64_t *value) {
  uint64_t result = 0;
  for (int i = 0; i < 10; ++i) {
    if (i == available) return cut_off;
    uint8_t byte = from[i];
    if (i == 9 && byte > 1) return too_long;
    result |= (uint64_t)(byte & 0x7f) << 7 * i;
    if (byte < 0x80) {
      if (byte == 0 && i > 0) return not_minimal;
      *value = result;
      return i + 1;
    }
  }
  return too_long;
}

/// The first steps written out, as a fast path.
int get_fast(const uint8_t *from, uint32_t *value) {
  uint32_t result = from[0];
  if (result < 0x80) return *value = result, 1;
  result = (result & 0x7f) | (uint32_t)from[1] << 7;
  if (result < 0x4000) return *value = result, 2;
  result = (result & 0x3fff) | (uint32_t)from[2] << 14;
  if (result < 0x200000) return *value = result, 3;
  result = (result & 0x1fffff) | (uint32_t)from[3] << 21;
  if (result < 0x10000000) return *value = result, 4;
  result = (result & 0xfffffff) | (uint32_t)from[4] << 28;
  return *value = result, from[4] < 16 ? 5 : too_long;
}

/// The number of leading ones in the first byte is the number of bytes that follow.
static int put_prefixed(uint8_t *to, uint64_t value) {
  int bits = 64 - __builtin_clzll(value | 1), extra = (bits - 1) / 7;
  if (extra > 8) extra = 8;
  for (int i = extra; i > 0; --i, value >>= 8) to[i] = (uint8_t)value;
  to[0] = extra == 8 ? 0xff : (uint8_t)(value | (0xff00u >> extra & 0xff));
  return extra + 1;
}
static int get_prefixed(const uint8_t *from, int available, uint64_t *value) {
  if (available < 1) return cut_off;
  int extra = __builtin_clz(~((unsigned)from[0] << 24) | 0x800000);
  if (extra >= available) return cut_off;
  uint64_t result = extra >= 7 ? 0 : from[0] & (0x7fu >> extra);
  for (int i = 1; i <= extra; ++i) result = result << 8 | from[i];
  *value = result;
  return extra + 1;
}

/// A rising list: the first number, then gaps less one; a run of gaps of one is a zero and its length.
static int put_list(uint8_t *to, const uint32_t *v, int count) {
  int n = put(to, (uint64_t)count);
  for (int i = 0; i < count;) {
    if (i == 0 || v[i] != v[i - 1] + 1) {
      n += put(to + n, i ? v[i] - v[i - 1] - 1 : (uint64_t)v[0] + 1), ++i;
      continue;
    }
    int run = 1;
    while (i + run < count && v[i + run] == v[i] + (uint32_t)run) ++run;
    n += put(to + n, 0), n += put(to + n, (uint64_t)run), i += run;
  }
  return n;
}
static int get_list(const uint8_t *from, int available, uint32_t *v, int room) {
  uint64_t count, x, last = 0;
  int n = get(from, available, &count), used;
  if (n < 0 || count > (uint64_t)room) return n < 0 ? n : too_long;
  for (uint64_t i = 0; i < count; n += used) {
    if ((used = get(from + n, available - n, &x)) < 0) return used;
    if (x == 0) {
      n += used;
      if ((used = get(from + n, available - n, &x)) < 0) return used;
      if (x == 0 || x > count - i || i == 0) return not_rising;
      while (x--) v[i++] = (uint32_t)++last;
    } else {
      last = i ? last + x + 1 : x - 1;
      if (last > UINT32_MAX) return too_long;
      v[i++] = (uint32_t)last;
    }
  }
  return n;
}

int main(void) {
  uint8_t bytes[200];
  for (int i = 0; i < 64; ++i)
    for (int64_t off = -1; off <= 1; ++off) {
      uint64_t value = opaque(((uint64_t)1 << i) + (uint64_t)off), back = 7;
      int n = put(bytes, value), m = put(bytes + n, zigzag(-(int64_t)(value >> 1) - 1));
      mix((uint64_t)n * 16 + (uint64_t)m);
      for (int cut = 0; cut <= n + 1; cut += 2) mix(get(bytes, cut, &back)), mix(back);
      mix(get(bytes + n, m, &back)), mix(unzigzag(back));
      uint32_t low = 0;
      memset(bytes + n, 0x11 * (i % 8), 8), bytes[n - 1] |= off == 1 ? 0x80 : 0;
      mix(get_fast(bytes, &low)), mix(low), mix(get(bytes, 20, &back));
      n = put_prefixed(bytes, value), mix(get_prefixed(bytes, n - (i % 9 == 8), &back)), mix(back), mix(bytes[0]);
    }
  for (int round = 0; round < 40; ++round) {
    uint32_t list[30], again[30] = {0};
    for (uint32_t i = 0, last = (uint32_t)opaque(round * 100); i < 30; ++i)
      list[i] = last += i * (unsigned)round % 7 < 4 ? 1 : 1 + (i << round % 20);
    int n = put_list(bytes, list, round % 31), result = get_list(bytes, n, again, 30);
    mix(n), mix(result == n && memcmp(list, again, 4 * (size_t)(round % 31)) == 0);
    bytes[round * 3 % n] ^= (uint8_t)(1 << round % 8);
    mix(get_list(bytes, n - round % 2, again, 30)), mix(again[round % 30]);
  }
  return report();
}
