// longjmp out of nested loops back to a setjmp before, inside or around them, with volatile locals
// that must keep their values, statics, and locals that do not change after the setjmp.
#include "checksum.h"
#include <setjmp.h>

static jmp_buf restart, per_item;
static uint32_t journal;
static int attempts;

static __attribute__((noinline)) void give_up(jmp_buf where, int code) {
  journal = journal * 41 + (uint32_t)code;
  longjmp(where, code);
}

// Fails in the midst of its inner loop on the first attempts, each time further on.
static __attribute__((noinline)) int scan(const int8_t *v, int n, int patience) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    for (int k = i; k < n; k += i + 1) {
      sum = sum * 3 % 10007 + v[k];
      if (v[k] < 0 && ++attempts % patience != 0) give_up(restart, 1 + (i * 16 + k) % 250);
    }
  }
  return sum;
}

// One setjmp before the loops; the volatile locals live on over the jumps, `n` never changes.
static int with_retries(const int8_t *v, int n, int patience) {
  volatile int tries = 0;
  volatile uint64_t seen = 1;
  int result;
  switch (setjmp(restart)) {
    case 0: break;
    case 1: case 2: case 3: seen = seen + 1000; break;
    case 4: case 6: case 10: case 18: seen = seen * 7;  // and on
    default: seen = seen ^ 0x55; break;
  }
  if (++tries > 6) {
    result = -tries;
  } else {
    result = scan(v, n, patience);
  }
  mix(seen);
  mix((uint64_t)tries);
  return result * 8 + tries;
}

// The setjmp is in the loop: each round arms it anew, and the jump goes on with the next round.
static unsigned per_round(const int8_t *v, int n) {
  volatile unsigned skipped = 0, sum = 0;
  for (volatile int i = 0; i < n; ++i) {
    if (setjmp(per_item) != 0) {
      ++skipped;
      continue;
    }
    if (v[i] % 5 == 0) give_up(per_item, 5);
    for (int k = 0; k < v[i]; ++k)
      if ((k * v[i]) % 31 == 30) give_up(per_item, 6);
    sum = sum * 5 + (unsigned)v[i];
  }
  return sum * 64 + skipped;
}

// The jump itself is the loop: each longjmp is a round, its value the number of the round.
int jump_is_loop(int rounds) {
  static int sum;
  volatile int left = rounds;
  sum = 0;
  switch (setjmp(restart)) {
    case 0: sum += 1; break;
    case 1: sum *= 2; break;
    case 2: sum += 7; break;
    default: sum = -sum; break;
  }
  left = left - 1;
  if (left >= 0) longjmp(restart, left % 4);  // a zero arrives as one
  return sum * 4 + left;
}

// An inner setjmp of another buffer, left by a jump to the outer one from below both.
static int inner_and_outer(int n, int8_t *cells) {
  volatile int outer = 0, inner = 0;
  if (setjmp(restart)) outer = outer + 1;
  for (int i = outer; i < n; ++i) {
    if (setjmp(per_item)) inner = inner + 1;
    if (cells[i] > 0) {
      --cells[i];
      if (cells[i] % 3 == 0) give_up(restart, 9);
      give_up(per_item, 8);
    }
    cells[i] = (int8_t)(cells[i] - 1);
    if (inner > 20) break;
    if (i == n / 2 && outer < 5) give_up(restart, 3);
  }
  return outer * 100 + inner;
}

int main(void) {
  for (int round = 0; round < 30; ++round) {
    int8_t v[20];
    for (int i = 0; i < 20; ++i) v[i] = (int8_t)((i * (round + 3) * 7 + opaque_int(round)) % 50 - (round % 4 == 1 ? 0 : 6));
    attempts = round % 3;
    mix((uint64_t)with_retries(v, opaque_int(round % 21), 1 + round % 5));
    mix(per_round(v, 1 + round % 20));
    mix((uint64_t)jump_is_loop(opaque_int(round)));
    for (int i = 0; i < 20; ++i) v[i] = (int8_t)(v[i] % 7);
    mix((uint64_t)inner_and_outer(1 + round % 20, v));
    for (int i = 0; i < 20; i += 3) mix((uint64_t)v[i]);
    mix(journal);
  }
  return report();
}
