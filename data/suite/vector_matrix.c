// Matrix kernels with loops in all orders: products in two orders, transposition in place and in blocks,
// elimination with pivots, triangular solves, an integer determinant without fractions, and convolution.
#include "checksum.h"
#include <math.h>

enum { most = 12 };
typedef double matrix[most][most];

static void multiply_ijk(matrix c, matrix a, matrix b, int n) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int k = 0; k < n; ++k) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
}
static __attribute__((noinline)) void multiply_ikj(matrix c, matrix a, matrix b, int n) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) c[i][j] = 0;
  for (int k = n - 1; k >= 0; --k)
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) c[i][j] += a[i][k] * b[k][j];
}
static void transpose(matrix a, int n) {
  for (int i = 0; i < n; ++i)
    for (int j = i + 1; j < n; ++j) {
      double t = a[i][j];
      a[i][j] = a[j][i], a[j][i] = t;
    }
}
void transpose_blocked(matrix to, matrix from, int n, int block) {
  for (int i0 = 0; i0 < n; i0 += block)
    for (int j0 = 0; j0 < n; j0 += block)
      for (int i = i0; i < i0 + block && i < n; ++i)
        for (int j = j0; j < j0 + block && j < n; ++j) to[j][i] = from[i][j];
}

/// Returns the determinant; the matrix becomes its factors, the order of the rows goes to `rows`.
static __attribute__((noinline)) double eliminate(matrix a, int n, int *rows) {
  double determinant = 1;
  for (int i = 0; i < n; ++i) rows[i] = i;
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k + 1; i < n; ++i)
      if (fabs(a[i][k]) > fabs(a[pivot][k])) pivot = i;
    if (a[pivot][k] == 0) return 0;
    if (pivot != k) {
      for (int j = 0; j < n; ++j) { double t = a[k][j]; a[k][j] = a[pivot][j]; a[pivot][j] = t; }
      int t = rows[k]; rows[k] = rows[pivot]; rows[pivot] = t;
      determinant = -determinant;
    }
    determinant *= a[k][k];
    for (int i = k + 1; i < n; ++i) {
      double factor = a[i][k] /= a[k][k];
      for (int j = k + 1; j < n; ++j) a[i][j] -= factor * a[k][j];
    }
  }
  return determinant;
}
static void solve(matrix a, const int *rows, int n, const double *right, double *x) {
  for (int i = 0; i < n; ++i) {
    x[i] = right[rows[i]];
    for (int j = 0; j < i; ++j) x[i] -= a[i][j] * x[j];
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int j = i + 1; j < n; ++j) x[i] -= a[i][j] * x[j];
    x[i] /= a[i][i];
  }
}

/// Each division is exact.
static int64_t integer_determinant(int64_t a[6][6], int n) {
  int64_t before = 1, sign = 1;
  for (int k = 0; k + 1 < n; ++k) {
    int swap = k;
    while (swap < n && a[swap][k] == 0) ++swap;
    if (swap == n) return 0;
    if (swap != k) {
      for (int j = k; j < n; ++j) { int64_t t = a[k][j]; a[k][j] = a[swap][j]; a[swap][j] = t; }
      sign = -sign;
    }
    for (int i = k + 1; i < n; ++i)
      for (int j = k + 1; j < n; ++j) a[i][j] = (a[i][j] * a[k][k] - a[i][k] * a[k][j]) / before;
    before = a[k][k];
  }
  return n ? sign * a[n - 1][n - 1] : 1;
}

static void convolve(const int16_t *image, int width, int height, const int8_t kernel[3][3], int32_t *to) {
  for (int y = 0; y + 2 < height; ++y)
    for (int x = 0; x + 2 < width; ++x) {
      int32_t sum = 0;
      for (int dy = 0; dy < 3; ++dy)
        for (int dx = 0; dx < 3; ++dx) sum += image[(y + dy) * width + x + dx] * kernel[dy][dx];
      to[y * width + x] = sum >> 2;
    }
}

static void mix_matrix(matrix a, int n) {
  for (int i = 0; i < n; ++i) mix_double(a[i][i]), mix_double(a[i][(i * 5 + 2) % n]);
}

int main(void) {
  static matrix a, b, c, d;
  int rows[most];
  double right[most], x[most];
  for (int n = 1; n <= most; n += 1 + n / 5) {
    for (int i = 0; i < n; ++i, right[i - 1] = i)
      for (int j = 0; j < n; ++j)
        a[i][j] = (opaque_int(i * 17 + j * 29) % 13 - 6) / 4.0, b[i][j] = 1.0 / (i + 2 * j + 1);
    multiply_ijk(c, a, b, n), mix_matrix(c, n), multiply_ikj(d, c, a, n), mix_matrix(d, n);
    multiply_ijk(c, d, a, n), transpose(d, n), transpose_blocked(a, d, n, 3), mix_matrix(a, n), mix_matrix(c, n);
    for (int i = 0; i < n; ++i) c[i][i] += i % 3;
    double determinant = eliminate(c, n, rows);
    mix_double(determinant);
    if (determinant != 0) solve(c, rows, n, right, x), mix_double(x[0]), mix_double(x[n - 1]), mix_double(x[n / 2]);
    int64_t whole[6][6];
    for (int i = 0; i < 36; ++i) whole[i / 6][i % 6] = i * n % 7 == 3 ? 0 : opaque_int(i * i + n * i) % 11 - 5;
    mix(integer_determinant(whole, n % 7));
    int16_t image[most * most];
    int32_t filtered[most * most] = {0};
    static const int8_t kernels[2][3][3] = {{{-1, -2, -1}, {0, 0, 0}, {1, 2, 1}},
                                            {{0, -1, 3}, {-1, 5, -1}, {7, -1, 0}}};
    for (int i = 0; i < most * most; ++i) image[i] = (int16_t)(i * i * n);
    convolve(image, n, most, kernels[n & 1], filtered);
    for (int i = 0; i < most * most; i += 5) mix(filtered[i]);
  }
  return report();
}
