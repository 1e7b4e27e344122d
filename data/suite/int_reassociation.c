// Long chains of sums, products and bit operations with constants in odd places, common factors, cancelling terms
// and narrow intermediate results: all that reassociation and factoring would like to put in another order.
#include "checksum.h"

typedef uint32_t u32;
typedef uint64_t u64;

static u32 sums(u32 a, u32 b, u32 c, u32 d) {
  u32 x = 7 + a + 9 - b + 100 + c - 50 + d + a - 3 - c;
  u32 y = (a - (b - (c - (d - 5)))) + (b + (11 - a));
  u32 z = -(a + 1) - ~b + ~(c - 2) + ~-d;
  return x * 3 + (y ^ z);
}

static u32 products(u32 a, u32 b, u32 c) {
  u32 x = a * 3 * b * 5 * c * 7;
  u32 y = a * b + a * c + b * c + a * b;
  u32 z = (a + b) * (a + b) - a * a - 2 * a * b - b * b;
  u32 w = a * a * a * a * a * a * a * b * b * b;
  u32 v = a * 12 - a * 5 + (a << 3) - a;
  return x ^ y ^ z ^ w ^ v;
}

__attribute__((noinline)) u32 logic(u32 a, u32 b, u32 c) {
  u32 x = (a & 0xff00) | (b & 0xff) | (a & 0xff) | (c & ~0xffffu);
  u32 y = a ^ 0x5555 ^ b ^ 0xffff ^ a ^ c ^ 0xaaaa;
  u32 z = (a & b) | (a & c) | (~a & b & c);
  u32 w = (a | b) & (a | c) & (a | ~b);
  u32 v = ~(~a & ~b) ^ ~(~b | ~c);
  u32 t = (a | b) - (a & b) + (a ^ b) + (a & b) * 2;
  return x + 3 * y + 5 * z + 7 * w + 9 * v + 11 * t;
}

/// Narrow stops: the truncations and extensions in the middle must stay.
static u64 narrow_stops(u64 a, u64 b) {
  u64 x = (u64)(uint8_t)(a + b) + (u64)(uint8_t)(a + 200) + 56;
  u64 y = (u64)((u32)a + (u32)b) + 5 - (u64)(u32)(a + b);
  u64 z = (u64)(int64_t)(int16_t)(a * 3) * 5 + (u64)(int64_t)(int16_t)(a * 15);
  u64 w = ((a << 5 | a >> 59) & 0xffff) << 3 | ((a >> 2) & 7);
  u64 v = ((a >> 4) << 7 >> 3) + ((a << 9) >> 9) + ((u32)a << 4 >> 4);
  return x + (y << 1) + (z << 2) + (w << 3) + (v << 4);
}

/// Divisions and shifts do not distribute over sums; constants may be merged only where nothing is lost.
static __attribute__((noinline)) int64_t not_distributive(int32_t a, int32_t b) {
  int64_t x = (a + 7LL) / 4 + (b + 9LL) / 4 - ((int64_t)a + b + 16) / 4;
  int64_t y = (a >> 3) + (b >> 3) - (int32_t)(((int64_t)a + b) >> 3);
  int64_t z = (int64_t)a / 3 / 5 - a / 15 + a / 5 / 3;
  int64_t w = a % 12 % 4 - a % 4 + (int64_t)a * 6 / 3 - (int64_t)a * 2;
  return x * 1000003 + y * 10007 + z * 101 + w;
}

/// The same sum over an array, folded from the left, from the right and as a tree.
static u32 fold_left(const u32 *v, int n) {
  u32 sum = 17;
  for (int i = 0; i < n; ++i) sum = sum * 31 + v[i];
  return sum;
}
static u32 fold_right(const u32 *v, int n) { return n == 0 ? 17 : fold_right(v + 1, n - 1) * 31 + v[0]; }
static u32 fold_tree(const u32 *v, int n) {
  if (n == 1) return v[0];
  int half = n / 2;
  u32 left = fold_tree(v, half), right = fold_tree(v + half, n - half);
  return (left * 31 ^ right) + (u32)n;
}

/// Powers by repeated multiplication, in a loop and written out.
u64 power(u64 base, unsigned exponent) {
  u64 result = 1;
  while (exponent--) result *= base;
  return result;
}
static u64 powers_written(u64 x) {
  u64 x2 = x * x, x4 = x2 * x2;
  return x4 * x4 * x2 * x + x * x2 * x4 * x2 + x * x * x * 5 - x2 * x * 4;
}

int main(void) {
  u64 state = opaque(88172645463325252u);
  u32 v[64];
  for (int i = 0; i < 500; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    u32 a = (u32)state, b = (u32)(state >> 32), c = a * 5 + b, d = i % 3 ? c >> 9 : ~a;
    v[i % 64] = a ^ (u32)i;
    mix(sums(a, b, c, d));
    mix(products(a, i % 4 ? b : 1, c));
    mix(logic(a, b, i % 5 ? c : 0));
    mix(narrow_stops(state, i % 6 ? state * 3 : ~state));
    mix((u64)not_distributive((int32_t)a, (int32_t)b));
    mix((u64)not_distributive(i - 250, opaque_int(i * 3 - 700)));
    mix(powers_written(state) ^ power(state, (unsigned)i % 12));
    if (i >= 64 && i % 8 == 0) {
      int n = i / 8;
      mix(fold_left(v, n)), mix(fold_right(v, n)), mix(fold_tree(v, n));
    }
  }
  return report();
}
