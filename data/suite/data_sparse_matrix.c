// Sparse matrices in compressed rows: built from unordered triples by counting, transposed, multiplied with vectors and with each
// other through a dense scratch row, thresholded in place, and compared with the dense result.
#include "checksum.h"

enum { most = 400, widest = 24 };
struct triple { short row, column; int value; };
struct matrix {
  int rows, columns;
  short start[widest + 1];
  short column[most];
  int value[most];
};

static __attribute__((noinline)) void from_triples(struct matrix *m, int rows, int columns, const struct triple *t, int count) {
  m->rows = rows, m->columns = columns;
  memset(m->start, 0, sizeof m->start);
  for (int i = 0; i < count; ++i) ++m->start[t[i].row + 1];
  for (int r = 0; r < rows; ++r) m->start[r + 1] = (short)(m->start[r + 1] + m->start[r]);
  short place[widest];
  memcpy(place, m->start, sizeof place);
  for (int i = 0; i < count; ++i) {
    short at = place[t[i].row]++;
    m->column[at] = t[i].column;
    m->value[at] = t[i].value;
  }
}

// Adds up entries of the same place and drops zeros; the rows move towards the front of the arrays they are read from.
static __attribute__((noinline)) int compress(struct matrix *m) {
  short write = 0, read = 0;
  for (int r = 0; r < m->rows; ++r) {
    short row_start = write, end = m->start[r + 1];
    for (; read < end; ++read) {
      short k = row_start;
      while (k < write && m->column[k] != m->column[read]) ++k;
      if (k == write) {
        m->column[write] = m->column[read];
        m->value[write++] = m->value[read];
      } else {
        m->value[k] += m->value[read];
      }
    }
    for (short k = row_start; k < write;) {
      if (m->value[k]) {
        ++k;
        continue;
      }
      --write;
      m->column[k] = m->column[write];
      m->value[k] = m->value[write];
    }
    m->start[r] = row_start;
  }
  m->start[m->rows] = write;
  return write;
}

static void transpose(const struct matrix *m, struct matrix *to) {
  struct triple t[most];
  int count = 0;
  for (short r = 0; r < m->rows; ++r)
    for (short k = m->start[r]; k < m->start[r + 1]; ++k) t[count++] = (struct triple){m->column[k], r, m->value[k]};
  from_triples(to, m->columns, m->rows, t, count);
}

static __attribute__((noinline)) void times_vector(const struct matrix *m, const int *x, int *y) {
  for (int r = 0; r < m->rows; ++r) {
    int sum = 0;
    for (short k = m->start[r]; k < m->start[r + 1]; ++k) sum += m->value[k] * x[m->column[k]];
    y[r] = sum % 10007;
  }
}

// Rows of the product are gathered in a dense row with a list of the touched columns.
static __attribute__((noinline)) int multiply(const struct matrix *a, const struct matrix *b, struct matrix *to) {
  int scratch[widest] = {0};
  short touched[widest], used = 0;
  to->rows = a->rows, to->columns = b->columns;
  for (int r = 0; r < a->rows; ++r) {
    int count = 0;
    unsigned marks = 0;
    to->start[r] = used;
    for (short k = a->start[r]; k < a->start[r + 1]; ++k) {
      int factor = a->value[k];
      short other = a->column[k];
      for (short j = b->start[other]; j < b->start[other + 1]; ++j) {
        short c = b->column[j];
        if (!(marks >> c & 1)) marks |= 1u << c, touched[count++] = c;
        scratch[c] += factor * b->value[j];
      }
    }
    if (used + count > most) return 0;
    for (int i = 0; i < count; ++i) {
      to->column[used] = touched[i];
      to->value[used++] = scratch[touched[i]] % 1000;
      scratch[touched[i]] = 0;
    }
  }
  to->start[a->rows] = used;
  return 1;
}

static int at(const struct matrix *m, int r, int c) {
  for (short k = m->start[r]; k < m->start[r + 1]; ++k)
    if (m->column[k] == c) return m->value[k];
  return 0;
}

int main(void) {
  static struct matrix a, b, product, again;
  for (int round = 1; round < 9; ++round) {
    struct triple t[60];
    int size = opaque_int(round * 3 - 1), count = round * 7;
    for (int i = 0; i < count; ++i) t[i] = (struct triple){(short)(opaque_int(i * 5) % size), (short)(i * i % size), i % 11 - 5};
    from_triples(&a, size, size, t, count);
    mix((uint64_t)compress(&a));
    transpose(&a, &b);
    transpose(&b, &again);
    int fits = multiply(&a, &b, &product), x[widest], y[widest], z[widest], wrong = 0;
    for (int i = 0; i < size; ++i) x[i] = opaque_int(i * 3 - 7);
    times_vector(&b, x, y);
    times_vector(&a, y, z);
    for (int i = 0; i < size; ++i) mix((uint64_t)(y[i] * 3 + z[i]));
    for (int r = 0; r < size; ++r)
      for (int c = 0; c < size; ++c) {
        int sum = 0;
        for (int k = 0; k < size; ++k) sum += at(&a, r, k) * at(&a, c, k);
        wrong += (fits && sum % 1000 != at(&product, r, c)) + (at(&again, r, c) != at(&b, c, r));
      }
    mix((uint64_t)(wrong * 2 + fits));
    mix((uint64_t)compress(&product));
    for (short k = 0; k < product.start[size]; ++k) mix((uint64_t)(product.column[k] * 1000 + product.value[k]));
  }
  return report();
}
