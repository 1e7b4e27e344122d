// exit() in the middle of a loop in a called function, with atexit handlers that run in reverse order,
// one of which registers another; nothing behind the exit may run.
#include "checksum.h"
#include <stdlib.h>

static uint32_t ledger[8];
static int handlers_run;
static unsigned handled_after;

// Registered first, so run last: prints all that was gathered.
static void last_words(void) {
  ++handlers_run;
  for (int i = 0; i < 8; ++i) mix(ledger[i]);
  mix((uint64_t)handlers_run);
  mix(handled_after);
  (void)report();
}

static void late(void) {
  ++handlers_run;
  handled_after = handled_after * 10 + 9;
  ledger[5] ^= 0x55;
}

static void second(void) {
  ++handlers_run;
  handled_after = handled_after * 10 + 2;
  for (int i = 0; i < 8; ++i) ledger[i] += (uint32_t)i;
}

static void first(void) {
  ++handlers_run;
  handled_after = handled_after * 10 + 1;
  atexit(late);  // runs next, before those that were registered earlier
  ledger[0] *= 3;
}

static __attribute__((noinline)) void deposit(int account, uint32_t amount) { ledger[account & 7] += amount; }

// Does not return when the account is full; whether it will cannot be seen at the call.
static __attribute__((noinline)) void check(int account, uint32_t most) {
  if (ledger[account & 7] <= most) return;
  printf("account %d is full\n", account & 7);
  exit(0);
}

// The store behind the call must not be moved before it, nor the division: it may be by zero then.
static uint32_t work(int rounds, const uint32_t *divisor) {
  uint32_t sum = 0;
  for (int i = 0; i < rounds; ++i) {
    deposit(i, (uint32_t)i * 17 + 1);
    check(i, 1500);
    sum += 100000 / *divisor;
    ledger[3] ^= sum & 0x3ff;
    if (i % 7 == 6) deposit(4, sum & 0xff);
  }
  return sum;
}

// Says that it never returns; it is the check in the first round that ends it, ahead of a division by zero.
static __attribute__((noreturn, noinline)) void finish(uint32_t seed) {
  uint32_t none = (uint32_t)opaque(0);
  deposit(0, 1600 + seed % 7);
  work((int)opaque(3), &none);
  deposit(7, 70);
  exit(2);
}

// Nested loops; the inner one ends the program at some time, and the outer one would run forever.
static void forever(uint32_t seed) {
  for (uint32_t step = 1;; step += 2) {
    for (int i = 0; i < 8; ++i) {
      seed = seed * 69069 + step;
      if (seed >> 24 == 0x7e) {
        puts("found");
        finish(seed);
        ledger[2] = 12345;
      }
      deposit(1, seed >> 28);
    }
    if (step > 100001) return;
  }
}

int main(void) {
  if (atexit(last_words) || atexit(second) || atexit(first)) return 1;
  uint32_t divisor = (uint32_t)opaque(7);
  for (uint32_t round = 0; round < 6; ++round) {
    mix(work((int)opaque(round * 2), &divisor));
    divisor -= 1;
  }
  mix(divisor);
  ledger[3] = 5;
  puts("before");
  forever((uint32_t)opaque(3));
  puts("behind");
  mix(0xdead);
  return report();
}
