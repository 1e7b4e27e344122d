// Conditions that say something about a value's range, and later code that may use it: divisions by
// shifts, signed as unsigned, checks that cannot fail and checks that only seem so.
#include "checksum.h"

// Within the branch x is known to be positive; behind it, it is not.
static int by_sign(int x, int n) {
  int sum = 0;
  if (x > 0) {
    sum += x / 8 + x % 16 + (x >> 2);
    if (x + 1 < 0) sum += 1000;
    if (x < 1) sum -= 1000;
  } else {
    sum += x / 8 - x % 16 + (x >> 2);
  }
  return sum * 3 + x / 4 + n / (x == 0 ? 1 : x);
}

// Overflow checks by unsigned comparison; the checked sum is the one that is used.
static __attribute__((noinline)) uint32_t checked(uint32_t a, uint32_t b, uint32_t limit) {
  uint32_t sum = a + b;
  if (sum < a) return 0xffffffffu;
  if (sum > limit || limit - sum < b) return limit;
  return a - b > a ? b - a : sum;
}

// Ranges by a single subtraction: the border values belong to them or not.
static int classes(unsigned c) {
  int n = 0;
  if (c - 'a' < 26) n |= 1;
  if (c - '0' <= 9) n |= 2;
  if ((c | 32) - 'a' <= 'z' - 'a') n |= 4;
  if (c > 'F' && c < 'a') n |= 8;
  if (c >= 0xfffffff0u || c == 0) n |= 16;
  if (!(c < 'f' || c > 'k') && c != 'h') n |= 32;
  return n;
}

// Conditions joined over two variables: knowing a < b and b < c says a < c, but not with wrap.
int ordered(int a, int b, int c) {
  int n = 0;
  if (a < b && b < c) {
    n = a < c ? 1 : 2;
    if (a + 1 < c) n += 4;
  }
  if ((unsigned)a < (unsigned)b && (unsigned)(a + (b & 3)) >= (unsigned)b) n += 8;
  if (a == b) n += (b == c) == (a == c) ? 16 : 32;
  return n;
}

// A loop whose bounds limit the index within: some checks fall away, the off-by-one one does not.
static unsigned bounds(const uint8_t *v, unsigned from, unsigned to, unsigned size) {
  unsigned hash = 3;
  if (to > size) to = size;
  for (unsigned i = from; i < to; ++i) {
    if (i >= size) return 0xbad;
    hash = hash * 5 + v[i];
    if (i + 1 >= size) hash ^= 0x100;
    else hash += v[i + 1];
    if (i - 1 < size && v[i - 1] == v[i]) hash += i;
  }
  return hash;
}

// Knowledge from a switch, from a mask, from a shift and from a remainder.
static unsigned from_operations(unsigned x) {
  unsigned low = x & 15, high = x >> 28, rest = x % 10, n = 0;
  if (low < 16) n += 1;
  if (low == 15 || rest == 9) n += 2;
  if (rest <= 8 && high < 15) n += 4;
  switch (rest) {
    case 3: n += rest * 100; break;
    case 4: case 5: n += rest > 4 ? 50 : rest == 4 ? 70 : 9999; break;
    default: if (rest == 4) n += 9999; n += high + rest > 9 ? 7 : 11;
  }
  unsigned some = x | 8;
  if (some < 8) n = 0;
  return n * 16 + (low ^ high);
}

// Narrow and widen again: only some values survive.
static int narrowed(int x) {
  int8_t small = (int8_t)x;
  uint16_t medium = (uint16_t)x;
  int n = 0;
  if (small == x) n += 1 + (x >= -128 && x <= 127);
  if (medium == x) n += x < 65536 ? 4 : 9999;
  if (small < 0 && x >= 0) n += 8;
  if ((int16_t)medium == x && small != x) n += 16;
  return n + (medium >> 12) * 32;
}

// A remainder whose sign follows the dividend, tested after a check for zero only.
static int wheel(int position, int turn, int size) {
  if (size <= 0) return -99;
  int at = (position + turn) % size;
  if (at < 0) at += size;
  return at < size && at >= 0 ? at : 9999;
}

int main(void) {
  static const uint32_t edges[] = {0, 1, 2, 3, 15, 16, '0', '9', ':', 'A', 'F', 'Z', 'a', 'h', 'k', 'z', '{', 127, 128, 255, 32767, 32768, 65535, 65536,
                                   0x7fffffff, 0x80000000, 0x80000001, 0xffff8000, 0xffffff80, 0xfffffff0, 0xffffffff};
  enum { count = sizeof edges / sizeof *edges };
  uint8_t v[16];
  for (unsigned i = 0; i < 16; ++i) v[i] = (uint8_t)opaque(i * i / 3);
  for (unsigned i = 0; i < count; ++i) {
    uint32_t a = (uint32_t)opaque(edges[i]);
    mix((uint64_t)by_sign((int)a % 1000000, (int)i - 9));
    mix((uint64_t)(classes(a) * 64 + narrowed((int)a)));
    mix(from_operations(a) ^ from_operations(a * 0x9e3779b1u));
    for (unsigned k = 0; k < count; ++k) {
      uint32_t b = edges[k], c = edges[(i + k * 7) % count];
      mix(checked(a, b, c));
      mix((uint64_t)ordered((int)a / 2, (int)b / 2, (int)c / 2));
      mix(bounds(v, a, b, (unsigned)opaque(k % 17)));
      mix((uint64_t)wheel((int)a / 3, (int)b / 3, (int)c / 5));
    }
  }
  return report();
}
