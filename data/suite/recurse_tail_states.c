// Calls in tail position: states that call each other, arguments that change places, addresses of
// locals that must outlive the call that looks like a tail call, and returns that adapt the result.
#include "checksum.h"

struct tape {
  const uint8_t *bytes;
  unsigned size, hash;
};

// Four states, each ending in a call of another; one has more arguments than registers.
static unsigned state_a(struct tape *t, unsigned at, unsigned count);
static unsigned state_b(struct tape *t, unsigned at, unsigned count, unsigned back);
static unsigned state_c(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f, unsigned g, struct tape *t, unsigned at);

static __attribute__((noinline)) unsigned state_a(struct tape *t, unsigned at, unsigned count) {
  if (at >= t->size) return count;
  t->hash = t->hash * 33 + t->bytes[at];
  if (t->bytes[at] & 1) return state_b(t, at + 1, count, at);
  return state_a(t, at + 1, count + 2);
}

static unsigned state_b(struct tape *t, unsigned at, unsigned count, unsigned back) {
  if (at >= t->size) return count * 2 + back;
  switch (t->bytes[at] & 3) {
    case 0: return state_a(t, at + 1, count + back);
    case 1: return state_b(t, at + 2, back, count);
    case 2: return state_c(count, back, at, t->hash, 5, 6, 7, t, at + 1);
    default: return state_b(t, at + 1, count ^ back, back + 1);
  }
}

static unsigned state_c(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f, unsigned g, struct tape *t, unsigned at) {
  if (at >= t->size) return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g;
  if (t->bytes[at] > 200) return state_a(t, at + 1, a + g);
  return state_c(b, c, d, e, f, g, a + t->bytes[at], t, at + 1);
}

// A chain of frames: every call holds a local whose address goes down; none may be reused too early.
struct frame {
  const struct frame *up;
  unsigned value;
};

static __attribute__((noinline)) unsigned chain(const struct frame *up, unsigned n) {
  struct frame here = {up, n * n + 1};
  if (n == 0) {
    unsigned hash = 0;
    for (const struct frame *f = &here; f; f = f->up) hash = hash * 31 + f->value;
    return hash;
  }
  return chain(n % 3 ? &here : up, n - 1);
}

// The local array is written before and read after a self call through a pointer.
static unsigned exchange(unsigned *above, unsigned n) {
  unsigned room[2] = {n, n + 1};
  if (above) above[n & 1] += 7;
  if (n < 2) return room[0];
  unsigned below = exchange(room, n - 1);
  return below * 3 + room[0] * room[1];
}

// The result is converted on return, so the call is not the last thing.
static int8_t narrow(unsigned n) { return n > 5 ? narrow(n - 3) : (int8_t)(n * 50); }

int widen(unsigned n, int x) {
  if (n == 0) return x;
  return (uint8_t)widen(n - 1, x * 3 + (int)n);
}

static _Bool any_odd(const uint8_t *v, unsigned n) { return n && (*v & 1 || any_odd(v + 1, n - 1)); }
static _Bool all_even(const uint8_t *v, unsigned n) { return !n || (!(*v & 1) && all_even(v + 1, n - 1)); }

// Structures by value in and out, halves exchanged on the way down.
struct halves {
  uint64_t low, high, turns;
};

static struct halves euclid(struct halves h) {
  if (!h.low) return h;
  return euclid((struct halves){h.high % h.low, h.low, h.turns + 1});
}

// Recursion through a pointer to itself or to its brother.
typedef unsigned (*visitor)(void *self, unsigned n, unsigned sum);

static unsigned by_two(void *self, unsigned n, unsigned sum);

static unsigned by_one(void *self, unsigned n, unsigned sum) {
  if (!n) return sum;
  return (sum & 4 ? *(visitor *)self : by_two)(self, n - 1, sum * 5 + n);
}

static unsigned by_two(void *self, unsigned n, unsigned sum) {
  if (n < 2) return sum + 1000;
  return (n & 1 ? by_one : *(visitor *)self)(self, n - 2, sum ^ n << 3);
}

int main(void) {
  uint8_t bytes[40];
  for (unsigned round = 0; round < 40; ++round) {
    for (unsigned i = 0; i < 40; ++i) bytes[i] = (uint8_t)(opaque(i * (round + 3) * 29 + i / 5) & (round % 4 ? 0xff : 0xfe));
    struct tape t = {bytes, round, 1};
    mix(state_a(&t, 0, (unsigned)opaque(1)));
    mix(t.hash);
    mix(chain(NULL, (unsigned)opaque(round % 15)));
    mix(exchange(NULL, (unsigned)opaque(round % 12)));
    mix((uint64_t)narrow((unsigned)opaque(round)) + (uint64_t)widen((unsigned)opaque(round % 9), (int)round));
    mix((uint64_t)any_odd(bytes, round) * 2 + all_even(bytes + round % 3, round / 2));
    struct halves h = euclid((struct halves){opaque(round * 84), 1155 + round % 2 * 105, 0});
    mix(h.high * 100 + h.turns);
    visitor self = round & 1 ? by_one : by_two;
    mix(self(&self, round, (unsigned)opaque(3)));
  }
  return report();
}
