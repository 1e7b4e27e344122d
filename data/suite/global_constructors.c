// Constructors and destructors with priorities, atexit and on-exit output: they run in order of priority, before and after main, and
// globals they set must not be taken for constant.
#include <stdlib.h>

#include "checksum.h"

static char order[64];
static int order_length;
static int set_early = 1, set_late;
static const char *greeting = "initial";
static int *heap_table;
static unsigned lookup[16];
int exported_state = 4;
static int (*hook)(int);
static int finish_calls;

static void mark(char c) {
  if (order_length < 63) order[order_length++] = c;
}

static int doubled(int x) { return 2 * x; }
static int tripled(int x) { return 3 * x; }

__attribute__((constructor(103))) static void third(void) {
  mark('3');
  set_early = hook(set_early) * 5;
  hook = tripled;
}

__attribute__((constructor(101))) static void first(void) {
  mark('1');
  set_early += 5;
  for (int i = 0; i < 16; ++i) lookup[i] = (unsigned)(i * i * i) ^ 0x5a;
}

__attribute__((constructor(102))) void second(void) {
  mark('2');
  set_early *= 3;
  hook = doubled;
  heap_table = malloc(8 * sizeof *heap_table);
  if (!heap_table) exit(5);
  for (int i = 0; i < 8; ++i) heap_table[i] = set_early + i;
}

__attribute__((constructor)) static void last(void) {
  mark('L');
  set_late = set_early + hook(7);
  greeting = set_late > 100 ? "large" : "small";
  exported_state += order_length;
}

__attribute__((constructor(200))) static void without_effect(void) {}

__attribute__((destructor(101))) static void final_word(void) {
  mark('!');
  order[order_length] = 0;
  printf("order at the end: %s, finish calls %d\n", order, finish_calls);
}

__attribute__((destructor(150))) static void before_final(void) {
  mark('D');
  printf("table %d, state %d\n", heap_table[3], exported_state);
  free(heap_table);
  heap_table = 0;
}

__attribute__((destructor)) static void first_destructor(void) {
  mark('d');
  exported_state *= 2;
}

static void at_exit_one(void) {
  mark('a');
  ++finish_calls;
  heap_table[3] += 1000;
}

static void at_exit_two(void) {
  mark('b');
  finish_calls *= 10;
  printf("at exit: %s\n", greeting);
}

// Reads a global that main itself never writes.
static __attribute__((noinline)) unsigned look_up(int i) { return lookup[i & 15] + (unsigned)set_late; }

int main(void) {
  mark('m');
  if (atexit(at_exit_one) || atexit(at_exit_two)) return 6;
  if (opaque_int(1)) atexit(at_exit_one);  // runs twice
  mix((uint64_t)set_early);
  mix((uint64_t)set_late);
  mix_text(greeting);
  mix((uint64_t)hook(opaque_int(11)));
  for (int i = 0; i < 20; ++i) mix(look_up(opaque_int(i)));
  for (int i = 0; i < 8; ++i) mix((uint64_t)heap_table[i]);
  order[order_length] = 0;
  mix_text(order);
  mix((uint64_t)exported_state);
  greeting = opaque_int(set_late) > 5 ? "goodbye" : "never";
  return report();
}
