// Exceptions made of nested jump buffers: a stack of handlers, rethrowing, clean-up on the way, handlers that throw, and heap cells
// that survive because their addresses are in memory.
#include <setjmp.h>
#include <stdlib.h>

#include "checksum.h"

struct handler {
  jmp_buf where;
  struct handler *outer;
  int depth;
};

static struct handler *innermost;
static char trace[4096];
static int trace_length;
static int live_cells, thrown;

static void note(char c) {
  if (trace_length < 4095) trace[trace_length++] = c;
}

static __attribute__((noreturn, noinline)) void throw_code(int code) {
  if (!innermost) exit(9);
  struct handler *h = innermost;
  innermost = h->outer;
  note((char)('0' + code % 10));
  thrown = code;
  longjmp(h->where, code);
}

// `code` becomes 0 at first, and what was thrown when the handler is jumped to.
#define TRY(h, code)                                                                                 \
  int code = 0;                                                                                      \
  (h).outer = innermost, (h).depth = innermost ? innermost->depth + 1 : 0, innermost = &(h);         \
  if (setjmp((h).where)) code = thrown
#define END_TRY(h) (innermost = (h).outer)

static __attribute__((noinline)) int *new_cell(int value) {
  int *cell = malloc(sizeof *cell);
  if (!cell) exit(8);
  *cell = value;
  ++live_cells;
  return cell;
}

static void drop_cell(int *cell) {
  note((char)('a' + *cell % 26));
  free(cell);
  --live_cells;
}

static int divide(int a, int b) {
  if (b == 0) throw_code(3);
  return a / b;
}

static __attribute__((noinline)) int element(const int *values, int count, int index) {
  if (index < 0 || index >= count) throw_code(2);
  return values[index];
}

// Frees its cell on both ways, and passes the error on.
static __attribute__((noinline)) int guarded(const int *values, int count, int index, int by) {
  struct handler h;
  int *volatile cell = new_cell(index + 20);
  TRY(h, code);
  if (code) {
    drop_cell(cell);
    throw_code(code + 1);
  }
  *cell += divide(element(values, count, index), by);
  END_TRY(h);
  int result = *cell;
  drop_cell(cell);
  return result;
}

// Handles some errors here, and lets the others through; the handler itself may fail.
static __attribute__((noinline)) int tolerant(const int *values, int count, int index, int by) {
  struct handler outer, inner;
  volatile int result = 0;
  volatile char stage = 'p';
  TRY(outer, code);
  if (code == 0) {
    TRY(inner, inner_code);
    if (inner_code == 0) {
      stage = 'q';
      result = guarded(values, count, index, by);
      stage = 'r';
      END_TRY(inner);
    } else if (inner_code == 3) {
      stage = 's';
      result = -1 - guarded(values, count, index % 3, by);
    } else {
      stage = 't';
      throw_code(inner_code + 2);
    }
    END_TRY(outer);
  } else {
    note('!');
    result = result * 2 + 100 * code;
  }
  note(stage);
  return result;
}

static __attribute__((noinline)) int recurse(int levels, int fail_below) {
  struct handler h;
  volatile int here = levels;
  if (levels == 0) throw_code(5);
  TRY(h, code);
  if (code) {
    here = here * 10 + code;
    if (levels < fail_below) throw_code(code + 1);
    return here + h.depth;
  }
  int below = recurse(levels - 1, fail_below);
  END_TRY(h);
  return below + here;
}

int main(void) {
  int values[6];
  for (int i = 0; i < 6; ++i) values[i] = opaque_int(100 - i * 13);
  for (int index = -2; index < 9; ++index)
    for (int by = -1; by < 2; ++by) mix((uint64_t)tolerant(values, 6, opaque_int(index), opaque_int(by)));
  for (int levels = 1; levels < 8; ++levels)
    for (int fail_below = 0; fail_below <= levels; ++fail_below)
      mix((uint64_t)recurse(opaque_int(levels), opaque_int(fail_below)));
  mix((uint64_t)live_cells);
  mix(innermost == 0);
  trace[trace_length] = 0;
  mix_text(trace);
  return report();
}
