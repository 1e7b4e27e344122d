// Cellular automata, with 64 cells in a word: neighbours are counted by full adders made of logic, one-dimensional
// rules come from a table of eight bits, and both are compared with a version that goes cell by cell.
#include "checksum.h"

enum { rows = 20 };

static uint64_t west(uint64_t row) { return row << 1 | row >> 63; }
static uint64_t east(uint64_t row) { return row >> 1 | row << 63; }

struct count {
  uint64_t ones, twos, fours;  // the three binary digits of 64 counts, modulo 8
};

static struct count plus(struct count c, uint64_t row) {
  uint64_t carry = c.ones & row;
  c.ones ^= row;
  uint64_t next = c.twos & carry;
  c.twos ^= carry;
  c.fours ^= next;
  return c;
}

/// Born with three neighbours, kept alive by two or three; eight neighbours look like none, and both mean death.
static void generation(uint64_t *board) {
  uint64_t next[rows];
  for (int r = 0; r < rows; ++r) {
    uint64_t above = board[(r + rows - 1) % rows], here = board[r], below = board[(r + 1) % rows];
    struct count c = {0, 0, 0};
    c = plus(c, west(above)), c = plus(c, above), c = plus(c, east(above));
    c = plus(c, west(here)), c = plus(c, east(here));
    c = plus(c, west(below)), c = plus(c, below), c = plus(c, east(below));
    next[r] = c.twos & ~c.fours & (c.ones | here);
  }
  memcpy(board, next, sizeof next);
}

static __attribute__((noinline)) int cell(const uint64_t *board, int row, int column) {
  return board[(row + rows) % rows] >> (column & 63) & 1;
}

void generation_slowly(uint64_t *board) {
  uint64_t next[rows];
  for (int r = 0; r < rows; ++r) {
    next[r] = 0;
    for (int c = 0; c < 64; ++c) {
      int neighbours = 0;
      for (int dr = -1; dr <= 1; ++dr)
        for (int dc = -1; dc <= 1; ++dc)
          if (dr | dc) neighbours += cell(board, r + dr, c + dc);
      if (neighbours == 3 || (neighbours == 2 && cell(board, r, c))) next[r] |= (uint64_t)1 << c;
    }
  }
  for (int r = 0; r < rows; ++r) board[r] = next[r];
}

/// One row under an elementary rule: bit n of the rule says what comes of the neighbourhood n.
static uint64_t elementary(uint64_t row, uint8_t rule) {
  uint64_t left = west(row), right = east(row), next = 0;
  for (int n = 0; n < 8; ++n)
    if (rule >> n & 1) next |= (n & 4 ? left : ~left) & (n & 2 ? row : ~row) & (n & 1 ? right : ~right);
  return next;
}

static __attribute__((noinline)) uint64_t elementary_slowly(uint64_t row, uint8_t rule) {
  uint64_t next = 0;
  for (unsigned c = 0; c < 64; ++c) {
    unsigned n = (unsigned)(row >> ((c + 63) & 63) & 1) << 2 | (unsigned)(row >> c & 1) << 1 |
                 (unsigned)(row >> ((c + 1) & 63) & 1);
    next |= (uint64_t)(rule >> n & 1) << c;
  }
  return next;
}

/// Three sets compared bit by bit: 64 majority votes, multiplexers and comparisons of two-digit numbers at once.
static uint64_t votes(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  uint64_t majority = (a & b) | (a & c) | (b & c), chosen = (a & b) | (~a & c), same = ~(a ^ b) & ~(b ^ c);
  uint64_t greater = (a & ~c) | (~(a ^ c) & b & ~d);  // the number ab against cd
  uint64_t at_least_two = ((a ^ b) & (c | d)) | (a & b) | (c & d);
  return majority * 3 + chosen * 5 + same * 7 + greater * 11 + at_least_two;
}

/// Sixteen counters of four bits in one word, each saturating on its own.
static uint64_t saturating_counters(uint64_t counters, uint64_t increments) {
  const uint64_t tops = 0x8888888888888888;
  uint64_t sum = ((counters & ~tops) + (increments & ~tops)) ^ ((counters ^ increments) & tops);
  uint64_t overflow = ((counters & increments) | ((counters | increments) & ~sum)) & tops;
  return sum | (overflow >> 3) * 15;
}

int main(void) {
  uint64_t board[rows], other[rows], state = opaque(0x853c49e6748fea9b);
  for (int r = 0; r < rows; ++r) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    board[r] = other[r] = state ^ state >> 29;
  }
  for (int g = 0; g < 30; ++g) {
    generation(board);
    if (g < 2) generation_slowly(other), mix((uint64_t)memcmp(board, other, sizeof board) == 0);
    uint64_t alive = 0;
    for (int r = 0; r < rows; ++r) alive += (uint64_t)__builtin_popcountll(board[r]);
    mix(alive), mix(board[g % rows]);
    mix(votes(board[0], board[5], board[10], board[15]));
  }
  for (int rule = 0; rule < 256; rule += 11) {
    uint64_t row = opaque(0x100000000 | (uint64_t)rule << 7);
    for (int i = 0; i < 12; ++i) row = elementary(row, (uint8_t)rule);
    mix(row), mix(elementary(row, (uint8_t)~rule) ^ elementary_slowly(row, (uint8_t)~rule));
  }
  uint64_t counters = opaque(0x0123456789abcdef);
  for (int i = 0; i < 60; ++i)
    mix(counters =
            saturating_counters(counters, board[i % rows] >> i % 4 & 0x3333333333333333) >> (i % 9 == 8 ? 4 : 0));
  return report();
}
