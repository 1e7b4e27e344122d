// What every program of the suite shares: a checksum of all that it computed, and values that no
// optimiser can know.
//
// A program calls mix() on each result, and ends with `return report();`, which prints one line,
// "checksum 0123456789abcdef", and returns 0. The sum is FNV-1a over the bytes of the mixed values,
// least significant byte first, so it depends on their order and on nothing of the machine.
#ifndef LLMC_SUITE_CHECKSUM_H
#define LLMC_SUITE_CHECKSUM_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t checksum_state = 0xcbf29ce484222325u;

/// Adds the 64 bits of `value`; a narrower signed value is sign-extended by the call.
static __attribute__((noinline)) void mix(uint64_t value) {
  for (int i = 0; i < 8; ++i) {
    checksum_state ^= (value >> (8 * i)) & 0xff;
    checksum_state *= 0x100000001b3u;
  }
}

/// Adds the exact bits of `value`, but one and the same pattern for every NaN: a NaN's payload and
/// sign are the compiler's free choice.
static inline void mix_double(double value) {
  uint64_t bits = 0x7ff8000000000000u;
  if (value == value) memcpy(&bits, &value, sizeof bits);
  mix(bits);
}

/// As mix_double(), of a float.
static inline void mix_float(float value) { mix_double((double)value); }

/// Adds the bytes of `text` up to its terminating zero, and its length.
static inline void mix_text(const char *text) {
  size_t length = strlen(text);
  for (size_t i = 0; i < length; ++i) mix((unsigned char)text[i]);
  mix(length);
}

static volatile uint64_t opaque_zero = 0;

/// Returns `value`, which the optimiser cannot know: inputs go through here, so that the code
/// under test is still there at run time.
static inline uint64_t opaque(uint64_t value) { return value + opaque_zero; }

/// As opaque(), of an int.
static inline int opaque_int(int value) { return (int)opaque((uint64_t)(int64_t)value); }

/// Prints the checksum of everything mixed; to be returned from main.
static inline int report(void) {
  printf("checksum %016llx\n", (unsigned long long)checksum_state);
  return 0;
}

#endif
