// Exceptions made of setjmp and longjmp: a list of frames, catching by code, handlers that throw again,
// finally parts that run on every way out, and cleanups registered along the way.
#include "checksum.h"
#include <setjmp.h>

struct frame {
  jmp_buf where;
  struct frame *outer;
  int cleanups;
};

static struct frame *top;
static int thrown, cleanup_count;
static struct { void (*run)(int); int with; } cleanup[16];
static uint32_t trail = 1;

static void mark(int what) { trail = (trail << 5 | trail >> 27) * 0x01000193u ^ (uint32_t)what; }

static __attribute__((noreturn, noinline)) void throw_code(int code) {
  struct frame *f = top;
  while (cleanup_count > f->cleanups) --cleanup_count, cleanup[cleanup_count].run(cleanup[cleanup_count].with);
  thrown = code;
  top = f->outer;
  longjmp(f->where, 1);
}

static void defer(void (*run)(int), int with) {
  if (cleanup_count == 16) throw_code(99);
  cleanup[cleanup_count].run = run;
  cleanup[cleanup_count++].with = with;
}

// A frame lies on the stack of the function that tries; a handler runs outside of it.
#define TRY                                          \
  {                                                  \
    struct frame frame_;                             \
    frame_.outer = top, frame_.cleanups = cleanup_count, top = &frame_; \
    if (setjmp(frame_.where) == 0) {
#define CATCH    \
  top = frame_.outer; \
  } else {
#define DONE }}

static void note(int with) { mark(3000 + with); }
static void undo(int with) { mark(4000 - with); }

static __attribute__((noinline)) int level_three(int x, const int *table) {
  mark(x);
  defer(note, x);
  for (int i = 0; i < 4; ++i) {
    if (table[i] == x) throw_code(30 + i);
    if (table[i] > 40 && x > 3) {
      defer(undo, i);
      if (x % 5 == 1) throw_code(7);
    }
  }
  --cleanup_count;
  cleanup[cleanup_count].run(cleanup[cleanup_count].with);
  return x * 2;
}

// Catches some codes, throws others on, turns one into another.
static int level_two(volatile int x, const int *table) {
  volatile int sum = 0;
  for (volatile int i = 0; i < 3; ++i) {
    TRY
      sum += level_three(x + i, table);
      mark(1);
    CATCH
      mark(thrown);
      if (thrown == 30) continue;
      if (thrown == 31) break;
      if (thrown == 32) throw_code(5);
      if (thrown != 7) throw_code(thrown);
      sum += 1000;
    DONE
    mark(2);
  }
  return sum;
}

// A finally part: runs once whether the part was left by its end, a return value, or a throw.
int level_one(int x, const int *table, int *finals) {
  volatile int result = -1;
  volatile int pending = 0;
  TRY
    result = level_two(x, table);
    if (result == 6) throw_code(6);
  CATCH
    pending = thrown;
  DONE
  ++*finals;
  mark(500 + pending);
  if (pending == 5 || pending == 6) throw_code(pending + 50);
  return pending ? -pending : result;
}

// A chain of frames as deep as asked; the throw at the bottom passes through handlers that let it on.
static int descend(volatile int depth, int code) {
  volatile int got = 0;
  if (depth == 0) throw_code(code);
  TRY
    got = descend(depth - 1, code) + 1;
  CATCH
    if (thrown % (depth + 1) != 0) throw_code(thrown + 1);
    got = thrown * 100 + depth;
  DONE
  return got;
}

int main(void) {
  volatile int finals = 0, caught = 0;
  for (volatile int round = 0; round < 60; ++round) {
    const int table[4] = {opaque_int(round % 9), round % 7 + 2, round * 3 % 50, round % 11};
    int count = 0;
    TRY
      mix((uint64_t)level_one(opaque_int(round % 8), table, &count));
      mix((uint64_t)count);
      mix((uint64_t)descend(round % 10, 11 + round));
    CATCH
      caught = caught + 1;
      mix((uint64_t)thrown);
    DONE
    finals = finals + (top != NULL);
    cleanup_count = 0;
    mix(trail);
  }
  mix((uint64_t)caught * 100 + (uint64_t)finals);
  return report();
}
