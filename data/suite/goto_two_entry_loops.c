// Loops with two entries, which no for or while can express: entered at the head or in the middle,
// with different values of the carried variables, alone, nested, and sharing blocks with each other.
#include "checksum.h"

// Enters at the doubling or at the addition, by the lowest bit; each has a phi of its own.
static __attribute__((noinline)) uint32_t pair_loop(uint32_t x, uint32_t n) {
  uint32_t y = n ^ 5;
  if (x & 1) goto add;
twice:
  x = x * 2 + y;
  if (x % 7 == 3) return x;
add:
  y += x >> 3;
  if (n-- > 0) goto twice;
  return y ^ x << 1;
}

// Reads ahead or not: the loop is entered with or without a character in hand.
static int words(const char *s, int in_hand, char carried, int *longest) {
  int count = 0, length = 0;
  char c = carried;
  *longest = 0;
  if (in_hand) goto inside;
  while ((c = *s++)) {
    if (c == ' ') continue;
    length = 0;
    ++count;
    do {
    inside:
      ++length;
      if (length > *longest) *longest = length;
      c = *s++;
    } while (c && c != ' ');
    if (!c) break;
  }
  return count * 100 + length;
}

// Two loops overlap without either lying in the other: a -> b -> c -> (a or b).
uint64_t overlapping(unsigned a, unsigned b, unsigned start, int fuel) {
  uint64_t trace = 1;
  if (start == 1) goto second;
  if (start == 2) goto third;
first:
  trace = trace * 5 + 1;
  a = a * 3 + 1;
  if (--fuel < 0) goto out;
second:
  trace = trace * 5 + 2;
  b ^= a >> 2;
  if (b & 8) goto out;
third:
  trace = trace * 5 + 3;
  if (--fuel < 0) goto out;
  if ((a ^ b) & 1) goto first;
  b += 5;
  goto second;
out:
  return trace ^ (uint64_t)a << 40 ^ b;
}

// An inner two-entry loop inside a plain outer one; the entry alternates with the outer counter.
static unsigned nested(const uint8_t *v, unsigned n) {
  unsigned hash = 0, k = 0;
  for (unsigned i = 0; i < n; ++i) {
    unsigned budget = v[i] % 6;
    if (i & 1) goto low;
  high:
    hash = hash * 17 + v[k % n];
    ++k;
    if (hash & 0x40) continue;
  low:
    hash ^= k;
    if (budget-- > 0) goto high;
    k += 2;
  }
  return hash + k;
}

// A search that starts with a probe at a guess, then alternates sides; the invariant test is inside.
static int probe(const int *v, int n, int wanted, int guess, int forwards) {
  int left = guess - 1, right = guess, looked = 0;
  if (!forwards) goto look_left;
look_right:
  if (right < n) {
    ++looked;
    if (v[right] == wanted) return right * 64 + looked;
    ++right;
  } else if (left < 0) {
    return -looked;
  }
look_left:
  if (left >= 0) {
    ++looked;
    if (v[left] == wanted) return left * 64 + looked;
    --left;
  }
  if (!forwards && left >= 0) goto look_left;
  goto look_right;
}

int main(void) {
  static const char *const texts[] = {"", "x", " some words  here ", "antidisestablishment a", "   ", "tail "};
  int v[17];
  uint8_t bytes[21];
  for (unsigned round = 0; round < 48; ++round) {
    for (uint32_t n = 0; n < 6; ++n) mix(pair_loop((uint32_t)opaque(round * 5), n * n));
    int longest;
    mix((uint64_t)words(texts[round % 6], (int)opaque(round / 6 & 1), 'q', &longest));
    mix((uint64_t)longest);
    for (unsigned start = 0; start < 3; ++start) mix(overlapping((unsigned)opaque(round), round / 3 % 8, start, (int)round % 9));
    for (unsigned i = 0; i < 21; ++i) bytes[i] = (uint8_t)opaque(i * round * 7 + i);
    mix(nested(bytes, 1 + round % 21));
    for (int i = 0; i < 17; ++i) v[i] = (i * 5 + (int)round) % 17;
    for (int wanted = 0; wanted < 21; wanted += 4) mix((uint64_t)probe(v, 17, opaque_int(wanted), (int)round % 18, (int)(round & 1)));
  }
  return report();
}
