// Booleans and enumerations: conversion to _Bool of numbers, pointers and floats, logical operators with side
// effects, counting and comparing truth values, enumerations with gaps, negatives and a packed one.
#include "checksum.h"
#include <stdbool.h>

enum colour { red, green = 5, blue, deep_blue = blue, violet = -3 };
enum __attribute__((packed)) small { small_none, small_low = 100, small_high = 200 };
enum access { access_read = 1, access_write = 2, access_run = 4, access_all = 7 };

static int calls;

static __attribute__((noinline)) bool count_call(bool answer) {
  ++calls;
  return answer;
}

static unsigned to_boolean(int64_t number, double real, const void *pointer, uint8_t byte) {
  bool a = number, b = real, c = pointer, d = byte, e = byte & 0x80, f = (bool)(number & 0x100000000);
  bool g = !!(int)number, h = (bool)0.25 && real > 0.25, i = 0 - (uint64_t)number;
  return a | b << 1 | c << 2 | d << 3 | e << 4 | f << 5 | g << 6 | h << 7 | i << 8;
}

/// Arithmetic on truth values.
bool toggle(bool *flags, int count, unsigned which) {
  bool any = false, all = true, odd = false;
  for (int i = 0; i < count; ++i) {
    if (which >> i & 1) flags[i] = !flags[i];
    any |= flags[i];
    all &= flags[i];
    odd ^= flags[i];
  }
  flags[0] += 2;
  if (count > 1) flags[1] = flags[1] - 1, flags[count - 1] = flags[count - 1] - 1;
  return (any + all + odd) == 2;
}

static int short_circuit(int a, int b, int c) {
  int result = 0;
  calls = 0;
  if (count_call(a) && (count_call(b) || count_call(c))) result += 1;
  if (count_call(!a) || (count_call(b) && !count_call(c))) result += 2;
  if (((int)count_call(a) & (int)count_call(b)) | (int)count_call(c)) result += 4;
  result += (a ? count_call(b) : !count_call(c)) ? 8 : 0;
  result += !(a && b) == (!a || !b) ? 16 : 0;
  result += (a > b) != (b < c) ? 32 : 0;
  result += ((!a ^ !b) & !c) ? 64 : 0;
  return result * 16 + calls;
}

static __attribute__((noinline)) const char *colour_name(enum colour colour) {
  switch (colour) {
  case red: return "red";
  case green: return "green";
  case blue: return "blue";
  case violet: return "violet";
  }
  return "other";
}

static enum colour next_colour(enum colour colour, bool backwards) {
  if (backwards) return colour == violet ? deep_blue : colour == deep_blue ? green : colour == green ? red : violet;
  return colour < 0 ? red : colour == red ? green : (enum colour)(colour + 1 > blue ? violet : colour + 1);
}

static int grade(enum small small) {
  return small == small_none ? 0 : small < small_high ? 1 + (small == small_low) : 3;
}

static enum access parse_access(const char *text) {
  enum access access = 0;
  for (; *text; ++text) {
    if (*text == 'r') access |= access_read;
    else if (*text == 'w') access |= access_write;
    else if (*text == 'x') access ^= access_run;
    else if (*text == '!') access = access_all & ~access;
  }
  return access;
}

struct option {
  bool set : 1;
  bool hidden : 1;
  enum access access : 3;
  bool last;
};

static unsigned options(struct option *option, int value) {
  option->set = value;
  option->hidden = value & 4;
  option->access = (enum access)(value & access_all);
  option->last = option->set == option->hidden;
  option->set ^= option->last;
  return option->set + 2u * option->hidden + 4u * option->access + 32u * option->last;
}

int main(void) {
  static const int64_t numbers[] = {0, 1, -1, 2, 256, 0x100000000, INT64_MIN, -0x200000000};
  static const double reals[] = {0.0, -0.0, 0.25, 0.5, -1e-300, 5e-324};
  volatile double zero = 0;
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 6; ++j)
      mix(to_boolean((int64_t)opaque((uint64_t)numbers[i]), reals[j] + zero, i & 1 ? &calls : NULL,
                     (uint8_t)(i * 37 * j)));
  bool flags[10] = {true, false, true};
  for (unsigned i = 0; i < 60; ++i) {
    mix(toggle(flags, (int)(i % 10) + 1, (unsigned)opaque(i * 29)));
    for (int j = 0; j < 10; ++j) mix(flags[j]);
  }
  for (int i = 0; i < 8; ++i) mix(short_circuit(opaque_int(i & 1) * 8, i >> 1 & 1, i >> 2)), mix(calls);
  enum colour colour = (enum colour)opaque_int(violet);
  for (int i = 0; i < 30; ++i) {
    mix_text(colour_name(colour));
    mix(colour);
    colour = next_colour(colour, i % 7 == 3 || i > 20);
  }
  mix_text(colour_name((enum colour)opaque_int(4)));
  for (int i = 0; i < 256; i += 4) mix(grade((enum small)opaque((uint64_t)i)));
  static const char *const texts[] = {"", "r", "rw", "xx", "x", "r!", "!", "!!x", "rwx!w"};
  for (int i = 0; i < 9; ++i) mix(parse_access(texts[opaque_int(i)]));
  struct option option = {0};
  for (int i = 0; i < 20; ++i) mix(options(&option, opaque_int(i)));
  return report();
}
