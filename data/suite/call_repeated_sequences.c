// Straight-line sequences that occur again and again with other inputs, other constants, swapped operands, one changed operator, and
// with different sets of results used afterwards: candidates for outlining.
#include "checksum.h"

static unsigned memory[16];
static unsigned notes;

static void note(unsigned x) { notes = notes * 5 + x; }

static __attribute__((noinline)) unsigned scramble_all(unsigned a, unsigned b) {
  unsigned x, y, z;
  x = a * 3 + b;
  y = x ^ (x >> 4);
  z = y * y - a;
  memory[z & 15] += y;
  note(z);

  unsigned x2, y2, z2;
  x2 = b * 3 + a;  // swapped inputs
  y2 = x2 ^ (x2 >> 4);
  z2 = y2 * y2 - b;
  memory[z2 & 15] += y2;
  note(z2);

  x = z * 3 + z2;  // inputs from before; x and y are used below
  y = x ^ (x >> 4);
  z = y * y - z;
  memory[z & 15] += y;
  note(z);
  return x + y * 7 + z2;
}

static __attribute__((noinline)) unsigned scramble_some(unsigned a, unsigned b, int which) {
  unsigned x = 0, y = 0, z = 0;
  if (which & 1) {
    x = a * 3 + b;
    y = x ^ (x >> 4);
    z = y * y - a;
    memory[z & 15] += y;
    note(z);
  }
  if (which & 2) {
    x = a * 3 + b;
    y = x ^ (x >> 5);  // 5 instead of 4
    z = y * y - a;
    memory[z & 15] += y;
    note(z);
  }
  if (which & 4) {
    x = a * 3 + b;
    y = x ^ (x >> 4);
    z = y * y - a;
    memory[z & 15] -= y;  // - instead of +
    note(z);
  }
  if (which & 8) {
    x = a * 3 - b;
    y = x ^ (x << 4);
    z = y * y - a;
    memory[z & 15] += y;
    note(x);
  }
  return x * 11 + y * 13 + z;
}

// Comparisons whose operands are swapped together with the predicate, and branches in the same shape.
static __attribute__((noinline)) int shape(int a, int b, int c) {
  int score = 0;
  if (a < b && c > a) {
    score += a * 2 + c;
    if (score % 3 == 0) score -= b;
    note((unsigned)score);
  }
  if (b > c && a < b) {
    score += b * 2 + a;
    if (score % 3 == 0) score -= c;
    note((unsigned)score);
  }
  if (c < a && b >= c) {
    score += c * 2 + b;
    if (score % 3 == 0) score -= a;
    note((unsigned)score);
  }
  return score;
}

struct counter { unsigned low, high, seen[3]; };

static void account(struct counter *c, const unsigned *values, unsigned n) {
  c->low = c->low < values[0] ? c->low : values[0];
  c->high = c->high > values[n - 1] ? c->high : values[n - 1];
  c->seen[0] = c->seen[1] + values[0];
  c->seen[1] = c->seen[2] + values[n / 2];
  c->seen[2] = c->seen[0] ^ values[n - 1];
}

unsigned account_three(unsigned start) {
  struct counter first = {start, start, {1, 2, 3}}, second = {~start, 0, {4, 5, 6}}, third = {9, 9, {start, 0, 0}};
  account(&first, memory, 16);
  account(&second, memory + 1, 15);
  account(&third, memory + 3, 9);
  account(&first, memory + 5, 4);
  third = first;
  account(&first, memory + 2, 7);
  account(&third, memory + 7, 2);
  return first.low + first.high * 3 + first.seen[2] + second.low * 5 + second.seen[1] * 7 + third.high * 11 + third.seen[0];
}

int main(void) {
  for (unsigned round = 0; round < 16; ++round) {
    unsigned a = (unsigned)opaque(round * 77), b = (unsigned)opaque(round * round + 5);
    mix(scramble_all(a, b));
    mix(scramble_some(a, b, opaque_int((int)round)));
    mix(scramble_some(b, a, opaque_int(15 - (int)round)));
    for (int i = 0; i < 5; ++i) mix((uint64_t)shape(opaque_int(i * 3 % 5), opaque_int((int)round % 5), opaque_int((i + (int)round) % 7)));
    mix(account_three(b));
    mix(notes);
  }
  for (int i = 0; i < 16; ++i) mix(memory[i]);
  return report();
}
