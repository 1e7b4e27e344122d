// A synchronous signal (raise) whose handler counts, sets a flag that a loop tests, or leaves a loop in
// another function by siglongjmp; the mask is restored, so that the signal can come again.
#include "checksum.h"
#include <setjmp.h>
#include <signal.h>

static sigjmp_buf out;
static volatile sig_atomic_t stop, handled, jump_on;
static volatile uint32_t progress;

static void on_signal(int number) {
  ++handled;
  stop = 1;
  if (jump_on && handled % jump_on == 0) siglongjmp(out, number == SIGUSR1 ? 1 : 2);
}

// Progress is written before each raise: the handler's jump must find it done.
static __attribute__((noinline)) uint32_t busy(uint32_t seed, int rounds) {
  uint32_t hash = seed;
  for (int i = 0; i < rounds; ++i) {
    hash = hash * 747796405u + 2891336453u;
    progress = hash >> 3;
    if (hash >> 29 == 5) raise(hash & 0x10000 ? SIGUSR1 : SIGUSR2);
    progress = progress + 1;
  }
  return hash;
}

// Ends by the flag that only the handler sets; a hoisted test would make it run on to its limit.
static int until_stopped(int when) {
  int turns = 0;
  stop = 0;
  while (!stop) {
    if (++turns == when) raise(SIGUSR2);
    if (turns > 500) return -1;
  }
  return turns;
}

// Leaves the loop by the jump, or runs to its end; what was stored to the array stays in both cases.
static int guarded(uint32_t seed, int rounds, uint32_t *results) {
  volatile int done = 0;
  switch (sigsetjmp(out, 1)) {
    case 0:
      for (int i = 0; i < 4; ++i) {
        results[i] = busy(seed + (uint32_t)i, rounds);
        done = done + 1;
      }
      return done;
    case 1: return 100 + done;
    default: results[3] = progress; return 200 + done;
  }
}

// The jump comes back into the loop's own frame; the signal must not stay blocked.
static int again_and_again(int wanted) {
  volatile int jumps = 0;
  volatile int plain = 0;
  while (jumps < wanted) {
    if (sigsetjmp(out, 1) != 0) {
      jumps = jumps + 1;
      continue;
    }
    plain = plain + 1;
    raise(SIGUSR1);
  }
  return plain * 100 + jumps;
}

// Without the saved mask the handler's signal is still blocked after the jump, until it is let through.
static int blocked_once(void) {
  volatile int stage = 0;
  sigset_t set;
  if (sigsetjmp(out, 0) == 0) {
    raise(SIGUSR1);
    stage = 50;
  }
  sigemptyset(&set);
  sigprocmask(SIG_BLOCK, NULL, &set);
  stage = stage + 1 + 2 * sigismember(&set, SIGUSR1);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  return stage;
}

int main(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGUSR1, &action, NULL) || sigaction(SIGUSR2, &action, NULL)) return 1;
  for (int round = 0; round < 24; ++round) {
    uint32_t results[4] = {0, 0, 0, 0};
    handled = 0;
    jump_on = opaque_int(round % 6);
    mix((uint64_t)guarded((uint32_t)opaque((unsigned)round * 977), round / 3 * 3, results));
    for (int i = 0; i < 4; ++i) mix(results[i]);
    mix(progress);
    mix((uint64_t)handled);
    jump_on = 0;
    mix((uint64_t)until_stopped(opaque_int(1 + round * 3)));
    handled = 0;
    jump_on = opaque_int(1 + round % 3);
    mix((uint64_t)again_and_again(round % 5));
    mix((uint64_t)handled);
    jump_on = 1;
    if (round % 6 == 0) mix((uint64_t)blocked_once());
  }
  return report();
}
