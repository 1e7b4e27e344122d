// Searches that try, recurse, and undo: exact cover by tiles, subset sums with pruning, a cipher of
// digits, knights on a small board; found solutions return at once through all levels or are counted.
#include "checksum.h"

static unsigned tried;

// Fills a 4 x 5 board with dominoes and L-shaped tiles; counts the ways, stops at a limit.
static __attribute__((noinline)) int tile(uint32_t board, int corners, int limit) {
  static const uint32_t shapes[] = {0x3, 0x21, 0x23, 0x43, 0x61, 0x31};  // five columns to the row; the last is an L to the left
  int ways = 0, at = 0;
  ++tried;
  if (board == 0xfffff) return 1;
  while (board >> at & 1) ++at;
  for (int s = 0; s < 6; ++s) {
    int column = at % 5;
    if (s >= 2 && !corners) break;
    if ((column == 4 && (s == 0 || (s >= 2 && s != 5))) || (column == 0 && s == 5)) continue;
    uint64_t piece = (uint64_t)shapes[s] << at;
    if (piece >> 20 || board & piece) continue;
    ways += tile(board | (uint32_t)piece, corners - (s >= 2), limit - ways);
    if (ways >= limit) return ways;
  }
  return ways;
}

// Subset with a given sum; the chosen bits come back, or 0. The rest bounds the search.
static uint32_t subset(const int *v, int n, int left, int rest, uint32_t chosen) {
  ++tried;
  if (left == 0) return chosen;
  if (n == 0 || left < 0 || left > rest) return 0;
  uint32_t found = subset(v, n - 1, left - v[n - 1], rest - v[n - 1], chosen | 1u << (n - 1));
  return found ? found : subset(v, n - 1, left, rest - v[n - 1], chosen);
}

// SEND + MORE style sums column by column: digits are taken and put back.
struct puzzle {
  const char *a, *b, *c;
  int digit[26];
  uint16_t used;
  int columns;
};

static int column(struct puzzle *p, int at, int row, int sum);

static int assign(struct puzzle *p, int at, int row, int sum, int letter, int digit) {
  if (p->used >> digit & 1) return 0;
  if (digit == 0 && at == p->columns - 1) return 0;
  p->used |= (uint16_t)(1 << digit);
  p->digit[letter] = digit;
  if (column(p, at, row + 1, sum + digit)) return 1;
  p->digit[letter] = -1;
  p->used &= (uint16_t)~(1 << digit);
  return 0;
}

static int column(struct puzzle *p, int at, int row, int sum) {
  ++tried;
  if (at == p->columns) return sum == 0;
  int letter = (row == 0 ? p->a : row == 1 ? p->b : p->c)[p->columns - 1 - at] - 'a';
  if (row == 2) {
    int digit = sum % 10;
    if (p->digit[letter] == digit) return column(p, at + 1, 0, sum / 10);
    if (p->digit[letter] >= 0 || p->used >> digit & 1) return 0;
    p->digit[letter] = digit;
    p->used |= (uint16_t)(1 << digit);
    if (column(p, at + 1, 0, sum / 10)) return 1;
    p->used &= (uint16_t)~(1 << digit);
    p->digit[letter] = -1;
    return 0;
  }
  if (p->digit[letter] >= 0) return column(p, at, row + 1, sum + p->digit[letter]);
  for (int digit = 0; digit < 10; ++digit)
    if (assign(p, at, row, sum, letter, digit)) return 1;
  return 0;
}

// All sets of squares without an attack among knights on 3 x 4, by size.
static void knights(uint16_t blocked, int from, int size, unsigned by_size[13]) {
  ++by_size[size];
  for (int i = from; i < 12; ++i) {
    if (blocked >> i & 1) continue;
    uint16_t more = blocked;
    for (int k = i + 1; k < 12; ++k) {
      int dx = (i % 4 - k % 4) * (i % 4 - k % 4), dy = (i / 4 - k / 4) * (i / 4 - k / 4);
      if (dx + dy == 5) more |= (uint16_t)(1 << k);
    }
    knights(more, i + 1, size + 1, by_size);
  }
}

int main(void) {
  for (int corners = 0; corners < 5; corners += 2)
    for (int limit = 1; limit < 200; limit *= 9) mix((uint64_t)tile((uint32_t)opaque(corners == 2 ? 0x80001 : 0), corners, limit));
  static const int weights[] = {3, 34, 4, 12, 5, 2, 17, 23, 9, 41, 11, 29};
  for (int sum = 1; sum < 200; sum += 13) mix(subset(weights, 12, opaque_int(sum), 190, 0));
  static const char *const sums[][3] = {{"ab", "ab", "bc"}, {"abc", "abd", "efd"}, {"aa", "bb", "cd"}, {"abcd", "abce", "fghi"}, {"aab", "aab", "bba"}};
  for (unsigned i = 0; i < 5; ++i) {
    struct puzzle p = {sums[opaque(i)][0], sums[i][1], sums[i][2], {0}, 0, (int)strlen(sums[i][0])};
    for (int k = 0; k < 26; ++k) p.digit[k] = -1;
    mix((uint64_t)column(&p, 0, 0, 0));
    for (int k = 0; k < 9; ++k) mix((uint64_t)p.digit[k]);
    mix(p.used);
  }
  unsigned by_size[13] = {0};
  knights((uint16_t)opaque(0x010), 0, 0, by_size);
  for (int i = 0; i < 13; ++i) mix(by_size[i]);
  mix(tried);
  return report();
}
