// Functions that acquire several things and release them backwards through a chain of labels, which
// is entered at another place by each failure; with the cleanup attribute and partial loops besides.
#include "checksum.h"

static uint32_t journal = 1;
static int held, fail_at, attempts;
static uint8_t arena[64];
static unsigned arena_used;

static void write_down(int what) { journal = journal * 0x01000193u ^ (uint32_t)what; }

static __attribute__((noinline)) int acquire(int what) {
  if (++attempts == fail_at) {
    write_down(-what);
    return -1;
  }
  ++held;
  write_down(what);
  return what * 10 + held;
}

static void release(int handle) {
  --held;
  write_down(1000 + handle);
}

static uint8_t *reserve(unsigned size) {
  if (++attempts == fail_at || arena_used + size > sizeof arena) return NULL;
  arena_used += size;
  return arena + arena_used - size;
}

// Every label releases one thing and falls into the next.
static __attribute__((noinline)) int open_all(int first, int keep) {
  int result = -1, lock, file, *slot;
  uint8_t *room;
  unsigned mark = arena_used;
  lock = acquire(first);
  if (lock < 0) goto out;
  file = acquire(first + 1);
  if (file < 0) goto unlock;
  room = reserve(sizeof *slot * 4);
  if (!room) {
    result = -2;
    goto close;
  }
  memset(room, lock & 0xff, 16);
  for (int i = 0; i < 3; ++i) {
    int part = acquire(first + 2 + i);
    if (part < 0) {
      result = -3 - i;
      goto parts;
    }
    room[i] = (uint8_t)part;
  }
  result = room[0] + room[1] * 2 + room[2] * 4 + room[3];
  if (keep) goto out;
parts:
  for (int i = 2; i >= 0; --i)
    if (result >= 0 || i < -3 - result) release(room[i]);
  arena_used = mark;
close:
  release(file);
unlock:
  release(lock);
out:
  return result;
}

static void drop(int *handle) {
  if (*handle > 0) release(*handle);
}

// Leaving a scope by goto, break, continue or return runs the cleanup of that scope, inner ones first.
int scoped(int rounds, int leave) {
  int sum = 0;
  for (int i = 0; i < rounds; ++i) {
    __attribute__((cleanup(drop))) int outer = acquire(20 + i);
    if (outer < 0) break;
    {
      __attribute__((cleanup(drop))) int inner = acquire(30 + i);
      if (inner < 0) goto later;
      if (i == leave) return sum + inner;
      if (inner % 4 == 1) continue;
      sum += inner;
    }
    sum *= 2;
  later:
    sum -= outer;
  }
  return sum;
}

// A transaction: undo is applied from the last step done to the first.
static int transaction(int *cells, const int8_t *steps, int count) {
  int done;
  for (done = 0; done < count; ++done) {
    int at = done % 5;
    if (++attempts == fail_at) goto undo;
    cells[at] += steps[done];
    if (cells[at] < 0) {
      ++done;
      goto undo;
    }
  }
  return count;
undo:
  for (int i = done; i-- > 0;) cells[i % 5] -= steps[i];
  return -done - 1;
}

int main(void) {
  static const int8_t steps[] = {5, -2, 7, -3, 0, -4, 9, -6, 2, 3, -1, -8};
  for (int round = 0; round < 36; ++round) {
    int cells[5] = {round % 4, 6, 2, round % 7, 1};
    fail_at = opaque_int(round % 12);
    attempts = 0;
    mix((uint64_t)open_all(round % 3 + 1, round % 3 == 0));
    mix(arena_used);
    attempts = 0;
    mix((uint64_t)scoped(opaque_int(round % 6), round % 4 + 1));
    attempts = 0;
    mix((uint64_t)transaction(cells, steps, opaque_int(round % 13)));
    for (int i = 0; i < 5; ++i) mix((uint64_t)cells[i]);
    mix((uint64_t)held);
    mix(journal);
  }
  return report();
}
