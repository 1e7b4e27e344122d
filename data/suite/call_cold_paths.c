// Functions with a short hot way and long cold ones: early returns that may be inlined alone, error branches marked unlikely or cold,
// branches that never return, several values that live over a cold block.
#include <stdlib.h>

#include "checksum.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

static unsigned errors[6], error_count;

static __attribute__((cold, noinline)) int complain(int kind, int at) {
  errors[kind] += (unsigned)at + 1;
  ++error_count;
  return -1 - kind;
}

static __attribute__((noreturn, cold)) void give_up(const char *why) {
  printf("%s\n", why);
  exit(report());
}

// Hot: nothing to do. The rest is worth a function of its own.
static int normalise(int *values, int count) {
  if (count == 0) return 0;
  int smallest = values[0], shift;
  for (int i = 1; i < count; ++i)
    if (values[i] < smallest) smallest = values[i];
  if (likely(smallest >= 0)) return smallest;
  shift = -smallest;
  for (int i = 0; i < count; ++i) values[i] += shift;
  return complain(0, shift);
}

// The cold block changes four values that are used after it.
static __attribute__((noinline)) int decode(const unsigned char *bytes, int count, int *consumed) {
  int sum = 0, scale = 1, escapes = 0, i = 0;
  while (i < count) {
    int byte = bytes[i++];
    if (unlikely(byte >= 0xf0)) {
      if (i >= count) {
        *consumed = i;
        return complain(1, i);
      }
      scale = scale * 2 % 64 + 1;
      sum -= byte & 0xf;
      ++escapes;
      if (byte == 0xff) {
        i += 2;
        if (i > count) i = count;
        sum ^= escapes << 6;
      }
      continue;
    }
    sum += byte * scale;
  }
  *consumed = i;
  return sum * 8 + escapes;
}

static int checked_index(int index, int count) {
  if (unlikely(index < 0)) {
    complain(2, -index);
    return 0;
  }
  if (unlikely(index >= count)) {
    int over = index - count;
    for (int i = 0; i < over; ++i) complain(3, i);
    return count - 1;
  }
  return index;
}

// __builtin_expect with a wrong guess, and with a switch.
static __attribute__((noinline)) int wrong_guess(int x) {
  switch (__builtin_expect(x % 5, 3)) {
    case 0: return x + 1;
    case 1: return complain(4, x);
    case 3: return 2 * x;
    case 4: x -= 9; break;
    default: x = x * x; break;
  }
  if (likely(x == 12345)) return -5;
  if (__builtin_expect(x > 10, 1)) return x - 10;
  return x ^ 3;
}

static __attribute__((hot)) long convolve(const int *a, int n, const int *b, int m) {
  long sum = 0;
  if (unlikely(!a || !b)) give_up("no input");
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < m; ++j) {
      if (unlikely(a[checked_index(i - j + m / 2, n)] == 3)) sum -= complain(5, j);
      sum += (long)a[i] * b[j];
    }
  if (unlikely(sum > 1000000000L)) give_up("too large");
  return sum;
}

int main(void) {
  int values[20], other[5] = {1, -2, 3, -2, opaque_int(1)};
  unsigned char bytes[24];
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 20; ++i) values[i] = opaque_int((i * 7 + round * 5) % 23 - (round % 4 == 2) * 4);
    for (int i = 0; i < 24; ++i) bytes[i] = (unsigned char)opaque((uint64_t)(i * i * 11 + round * 37 + (i % 7 == round % 7) * 0xf0));
    if (round == 5 || round == 7) memset(bytes, 0xff, 24);
    mix((uint64_t)normalise(values, opaque_int(round * 3 % 21)));
    for (int i = 0; i < 20; ++i) mix((uint64_t)values[i]);
    int consumed = 0;
    mix((uint64_t)decode(bytes, opaque_int(round * 2), &consumed));
    mix((uint64_t)consumed);
    mix((uint64_t)convolve(values, opaque_int(20 - round), other, opaque_int(round % 6)));
    for (int x = 0; x < 10; ++x) mix((uint64_t)wrong_guess(opaque_int(x * round)));
    mix((uint64_t)checked_index(opaque_int(round - 3), 6));
  }
  for (int kind = 0; kind < 6; ++kind) mix(errors[kind]);
  mix(error_count);
  if (error_count > opaque(20)) give_up("there were errors");
  return report();
}
