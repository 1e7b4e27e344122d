// Nests over two and three dimensions, some of which may be interchanged and some not: dependences
// along rows, columns and both diagonals, reductions in between, triangular bounds.
#include "checksum.h"

enum { n = 14 };
typedef int32_t plane[n][n];
static plane a, b, c;

static void fill(plane p, int seed) {
  for (int i = 0; i < n; ++i)
    for (int k = 0; k < n; ++k) p[i][k] = (i * 37 + k * 11 + seed) % 101 - 40;
}

static __attribute__((noinline)) void digest(plane p) {
  uint64_t sum = 1;
  for (int i = 0; i < n; ++i)
    for (int k = 0; k < n; ++k) sum = sum * 0x100000001b3u + (uint32_t)p[i][k];
  mix(sum);
}

// Column by column with a dependence down the column: may be interchanged.
static void down_columns(int rows, int columns) {
  for (int k = 0; k < columns; ++k)
    for (int i = 1; i < rows; ++i) a[i][k] = a[i - 1][k] / 2 + b[i][k];
}

// Reads up and to the right, direction (<, >): the order of the loops is the result.
static void anti_diagonal(int rows, int columns) {
  for (int k = 1; k < columns; ++k)
    for (int i = 0; i < rows - 1; ++i) a[i][k] = a[i + 1][k - 1] % 1000 * 3 + i - k;
}

// Reads down and to the left, the other way about.
void main_diagonal(int rows, int columns) {
  for (int i = 1; i < rows; ++i)
    for (int k = 0; k + 1 < columns; ++k) a[i][k] ^= a[i - 1][k + 1] + k;
}

static void multiply(int size) {
  for (int i = 0; i < size; ++i)
    for (int k = 0; k < size; ++k) {
      c[i][k] = 0;
      for (int j = 0; j < size; ++j) c[i][k] = (c[i][k] + a[i][j] * b[j][k]) % 30011;
    }
}

// Column sums in the wrong order for the cache; the running product depends on the order.
static uint64_t column_hash(int rows, int columns) {
  uint64_t hash = 7;
  for (int k = 0; k < columns; ++k) {
    uint64_t sum = 0;
    for (int i = 0; i < rows; ++i) sum += (uint64_t)(uint32_t)c[i][k];
    hash = hash * 31 + sum;
  }
  return hash;
}

// The inner bounds hang on the outer index.
static void triangle(int size) {
  for (int i = 0; i < size; ++i)
    for (int k = i; k < size; ++k) b[k][i] = b[i][k] - b[k][i] + (k == i);
}

// One cell collects the whole nest: a sum that may be reordered beside one that may not.
static __attribute__((noinline)) void collect(int32_t *cell, plane p, int rows, int columns) {
  for (int k = 0; k < columns; ++k)
    for (int i = 0; i < rows; ++i) {
      cell[0] = cell[0] + p[i][k];
      cell[1] = (cell[1] * 2 + p[i][k]) % 65521;
    }
}

// A seidel sweep, with all four neighbours, partly new and partly old, in a rectangle.
static void sweep(plane p, int top, int bottom, int left, int right) {
  for (int k = left; k < right; ++k)
    for (int i = top; i < bottom; ++i) p[i][k] = (p[i - 1][k] + p[i + 1][k] + p[i][k - 1] + p[i][k + 1]) / 4 + (i ^ k);
}

int main(void) {
  for (int round = 0; round <= n; ++round) {
    int rows = opaque_int(round), columns = opaque_int(n - round / 2);
    fill(a, round);
    fill(b, 3 * round + 1);
    fill(c, -round);
    down_columns(rows, columns);
    digest(a);
    anti_diagonal(rows, columns);
    digest(a);
    main_diagonal(rows, columns);
    digest(a);
    multiply(round % 7 + 2);
    mix(column_hash(rows, columns));
    triangle(rows);
    digest(b);
    int32_t cell[2] = {0, 1};
    collect(cell, a, rows, columns);
    collect(a[n - 1] + n - 2, b, columns, rows);
    collect(b[0], b, columns, 1 + round % 2);  // the sums lie in the plane itself
    digest(b);
    mix((uint64_t)cell[0]);
    mix((uint64_t)cell[1]);
    sweep(a, 1, rows < n ? rows : n - 1, 1, columns < n ? columns : n - 1);
    sweep(b, 2, n - 2, 1 + round / 3, n - 1);
    digest(a);
    digest(b);
  }
  return report();
}
