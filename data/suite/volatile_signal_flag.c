// Volatile variables that a signal handler changes in the middle of loops: each read must be made anew, each write at its place.
#include <signal.h>

#include "checksum.h"

static volatile sig_atomic_t arrivals, last_seen, stage, veto;
static volatile int journal[48];
static volatile int journal_length;

static void on_signal(int number) {
  arrivals = arrivals + 1;
  last_seen = stage;  // what the interrupted code had stored at that moment
  if (journal_length < 48) {
    journal[journal_length] = stage * 10 + (number == SIGUSR2);
    journal_length = journal_length + 1;
  }
  if (number == SIGUSR2) veto = 1;
}

static __attribute__((noinline)) void maybe_raise(int when, int now) {
  if (when == now) raise(now & 1 ? SIGUSR1 : SIGUSR2);
}

static __attribute__((noinline)) int until_signal(int when) {
  int rounds = 0;
  arrivals = 0;
  while (!arrivals) {
    stage = rounds;
    maybe_raise(when, rounds);
    ++rounds;
  }
  return rounds * 100 + last_seen;
}

// The same volatile is read three times in a round, with a signal between.
static __attribute__((noinline)) int reads_apart(int when) {
  int differences = 0, sum = 0;
  arrivals = 0;
  for (int i = 0; i < 10; ++i) {
    int before = arrivals;
    maybe_raise(when, i);
    int after = arrivals;
    differences += after - before;
    sum = sum * 3 + arrivals;
  }
  return sum * 10 + differences;
}

// A store in each round, though only the last would be seen without signals.
static __attribute__((noinline)) int stages(int when, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    stage = 1;
    maybe_raise(when, i);
    stage = 2;
    stage = 3;
    maybe_raise(when, i + 1);
    sum += last_seen * (i + 1);
    stage = 4;
  }
  return sum;
}

static int vetoed(int count) {
  int done = 0;
  veto = 0;
  for (int i = 0; i < count && !veto; ++i) {
    ++done;
    stage = 50 + i;
    if (i % 5 == 4) raise(i % 2 ? SIGUSR1 : SIGUSR2);
    if (veto && i < 10) veto = 0;  // the first veto is withdrawn
  }
  return done;
}

// A condition on a volatile on both sides of a loop without effect.
static __attribute__((noinline)) int spin(volatile int *countdown, int start) {
  int turns = 0;
  *countdown = start;
  while (*countdown > 0) {
    *countdown = *countdown - 1;
    ++turns;
  }
  for (int i = 0; i < 10; ++i) {
    if (*countdown) return -1;
  }
  return turns;
}

int main(void) {
  signal(SIGUSR1, on_signal);
  signal(SIGUSR2, on_signal);
  for (int when = 0; when < 7; ++when) {
    mix((uint64_t)until_signal(opaque_int(when)));
    mix((uint64_t)reads_apart(opaque_int(when * 2)));
    mix((uint64_t)stages(opaque_int(when), opaque_int(5)));
    mix((uint64_t)veto);
    mix((uint64_t)vetoed(opaque_int(when * 3)));
  }
  volatile int countdown;
  for (int start = 0; start < 20; start += 6) mix((uint64_t)spin(&countdown, opaque_int(start)));
  mix((uint64_t)journal_length);
  for (int i = 0; i < journal_length; ++i) mix((uint64_t)journal[i]);
  return report();
}
