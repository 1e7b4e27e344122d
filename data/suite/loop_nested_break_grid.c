// Three nested loops over a grid that are left by goto, by flagged breaks and by returns from the
// innermost level, with counters that differ at each way out.
#include "checksum.h"

enum { rows = 9, columns = 11, poison = 0xff };
static unsigned char grid[rows][columns];

struct hit {
  int row, column, length, looked;
};

// Leaves all loops at once by goto; a poisoned cell wins over everything behind it.
static __attribute__((noinline)) struct hit first_run(int length) {
  struct hit hit = {-1, -1, 0, 0};
  int r, c = 0, k = 0;
  for (r = 0; r < rows; ++r)
    for (c = 0; c + length <= columns; ++c) {
      for (k = 1; k < length; ++k) {
        ++hit.looked;
        if (grid[r][c + k] == poison) goto poisoned;
        if (grid[r][c + k] != grid[r][c]) break;
      }
      if (k >= length) goto found;
    }
  hit.length = -2;
  return hit;
poisoned:
  hit.row = ~r;
  hit.column = ~c;
  hit.length = k;
  return hit;
found:
  hit.row = r;
  hit.column = c;
  hit.length = k + 100;
  return hit;
}

// A cell that is the least of its row and the greatest of its column; flags carry the breaks outwards.
static int saddle(int *row, int *column) {
  int tried = 0, done = 0;
  for (int r = 0; r < rows && !done; ++r) {
    for (int c = 0; c < columns; ++c) {
      int good = 1;
      ++tried;
      for (int k = 0; k < columns; ++k)
        if (grid[r][k] < grid[r][c]) {
          good = 0;
          break;
        }
      for (int k = 0; good && k < rows; ++k) good = grid[k][c] <= grid[r][c];
      if (!good) continue;
      *row = r;
      *column = c;
      done = 1;
      break;
    }
  }
  return done ? tried : -tried;
}

// A zero ends its row, a sum over the limit ends the whole walk, a poisoned cell ends the function.
uint64_t walk_until(unsigned limit) {
  unsigned sum = 0, rows_cut = 0;
  int r, c = 0;
  for (r = 0; r < rows; ++r) {
    int over = 0;
    for (c = r & 1; c < columns; c += 2) {
      if (!grid[r][c]) goto next_row;
      if (grid[r][c] == poison) return 0xdead0000u + sum;
      sum += grid[r][c];
      if (sum > limit) {
        over = 1;
        break;
      }
    }
    if (over) break;
    sum ^= 1;
    continue;
  next_row:
    ++rows_cut;
  }
  return (uint64_t)sum << 32 | rows_cut << 16 | (unsigned)r << 8 | (unsigned)c;
}

static void fill(unsigned seed, unsigned values) {
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      seed = seed * 1103515245u + 12345u;
      grid[r][c] = (unsigned char)((seed >> 16) % values);
    }
}

int main(void) {
  for (unsigned round = 1; round <= 40; ++round) {
    fill((unsigned)opaque(round * 77), 2 + round % 9);
    if (round % 5 == 0) grid[round % rows][round % columns] = poison;
    if (round % 8 == 3) {
      for (int k = 0; k < columns; ++k) grid[4][k] += 20;
      for (int k = 0; k < rows; ++k) grid[k][round % columns] = (unsigned char)(k == 4 ? 19 : k);
    }
    for (int length = 0; length <= columns + 1; length += 1 + length / 4) {
      struct hit hit = first_run(length);
      mix((uint64_t)hit.row);
      mix((uint64_t)hit.column);
      mix((uint64_t)hit.length);
      mix((uint64_t)hit.looked);
    }
    int row = -5, column = -6;
    mix((uint64_t)saddle(&row, &column));
    mix((uint64_t)(row * 100 + column));
    for (unsigned limit = 0; limit < 300; limit += 61) mix(walk_until(limit));
  }
  return report();
}
