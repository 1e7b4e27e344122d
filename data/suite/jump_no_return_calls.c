// Calls that may not come back (they may longjmp) before divisions, loads and stores that would trap
// or show if they were moved above; failing assertions of many small accessors in loops.
#include "checksum.h"
#include <setjmp.h>

static jmp_buf failed;
static int32_t ledger[12], failures;
static const int32_t *last_seen;

static __attribute__((noreturn, noinline, cold)) void fail(int code) {
  ++failures;
  longjmp(failed, code);
}

// Looks harmless: only the callee knows that it may leave.
static __attribute__((noinline)) int approve(int amount, int limit) {
  if (amount > limit) fail(2);
  return limit - amount;
}

static inline void require(int condition, int code) {
  if (!condition) fail(code);
}

// The division by the checked value, the load behind the checked pointer.
static __attribute__((noinline)) int rate(const int32_t *amount, int32_t parts) {
  require(amount != NULL, 3);
  last_seen = amount;
  require(parts != 0, 4);
  return *amount / parts;
}

// Stores before a call that leaves are seen, those behind are not; both are to the same cells.
static void transfer(int from, int to, int amount) {
  ledger[from] -= amount;
  approve(amount, ledger[to] + 100);
  ledger[to] += amount;
  ledger[11] = amount;
  approve(ledger[to], 900);
  ledger[11] = 0;
}

// In a loop: the sum is in memory again whenever the call may leave.
static __attribute__((noinline)) void post_all(const int32_t *amounts, int n, int32_t divisor) {
  ledger[10] = 0;
  for (int i = 0; i < n; ++i) {
    ledger[10] += amounts[i];
    approve(amounts[i], 60 + i);
    ledger[9] += 1000 / (divisor - (amounts[i] == 500 ? divisor : 0));
  }
}

// The result is not used, but the call may leave: it is not dead.
static int dropped_result(int x, int y) {
  (void)approve(x, y);
  (void)rate(&ledger[x & 7], y);
  return x + y;
}

// Accessors that check, called for both operands before anything is written.
static int32_t *cell(int at) {
  require(at >= 0 && at < 12, 5);
  return &ledger[at];
}

static void exchange(int a, int b) {
  int32_t *p = cell(a), *q = cell(b);
  int32_t t = *p;
  *p = *q;
  *q = t;
}

// An unlimited loop that only a failure ends.
static __attribute__((noreturn)) void until_failure(int step) {
  for (int at = 0;; at += step) {
    *cell(at) ^= at + 1;
    if (ledger[at] % 17 == 16) fail(6);
  }
}

static int attempt(int which, int a, int b, const int32_t *amounts) {
  switch (setjmp(failed)) {
    case 0: break;
    case 2: return 2000;
    case 3: return 3000;
    case 4: return 4000;
    default: return 9000;
  }
  switch (which) {
    case 0: transfer(a % 9, b % 9, a * 5 - b); return 1;
    case 1: return rate(a % 5 ? &amounts[a % 16] : NULL, b % 4);
    case 2: post_all(amounts, a % 16 + 1, a % 3 ? b + 1 : 7); return 2;
    case 3: return dropped_result(a, b);
    case 4: exchange(a % 15 - 1, b % 14); return 3;
    default: until_failure(1 + a % 4);
  }
}

int main(void) {
  int32_t amounts[16];
  unsigned outcomes[10] = {0};
  for (volatile int round = 0; round < 240; ++round) {
    const int r = round;
    for (int i = 0; i < 16; ++i) amounts[i] = (i * 7 + r * opaque_int(3)) % 59 + (i == 15 || i == r % 21 ? 40 : 0);
    // An amount of 500 would lead to a division by zero, but it is never approved.
    if (r % 12 == 2) amounts[r * 7 / 6 % 31 % 16] = 500;
    int result = attempt(r % 6, r * 7 / 6 % 31, r * 11 / 6 % 29, amounts);
    ++outcomes[result >= 2000 ? result / 1000 : 0];
    mix((uint64_t)result);
    mix((uint64_t)failures);
    mix(last_seen ? (uint64_t)*last_seen : 0);
    last_seen = NULL;
    for (int i = 0; i < 12; ++i) {
      mix((uint64_t)ledger[i]);
      if (ledger[i] > 2000 || ledger[i] < -2000) ledger[i] /= 16;
    }
  }
  for (int i = 0; i < 10; ++i) mix(outcomes[i]);
  return report();
}
