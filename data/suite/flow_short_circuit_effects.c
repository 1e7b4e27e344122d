// Conditions of && and || and conditional operators whose parts count, store, call and divide: what
// runs, in which order, and what is skipped must stay as written.
#include "checksum.h"

static uint64_t order;
static int budget;

// Each evaluation leaves its mark; the budget may change the answer.
static __attribute__((noinline)) int ask(int mark, int answer) {
  order = order * 11 + (unsigned)mark;
  return answer && budget-- > 0;
}

static inline int quietly(int mark, int answer) {
  order = order * 13 + (unsigned)mark;
  return answer;
}

static int all_forms(unsigned x) {
  int n = 0;
  if (ask(1, x & 1) && ask(2, x & 2) && ask(3, x & 4)) n += 1;
  if (ask(4, x & 1) || ask(5, x & 2) || ask(6, x & 4)) n += 2;
  if ((ask(7, x & 1) && ask(8, x & 2)) || (ask(9, x & 4) && ask(1, x & 8))) n += 4;
  if ((quietly(2, x & 1) || ask(3, x & 2)) && (ask(4, x & 4) || quietly(5, x & 8))) n += 8;
  if (!(ask(6, x & 8) && !quietly(7, x & 16)) == !ask(8, x & 32)) n += 16;
  n += (ask(9, x & 2) ? quietly(1, 3) : ask(2, x & 1) ? 5 : quietly(3, 7)) << 5;
  return n;
}

// The left part makes the right one safe: a zero divisor, an end of the array, a null pointer.
static int guarded(const int *v, int count, const int *divisor, int i) {
  if (i >= 0 && i < count && v[i] != 0 && 1000 / v[i] > 3) return 1;
  if (divisor && *divisor && i % *divisor == 0) return 2;
  if (!divisor || (i < count && i >= 0 && v[i] == *divisor)) return 3;
  return i >= count || (i > 0 && v[i - 1] > v[i] && v[v[i] % count < 0 ? 0 : v[i] % count] < 5) ? 4 : 5;
}

// Values of the operators, not only jumps: they are stored, summed and indexed with.
unsigned values(int a, int b, int c) {
  unsigned sum = (unsigned)(a && b) + ((unsigned)(a || c) << 1) + ((unsigned)(!a == !b) << 2);
  static const char table[2][2] = {{'n', 'o'}, {'y', 'e'}};
  int flag = a > 3 && b != 7 ? c : a || b;
  sum = sum * 8 + (unsigned char)table[a && c][b || !c];
  return sum * 256 + (unsigned)(flag & 255);
}

// The same test twice, with a change in between that only one way makes.
static int changed(int x, int y) {
  int n = 0;
  if (x > y && (y = x - 2) % 3) n = 1;
  if (x > y) n += 10;
  if (x < y || (x -= 2, y < 5)) n += 100;
  return n * 1000 + x * 10 + y;
}

// Both sides may be computed without harm, but the second moves a cursor.
static int cursor_pairs(const uint8_t *p, const uint8_t *end) {
  int pairs = 0;
  while (p < end) {
    if (*p++ == 7 || (p < end && *p++ < 3)) ++pairs;
    if (p < end && (*p & 1 ? ++p, p < end && *p > 4 : *p == 6)) pairs += 10;
  }
  return pairs;
}

// Bits instead of jumps: all parts always run here, which a rewriter must not confuse with the above.
static int eager(unsigned x) {
  int n = 0;
  if (ask(1, x & 1) & ask(2, x & 2)) n += 1;
  if (quietly(3, x & 4) | ask(4, x & 8)) n += 2;
  n ^= ask(5, x & 16) ^ ask(6, x & 1);
  return n;
}

int main(void) {
  for (unsigned x = 0; x < 64; ++x) {
    budget = opaque_int((int)x % 9);
    mix((uint64_t)all_forms((unsigned)opaque(x)));
    mix((uint64_t)budget);
    int first = (x & 1 ? budget = 3 : 0, 0);
    mix((uint64_t)first);
    mix((uint64_t)eager((unsigned)opaque(x)));
    mix(order);
  }
  int v[9];
  uint8_t bytes[31];
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 9; ++i) v[i] = (i * (round + 4) * 7 + opaque_int(round)) % 41 - round % 3 * 20;
    v[round % 9] = 0;
    int divisor = round % 4;
    for (int i = -2; i < 11; ++i) mix((uint64_t)guarded(v, 9, i & 1 ? &divisor : NULL, opaque_int(i)));
    for (int bits = 0; bits < 8; ++bits) mix(values(bits & 1 ? round : 0, bits & 2 ? 7 - round % 2 : 0, bits & 4));
    for (int y = 0; y < 12; y += 3) mix((uint64_t)changed(opaque_int(round % 10), y));
    for (int i = 0; i < 31; ++i) bytes[i] = (uint8_t)opaque((unsigned)(i * i + round * i) % 9u);
    mix((uint64_t)cursor_pairs(bytes, bytes + round + 11));
  }
  return report();
}
