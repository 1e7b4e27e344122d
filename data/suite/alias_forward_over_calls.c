// Loads that may take their value from an earlier store only if no call in between wrote there: globals, escaped locals, callbacks.
#include "checksum.h"

int shared = 1;
static int hidden = 2;
static int table[8];
static int *watched;

void touch_shared(int by) { shared += by; }

static __attribute__((noinline)) void touch_hidden(int by) { hidden = (hidden * 3 + by) % 1000; }

static __attribute__((noinline)) void touch_watched(int by) {
  if (watched) *watched += by;
}

static __attribute__((noinline, pure)) int read_hidden(int factor) { return hidden * factor; }
static __attribute__((noinline, const)) int square(int x) { return x * x; }

static __attribute__((noinline)) int over_known_callee(int x) {
  shared = x;
  touch_hidden(x);  // does not change `shared`
  int first = shared;
  touch_shared(x & 3);
  return first * 100 + shared;
}

static __attribute__((noinline)) int over_pure_calls(int x) {
  hidden = x;
  int a = read_hidden(2);
  int b = read_hidden(2);  // the same
  hidden = x + 1;
  int c = read_hidden(2);  // another
  touch_hidden(1);
  int d = read_hidden(2);
  return a + 3 * b + 5 * c + 7 * d + square(x);
}

static __attribute__((noinline)) int over_callback(void (*callback)(int), int x) {
  shared = x;
  hidden = x;
  table[2] = x;
  int local = x;
  callback(5);
  return shared + 10 * hidden + 100 * table[2] + 1000 * local;
}

static void no_change(int by) { mix((uint64_t)by); }
static void change_table(int by) { table[by - 3] += by; }

static __attribute__((noinline)) int over_escape(int x) {
  int local = x, kept = x;
  touch_watched(1);  // `local` has not escaped yet
  watched = &local;
  local = 10;
  touch_watched(x);
  int first = local;
  watched = &kept;
  local = 20;
  touch_watched(x);
  watched = 0;
  local += kept;
  touch_watched(x);
  return first * 1000 + local;
}

// Only every third round changes the global; the value must be read again in each.
static __attribute__((noinline)) int in_a_loop(int rounds) {
  int sum = 0;
  shared = 1;
  for (int i = 0; i < rounds; ++i) {
    sum += shared;
    if (i % 3 == 1) touch_shared(i);
    sum = sum * 2 % 10007;
  }
  return sum;
}

static int by_index(int i, int j) {
  table[i] = 100;
  table[j] = 200;
  touch_hidden(0);
  return table[i] + 3 * table[j];
}

static __attribute__((noinline)) int via_pointer_to_pointer(int **at, int *a, int *b) {
  **at = 1;
  int before = *a;
  *at = b;
  **at = 2;
  return before * 100 + *a * 10 + *b;
}

int main(void) {
  void (*callbacks[])(int) = {touch_shared, touch_hidden, no_change, change_table, touch_watched};
  for (int x = 0; x < 6; ++x) {
    int v = opaque_int(x * 7 - 9);
    mix((uint64_t)over_known_callee(v));
    mix((uint64_t)over_pure_calls(v));
    for (int c = 0; c < 5; ++c) {
      watched = c == 4 ? &table[opaque_int(2)] : 0;
      mix((uint64_t)over_callback(callbacks[opaque_int(c)], v));
    }
    watched = opaque_int(x) % 2 ? &hidden : 0;
    mix((uint64_t)over_escape(v));
    mix((uint64_t)hidden);
    mix((uint64_t)in_a_loop(opaque_int(x * x)));
  }
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; j += 3) mix((uint64_t)by_index(opaque_int(i), opaque_int(j)));
  for (int same = 0; same < 4; ++same) {
    int one = 8, two = 9, *p = same & 1 ? &one : &two;
    mix((uint64_t)via_pointer_to_pointer(&p, &one, opaque_int(same) & 2 ? &two : &one));
  }
  return report();
}
