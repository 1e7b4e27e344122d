/* Dense matrix kernels: products, transposition, powers, LU decomposition, exact determinants, 2-D
 * convolution and summed-area tables. Matrices are row-major; element (r, c) of a matrix with n
 * columns is data[r * n + c]. Output arrays do not overlap inputs unless a contract says so.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { k_max_order = 16, k_transpose_tile = 4, k_max_image = 24 };

/* c (rows x columns) = a (rows x inner) * b (inner x columns). The inner loop runs along rows of b
 * and c, so that it can be vectorised. */
static void multiply_f32(float *restrict c, const float *restrict a, const float *restrict b,
                         size_t rows, size_t inner, size_t columns) {
  memset(c, 0, rows * columns * sizeof *c);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < inner; k++) {
      float scale = a[i * inner + k];
      for (size_t j = 0; j < columns; j++) c[i * columns + j] += scale * b[k * columns + j];
    }
}

/* The same product of integers, with 64-bit sums that must fit in the 32-bit result. */
static bool multiply_i32(int32_t *restrict c, const int32_t *restrict a, const int32_t *restrict b,
                         size_t rows, size_t inner, size_t columns) {
  bool fits = true;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      int64_t sum = 0;
      for (size_t k = 0; k < inner; k++) sum += (int64_t)a[i * inner + k] * b[k * columns + j];
      fits &= sum >= INT32_MIN && sum <= INT32_MAX;
      c[i * columns + j] = (int32_t)sum;
    }
  return fits;
}

/* y += alpha * (a * x) for a matrix a (rows x columns). */
static void add_scaled_product(float *restrict y, float alpha, const float *restrict a,
                               const float *restrict x, size_t rows, size_t columns) {
  for (size_t i = 0; i < rows; i++) {
    float sum = 0.0f;
    for (size_t j = 0; j < columns; j++) sum += a[i * columns + j] * x[j];
    y[i] += alpha * sum;
  }
}

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

/* out (columns x rows) = the transpose of in (rows x columns), tile by tile. */
static void transpose_i32(int32_t *restrict out, const int32_t *restrict in, size_t rows,
                          size_t columns) {
  for (size_t r0 = 0; r0 < rows; r0 += k_transpose_tile)
    for (size_t c0 = 0; c0 < columns; c0 += k_transpose_tile)
      for (size_t r = r0; r < min_size(r0 + k_transpose_tile, rows); r++)
        for (size_t c = c0; c < min_size(c0 + k_transpose_tile, columns); c++)
          out[c * rows + r] = in[r * columns + c];
}

/* result = base ^ exponent modulo `modulus` < 2^31, by repeated squaring; 2 x 2 matrices. */
static void power_2x2(uint32_t result[4], const uint32_t base[4], unsigned exponent,
                      uint32_t modulus) {
  uint32_t square[4], next[4];
  memcpy(square, base, sizeof square);
  memcpy(result, (const uint32_t[]){1, 0, 0, 1}, sizeof square);
  for (; exponent != 0; exponent >>= 1) {
    for (int pass = exponent & 1 ? 0 : 1; pass < 2; pass++) {
      uint32_t *target = pass == 0 ? result : square;
      for (int i = 0; i < 4; i++) {
        uint64_t sum = (uint64_t)target[i & 2] * square[i & 1];
        sum += (uint64_t)target[(i & 2) + 1] * square[2 + (i & 1)];
        next[i] = (uint32_t)(sum % modulus);
      }
      memcpy(target, next, sizeof next);
    }
  }
}

static double magnitude(double x) { return x < 0.0 ? -x : x; }

static void swap_rows(double *a, size_t n, size_t first, size_t second) {
  for (size_t j = 0; j < n; j++) {
    double kept = a[first * n + j];
    a[first * n + j] = a[second * n + j];
    a[second * n + j] = kept;
  }
}

/* Factors a (n x n) in place into L and U with partial pivoting: row order[i] of the original is
 * row i of the product. L has ones on its diagonal, which is not stored. Returns the sign of the
 * permutation, or 0 when a pivot is below 1e-12. */
static int lu_decompose(double *a, size_t n, size_t *order) {
  int sign = 1;
  for (size_t i = 0; i < n; i++) order[i] = i;
  for (size_t k = 0; k < n; k++) {
    size_t pivot = k;
    for (size_t i = k + 1; i < n; i++)
      if (magnitude(a[i * n + k]) > magnitude(a[pivot * n + k])) pivot = i;
    if (magnitude(a[pivot * n + k]) < 1e-12) return 0;
    if (pivot != k) {
      size_t kept = order[k];
      order[k] = order[pivot];
      order[pivot] = kept;
      swap_rows(a, n, k, pivot);
      sign = -sign;
    }
    for (size_t i = k + 1; i < n; i++) {
      double factor = a[i * n + k] /= a[k * n + k];
      for (size_t j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
  return sign;
}

/* Solves a x = b, given the factors of a. */
static void lu_solve(const double *lu, size_t n, const size_t *order, const double *b, double *x) {
  for (size_t i = 0; i < n; i++) {
    x[i] = b[order[i]];
    for (size_t j = 0; j < i; j++) x[i] -= lu[i * n + j] * x[j];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t j = i + 1; j < n; j++) x[i] -= lu[i * n + j] * x[j];
    x[i] /= lu[i * n + i];
  }
}

/* The determinant from the factors. */
static double lu_determinant(const double *lu, size_t n, int sign) {
  double product = sign;
  for (size_t i = 0; i < n; i++) product *= lu[i * n + i];
  return product;
}

/* The exact determinant of an integer matrix by fraction-free elimination, in which every division
 * leaves no remainder. Destroys a. The products of two minors must fit in 64 bits. */
static int64_t exact_determinant(int64_t *a, size_t n) {
  int64_t previous = 1, sign = 1;
  for (size_t k = 0; k + 1 < n; k++) {
    size_t pivot = k;
    while (pivot < n && a[pivot * n + k] == 0) pivot++;
    if (pivot == n) return 0;
    for (size_t j = 0; pivot != k && j < n; j++) {
      int64_t kept = a[k * n + j];
      a[k * n + j] = a[pivot * n + j];
      a[pivot * n + j] = kept;
    }
    if (pivot != k) sign = -sign;
    for (size_t i = k + 1; i < n; i++)
      for (size_t j = k + 1; j < n; j++)
        a[i * n + j] = (a[i * n + j] * a[k * n + k] - a[i * n + k] * a[k * n + j]) / previous;
    previous = a[k * n + k];
  }
  return sign * a[n * n - 1];
}

typedef struct Image {
  int width, height;
  uint8_t pixels[k_max_image * k_max_image];
} Image;

/* A square kernel of odd size; sums are divided by 2^shift with rounding. */
typedef struct Kernel {
  int size, shift;
  int16_t weights[25];
} Kernel;

static int clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

/* Correlates an image with a kernel. Pixels outside repeat the nearest edge pixel; results saturate
 * to 0..255. False for a kernel of even size or larger than 5. */
static bool filter_image(Image *restrict out, const Image *restrict in, const Kernel *kernel) {
  int radius = kernel->size / 2, half = kernel->shift > 0 ? 1 << (kernel->shift - 1) : 0;
  if (kernel->size % 2 == 0 || kernel->size > 5) return false;
  out->width = in->width;
  out->height = in->height;
  for (int y = 0; y < in->height; y++)
    for (int x = 0; x < in->width; x++) {
      int sum = half;
      for (int dy = -radius; dy <= radius; dy++)
        for (int dx = -radius; dx <= radius; dx++) {
          int row = clamp(y + dy, 0, in->height - 1), column = clamp(x + dx, 0, in->width - 1);
          sum += kernel->weights[(dy + radius) * kernel->size + dx + radius] *
                 in->pixels[row * in->width + column];
        }
      out->pixels[y * in->width + x] = (uint8_t)clamp(sum / (1 << kernel->shift), 0, 255);
    }
  return true;
}

/* sums[(y + 1) * (width + 1) + x + 1] = the sum of all pixels up to and including (x, y). */
static void sum_area_table(uint32_t *sums, const Image *image) {
  size_t stride = (size_t)image->width + 1;
  memset(sums, 0, stride * sizeof *sums);
  for (int y = 0; y < image->height; y++) {
    uint32_t *row = sums + (size_t)(y + 1) * stride, in_row = 0;
    row[0] = 0;
    for (int x = 0; x < image->width; x++) {
      in_row += image->pixels[y * image->width + x];
      row[x + 1] = row[(size_t)x + 1 - stride] + in_row;
    }
  }
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "matrix: check %d failed: %s\n", (number), #condition), (number)

/* Small integers in -range..range from a linear congruential generator. */
static int32_t next_value(uint32_t *state, int32_t range) {
  *state = *state * 1664525u + 1013904223u;
  return (int32_t)(*state >> 16) % (2 * range + 1) - range;
}

static int check_products(void) {
  enum { k_rows = 7, k_inner = 11, k_columns = 9 };
  int32_t a[k_rows * k_inner], b[k_inner * k_columns], c[k_rows * k_columns];
  int32_t at[k_inner * k_rows], bt[k_columns * k_inner], ct[k_columns * k_rows];
  int32_t back[k_rows * k_columns];
  float fa[k_rows * k_inner], fb[k_inner * k_columns], fc[k_rows * k_columns];
  uint32_t state = 3;
  for (int i = 0; i < k_rows * k_inner; i++) fa[i] = (float)(a[i] = next_value(&state, 50));
  for (int i = 0; i < k_inner * k_columns; i++) fb[i] = (float)(b[i] = next_value(&state, 50));
  CHECK(1, multiply_i32(c, a, b, k_rows, k_inner, k_columns));
  multiply_f32(fc, fa, fb, k_rows, k_inner, k_columns);
  for (int i = 0; i < k_rows * k_columns; i++) CHECK(2, fc[i] == (float)c[i]);
  /* (a b)^T = b^T a^T */
  transpose_i32(at, a, k_rows, k_inner);
  transpose_i32(bt, b, k_inner, k_columns);
  CHECK(3, multiply_i32(ct, bt, at, k_columns, k_inner, k_rows));
  transpose_i32(back, ct, k_columns, k_rows);
  CHECK(4, memcmp(back, c, sizeof c) == 0);
  float x[k_columns] = {1.0f}, y[k_rows];
  for (int i = 0; i < k_rows; i++) y[i] = -2.0f * fc[i * k_columns];
  add_scaled_product(y, 2.0f, fc, x, k_rows, k_columns);
  for (int i = 0; i < k_rows; i++) CHECK(5, y[i] == 0.0f);
  CHECK(6, !multiply_i32(c, (const int32_t[]){65536}, (const int32_t[]){65536}, 1, 1, 1));
  return 0;
}

static int check_powers(void) {
  static const uint32_t fibonacci[4] = {1, 1, 1, 0};
  uint32_t result[4];
  power_2x2(result, fibonacci, 0, 1000);
  CHECK(20, result[0] == 1 && result[1] == 0 && result[2] == 0 && result[3] == 1);
  power_2x2(result, fibonacci, 40, 2147483647);
  CHECK(21, result[1] == 102334155 && result[0] == 165580141 && result[2] == result[1]);
  power_2x2(result, fibonacci, 1500000000u + 8, 1000);
  CHECK(22, result[1] == 21);
  return 0;
}

static int check_decomposition(void) {
  uint32_t state = 11;
  for (size_t n = 1; n <= 8; n++) {
    double a[k_max_order * k_max_order], x[k_max_order], b[k_max_order];
    int64_t exact[k_max_order * k_max_order];
    size_t order[k_max_order];
    for (size_t i = 0; i < n * n; i++) a[i] = (double)(exact[i] = next_value(&state, 5));
    for (size_t i = 0; i < n; i++) {
      b[i] = 0.0;
      for (size_t j = 0; j < n; j++) b[i] += a[i * n + j] * (double)(j + 1);
    }
    int64_t determinant = exact_determinant(exact, n);
    int sign = lu_decompose(a, n, order);
    CHECK(40, (sign != 0) == (determinant != 0));
    if (sign == 0) continue;
    double error = lu_determinant(a, n, sign) - (double)determinant;
    CHECK(41, magnitude(error) <= 1e-9 * magnitude((double)determinant));
    lu_solve(a, n, order, b, x);
    for (size_t i = 0; i < n; i++) CHECK(42, magnitude(x[i] - (double)(i + 1)) < 1e-8);
  }
  double singular[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  int64_t swapped[] = {0, 1, 1, 0};
  size_t order[3];
  CHECK(43, lu_decompose(singular, 3, order) == 0);
  CHECK(44, exact_determinant(swapped, 2) == -1);
  return 0;
}

static int check_images(void) {
  static const Kernel identity = {1, 0, {1}};
  static const Kernel blur = {3, 4, {1, 2, 1, 2, 4, 2, 1, 2, 1}};
  static const Kernel edges = {3, 0, {0, -1, 0, -1, 4, -1, 0, -1, 0}};
  static const Kernel even = {2, 0, {1, 1, 1, 1}};
  Image image = {20, 16, {0}}, out;
  uint32_t sums[21 * 17], total = 0;
  for (int i = 0; i < 20 * 16; i++) total += image.pixels[i] = (uint8_t)(i * 37 % 251);
  CHECK(60, filter_image(&out, &image, &identity) && !filter_image(&out, &image, &even));
  CHECK(61, memcmp(out.pixels, image.pixels, 20 * 16) == 0);
  sum_area_table(sums, &image);
  CHECK(62, sums[21 * 17 - 1] == total && sums[0] == 0);
  /* Any rectangle from four corners, here x 3..7 and y 2..5. */
  uint32_t direct = 0, corners = sums[6 * 21 + 8] - sums[2 * 21 + 8] - sums[6 * 21 + 3];
  for (int y = 2; y <= 5; y++)
    for (int x = 3; x <= 7; x++) direct += image.pixels[y * 20 + x];
  CHECK(63, corners + sums[2 * 21 + 3] == direct);
  /* One bright pixel spreads as the kernel itself, and its Laplacian saturates both ways. */
  memset(image.pixels, 0, sizeof image.pixels);
  image.pixels[5 * 20 + 5] = 160;
  CHECK(64, filter_image(&out, &image, &blur) && out.pixels[5 * 20 + 5] == 40);
  CHECK(65, out.pixels[4 * 20 + 5] == 20 && out.pixels[6 * 20 + 6] == 10);
  CHECK(66, filter_image(&out, &image, &edges) && out.pixels[5 * 20 + 5] == 255);
  CHECK(67, out.pixels[5 * 20 + 4] == 0);
  memset(image.pixels, 77, sizeof image.pixels);
  CHECK(68, filter_image(&out, &image, &blur) && out.pixels[0] == 77 && out.pixels[319] == 77);
  return 0;
}

int main(void) {
  static int (*const groups[])(void) = {check_products, check_powers, check_decomposition,
                                        check_images};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    int failed = groups[i]();
    if (failed != 0) return failed;
  }
  return 0;
}
