// Stack memory whose size is known at run time only: variable-length arrays of one and two dimensions, arrays in loops and in
// recursion, alloca in loops and beside them, pointers to arrays of variable length, sizeof of them.
#include <alloca.h>

#include "checksum.h"

static __attribute__((noinline)) unsigned triangle(int n) {
  unsigned rows[n][n];
  for (int r = 0; r < n; ++r)
    for (int c = 0; c < n; ++c) rows[r][c] = c > r ? 0 : c == 0 || c == r ? 1 : rows[r - 1][c - 1] + rows[r - 1][c];
  unsigned sum = (unsigned)sizeof rows;
  for (int c = 0; c < n; ++c) sum = sum * 3 + rows[n - 1][c];
  return sum;
}

// A new array in each round, of another size; the stack must not grow without end, nor arrays share what they must not.
static __attribute__((noinline)) int in_a_loop(int rounds) {
  int sum = 0;
  for (int i = 1; i <= rounds; ++i) {
    int here[i % 17 + 1], *last = &here[i % 17];
    memset(here, 0, sizeof here);
    here[0] = i;
    *last += sum % 7;
    if (i % 5 == 4) continue;
    if (sum > 30000) break;
    {
      int inner[here[0] % 3 + 2];
      for (int k = 0; k < (int)(sizeof inner / sizeof *inner); ++k) inner[k] = *last + k;
      sum += inner[1] + (int)sizeof inner;
    }
    sum += here[0] + *last * 2;
  }
  return sum;
}

// Memory from alloca lives until the function returns, whatever the block.
static __attribute__((noinline)) unsigned chain(const char *text, int count) {
  struct link { struct link *next; unsigned char c; } *head = 0;
  for (int i = 0; i < count; ++i) {
    struct link *l = alloca(sizeof *l);
    l->next = head;
    l->c = (unsigned char)text[i];
    if (text[i] != ' ') head = l;
  }
  unsigned sum = 0;
  for (struct link *l = head; l; l = l->next) sum = sum * 131 + l->c;
  return sum;
}

static __attribute__((noinline)) long transposed(int rows, int columns, const int (*from)[columns], long by) {
  int to[columns][rows];
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) to[c][r] = from[r][c];
  const int(*row)[rows] = to;
  long sum = 0;
  for (int c = 0; c < columns; ++c, ++row)
    for (int r = 0; r < rows; ++r) sum = (sum * by + (*row)[r]) % 1000003;
  return sum + (long)sizeof *row;
}

static __attribute__((noinline)) int permute(int n, int depth, const int *used_above) {
  int used[n], count = 0;
  if (depth == n) return 1;
  for (int i = 0; i < n; ++i) used[i] = used_above ? used_above[i] : 0;
  for (int i = 0; i < n; ++i) {
    if (used[i] || (i == depth && n > 2)) continue;
    used[i] = 1;
    count += permute(n, depth + 1, used);
    used[i] = 0;
  }
  return count;
}

// Large fixed frame beside a dynamic one, with aligned parts.
static __attribute__((noinline)) unsigned mixed_frame(int n) {
  unsigned char fixed[3000];
  _Alignas(64) unsigned aligned[8];
  char dynamic[n + 1];
  char *more = n & 1 ? alloca((size_t)n * 16) : dynamic;
  for (int i = 0; i < 3000; i += 7) fixed[i] = (unsigned char)(i + n);
  for (int i = 0; i < 8; ++i) aligned[i] = (unsigned)(i * n);
  for (int i = 0; i <= n; ++i) dynamic[i] = (char)(i * 3);
  for (int i = 0; i < n; ++i) more[i] = more == dynamic ? (char)(more[i] ^ 5) : (char)i;
  unsigned sum = (uintptr_t)aligned % 64 == 0;
  for (int i = 0; i < 3000; i += 7) sum = sum * 5 + fixed[i];
  for (int i = 0; i < 8; ++i) sum = sum * 7 + aligned[i] + (unsigned char)more[i % n];
  for (int i = 0; i <= n; ++i) sum = sum * 11 + (unsigned char)dynamic[i];
  return sum;
}

static int reversed_digits(unsigned value, int length) {
  char digits[length], *at = digits;
  do *at++ = (char)(value % 10);
  while ((value /= 10) && at < digits + length);
  int result = 0;
  for (char *d = digits; d < at; ++d) result = result * 10 + *d;
  return result;
}

int main(void) {
  int table[24];
  for (int i = 0; i < 24; ++i) table[i] = opaque_int(i * i - 50);
  for (int n = 1; n < 20; n = n * 3 / 2 + 1) {
    int v = opaque_int(n);
    mix(triangle(v));
    mix((uint64_t)in_a_loop(v * 20));
    mix(chain("characters kept on the stack", v + 8));
    mix((uint64_t)transposed(v % 6 + 1, opaque_int(4), (const int(*)[4])table, v));
    mix((uint64_t)transposed(v % 3 + 1, opaque_int(1 + v % 8), (const int(*)[1 + v % 8])table, 3));
    mix((uint64_t)permute(v % 6 + 1, 0, 0));
    mix(mixed_frame(v));
    mix((uint64_t)reversed_digits(123456789u / (unsigned)v, v % 9 + 1));
  }
  return report();
}
