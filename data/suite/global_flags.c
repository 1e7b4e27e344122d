// Global flags and small states that only ever take two values, some of them unusual ones: shrinking them to a boolean must keep the
// values, the initial state, what is read before the first write, and the order among several flags.
#include <stdbool.h>

#include "checksum.h"

enum mode { mode_off = 7, mode_on = 9 };

static bool running;
static bool started = true;
static enum mode mode = mode_off;
static int level = -1;          // -1 or 1000
static unsigned long long mask = ~0ull;  // all or nothing
static double factor = 1.0;     // 1 or 0.5
static const char *unit = "metre";
static int (*rounding)(int);
static unsigned char phase = 200;  // 200 or 201
static short toggles = 0;
bool visible;
static int pending_error;       // 0, or the first one

static int round_down(int x) { return x / 10 * 10; }
static int round_up(int x) { return (x + 9) / 10 * 10; }

static __attribute__((noinline)) void start(void) {
  if (running) {
    if (!pending_error) pending_error = 42;
    return;
  }
  running = true;
  mode = mode_on;
}

static __attribute__((noinline)) void stop(void) {
  if (!running && !pending_error) pending_error = 42;
  running = false;
  mode = mode_off;
}

static void choose_unit(int metric) {
  if (metric) {
    unit = "metre";
    factor = 1.0;
  } else {
    unit = "half metre";
    factor = 0.5;
  }
}

static __attribute__((noinline)) void raise_level(int x) {
  if (x > 5) level = 1000;
  if (x < 2) level = -1;
  mask = x & 1 ? ~0ull : 0;
  rounding = x & 2 ? round_down : round_up;
}

static __attribute__((noinline)) unsigned flip(void) {
  phase = phase == 200 ? 201 : 200;
  toggles = !toggles;
  visible ^= true;
  return phase * 4u + (unsigned)toggles * 2 + visible;
}

static __attribute__((noinline)) uint64_t summary(int x) {
  uint64_t sum = (uint64_t)(running + 2 * started + 4 * visible);
  sum = sum * 31 + (uint64_t)mode;
  sum = sum * 31 + (uint64_t)level;
  sum = sum * 31 + (mask & (uint64_t)x);
  sum = sum * 31 + (uint64_t)(factor * x * 4);
  sum = sum * 31 + (uint64_t)unit[0] + strlen(unit);
  sum = sum * 31 + (uint64_t)(rounding ? rounding(x) : -7);
  return sum * 31 + (uint64_t)pending_error;
}

// The flag is set in the loop and read before it is set.
static __attribute__((noinline)) int first_after(const int *values, int count, int wanted) {
  static bool seen;
  int result = -1;
  for (int i = 0; i < count; ++i) {
    if (seen && result < 0) result = values[i];
    if (values[i] == wanted) seen = true;
    if (values[i] == 0) seen = false;
  }
  return result;
}

static int once_only(int x) {
  static bool done = false;
  if (done) return x;
  done = true;
  return x + 5000;
}

bool any_bit(unsigned x) {
  bool result = x & 0xf0;  // a conversion, not a truncation
  started = result;
  return result;
}

int main(void) {
  static const char script[] = "s.ss..tsttt.sts.t";
  int values[9];
  for (int i = 0; i < 9; ++i) values[i] = opaque_int((i * 4 + 3) % 9);
  mix(summary(opaque_int(12)));
  for (int i = 0; script[i]; ++i) {
    int x = opaque_int(i);
    if (script[x] == 's') start();
    if (script[x] == 't') stop();
    if (script[x] == '.') pending_error = 0;
    mix(summary(x));
    if (i % 4 == 3) choose_unit(x & 4);
    raise_level(x % 9);
    mix(flip());
    mix(any_bit((unsigned)x * 11));
    mix(summary(x * 7));
    mix((uint64_t)first_after(values, 9, x));
    mix((uint64_t)once_only(x));
  }
  return report();
}
