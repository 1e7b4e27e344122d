// Recursion whose result is combined after the call, which an optimiser turns into a loop with an
// accumulator: associative and not, constants on either side, several returns, floating and wide.
#include "checksum.h"

struct cell {
  const struct cell *next;
  int32_t value;
};

static __attribute__((noinline)) uint64_t factorial(uint64_t n) { return n < 2 ? 1 : n * factorial(n - 1); }

static unsigned length(const struct cell *c) { return c ? 1 + length(c->next) : 0; }

// Two base cases with different values; the accumulator must start with one for both.
static uint64_t product(const struct cell *c) {
  if (!c) return 7;
  if (c->value == 0) return 0;
  return (uint64_t)(int64_t)c->value * product(c->next);
}

// Subtraction is not associative: a - (b - (c - ...)).
static int alternating(const struct cell *c) {
  if (!c) return 1000;
  return c->value - alternating(c->next);
}

// Nor is a quotient, nor a shift of the result.
static unsigned shifted(unsigned n) { return n ? (shifted(n / 3) << 1) + n % 3 : 1; }

// Addition of doubles is commutative but not associative.
static double backwards(int n) { return n == 0 ? 0.1 : 1.0 / n + backwards(n - 1); }

// Two operators in turn: an accumulator for one of them would be wrong for the other.
uint32_t mixed(uint32_t n) {
  if (n == 0) return 3;
  if (n & 1) return n * mixed(n - 1);
  return n + mixed(n - 1);
}

// The same operator in all returns, but with a plain tail call among them.
static uint32_t with_tail(const uint8_t *v, unsigned n) {
  if (n == 0) return 0;
  if (*v == 0) return with_tail(v + 1, n - 1);
  if (*v == 255) return 1;
  return *v + with_tail(v + 1, n - 1);
}

// Minimum, maximum, exclusive or, and, or: each with its own neutral element.
static int least(const struct cell *c) {
  if (!c->next) return c->value;
  int rest = least(c->next);
  return rest < c->value ? rest : c->value;
}

static uint32_t bits_of(const struct cell *c, int how) {
  if (!c) return how == 1 ? ~0u : 0;
  switch (how) {
    case 0: return (uint32_t)c->value ^ bits_of(c->next, how);
    case 1: return (uint32_t)c->value & bits_of(c->next, how);
    default: return bits_of(c->next, how) | (uint32_t)c->value;
  }
}

// The combined value is computed after the call and reads memory which the call changes.
static unsigned visits;

static unsigned stamp(unsigned n) {
  if (!n) return visits * 2;
  ++visits;
  return stamp(n - 1) + visits * n;
}

// A call in a loop and one after it; only the last is in place for an accumulator.
static uint64_t descents(unsigned n, unsigned width) {
  uint64_t sum = 0;
  for (unsigned i = 1; i < width && i < n; ++i) sum += descents(n - i - 1, width - 1);
  if (n < 2) return sum + 1;
  return sum + descents(n - 2, width);
}

// Narrow accumulators wrap at their own width: unsigned char and __int128.
static uint8_t narrow(unsigned n) { return n ? (uint8_t)(n * 7 + narrow(n - 1)) : 200; }

static __attribute__((noinline)) unsigned __int128 wide(unsigned n) { return n ? wide(n - 1) * (0x100000001u + n) : 3; }

int main(void) {
  struct cell list[20];
  uint8_t bytes[30];
  for (int round = 0; round < 26; ++round) {
    const struct cell *head = NULL;
    for (int i = 0; i < round % 20; ++i) {
      list[i] = (struct cell){head, (int32_t)opaque((unsigned)(i * 37 + round * 11) % 101) - (round % 3 ? 30 : -1)};
      head = &list[i];
    }
    for (unsigned i = 0; i < 30; ++i) bytes[i] = (uint8_t)opaque(i * i * (unsigned)round % 259 | (i == 23 ? 255 : 0));
    mix(factorial(opaque((unsigned)round)));
    mix(length(head));
    mix(product(head));
    mix((uint64_t)alternating(head));
    mix(shifted((unsigned)opaque((unsigned)(round * round * 50))));
    mix_double(backwards(opaque_int(round * 3)));
    mix(mixed((uint32_t)opaque((unsigned)round)));
    mix(with_tail(bytes, (unsigned)round));
    if (head) mix((uint64_t)least(head));
    for (int how = 0; how < 3; ++how) mix(bits_of(head, opaque_int(how)));
    mix(stamp((unsigned)opaque((unsigned)round % 9)));
    mix(descents((unsigned)opaque((unsigned)round % 12), 2 + (unsigned)round % 4));
    mix(narrow((unsigned)opaque((unsigned)round * 2)));
    unsigned __int128 w = wide((unsigned)opaque((unsigned)round % 6));
    mix((uint64_t)w ^ (uint64_t)(w >> 64));
  }
  return report();
}
