// Internal globals as optimisers like to remove or shrink them: only written, only read, written once, read before the first write,
// written in a recursive function, stored with its own value, used by one function only, and arrays of which few elements matter.
#include <stdlib.h>

#include "checksum.h"

static int only_written;
static int only_read = 6;
static int never_touched[100];
static int written_once;
static int read_first = 17;
static int scratch;
static int own_value = 3;
static int two_values = 1;
static double maybe_nan;
static unsigned elements[8];
static struct { int used, unused; char also_unused[20]; unsigned short used_too; } partly;
static int *heap_once;
static const char *last_text;
static int recursion_state;
static int *address_kept = &scratch;

static __attribute__((noinline)) void write_only(int x) {
  only_written = x;
  never_touched[x & 63] = x;
}

static __attribute__((noinline)) int before_main_wrote(void) {
  int old = written_once;
  if (!old) written_once = 23;
  return old;
}

static __attribute__((noinline)) int read_then_write(int x) {
  int old = read_first;
  read_first = x;
  return old;
}

// Looks like a local of this function, but keeps its value from call to call.
static __attribute__((noinline)) int uses_scratch(int x) {
  if (x & 1) scratch = x * 2;
  return scratch + 1;
}

// Must be saved around the recursion, and is not.
static __attribute__((noinline)) int recursive(int n) {
  recursion_state = n;
  if (n > 0) recursive(n - 2);
  return recursion_state * 10 + n;
}

static void store_own(void) {
  int same = own_value;
  own_value = same;
}

// Either 1 or 250: could be a flag, but not a boolean as it is.
static __attribute__((noinline)) void toggle(int x) {
  if (x % 3 == 0)
    two_values = 250;
  else if (x % 3 == 1)
    two_values = 1;
}

static int *heap(void) {
  if (!heap_once) {
    heap_once = calloc(10, sizeof *heap_once);
    if (!heap_once) exit(4);
  }
  return heap_once;
}

static __attribute__((noinline)) unsigned touch_elements(int i, unsigned value) {
  elements[1] += value;
  elements[i & 7] ^= 5;  // any of them
  return elements[1] * 3 + elements[6];
}

static __attribute__((noinline)) int partly_used(int x) {
  partly.unused = x;
  partly.also_unused[x & 15] = 1;
  partly.used += x;
  partly.used_too = (unsigned short)(partly.used * 1000);
  return partly.used_too - partly.used;
}

static __attribute__((noinline)) const char *text_for(int x) {
  const char *before = last_text ? last_text : "nothing yet";
  last_text = x < 0 ? 0 : x > 4 ? "many" : "few";
  return before;
}

static __attribute__((noinline)) void make_nan(int really) {
  if (really) maybe_nan = maybe_nan / maybe_nan;
}

int main(void) {
  for (int x = 0; x < 14; ++x) {
    int v = opaque_int(x);
    write_only(v);
    mix((uint64_t)(v * only_read));
    mix((uint64_t)before_main_wrote());
    mix((uint64_t)read_then_write(v * v));
    mix((uint64_t)uses_scratch(v / 2));
    if (x == 7) *address_kept = 1000;
    mix((uint64_t)recursive(v));
    store_own();
    mix((uint64_t)own_value);
    toggle(v / 2);
    mix((uint64_t)two_values);
    heap()[v % 10] += v;
    mix((uint64_t)heap()[9 - v % 10]);
    mix(touch_elements(v * 3, (unsigned)v));
    mix((uint64_t)partly_used(v));
    mix_text(text_for(v % 7 - 1));
    make_nan(v == 9);
    mix_double(maybe_nan);
  }
  for (int i = 0; i < 10; ++i) mix((uint64_t)heap_once[i]);
  free(heap_once);
  return report();
}
