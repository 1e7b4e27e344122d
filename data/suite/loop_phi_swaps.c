// Loop-carried variables that exchange, rotate and shift their values in every round, so that the
// copies at the back edge must happen all at once.
#include "checksum.h"

struct triple {
  uint32_t a, b, c;
};

static __attribute__((noinline)) struct triple rotate(struct triple t, int rounds) {
  uint32_t a = t.a, b = t.b, c = t.c;
  for (int i = 0; i < rounds; ++i) {
    uint32_t old = a;
    a = b;
    b = c;
    c = old;
  }
  return (struct triple){a, b, c};
}

// An exchange under a condition: either all three stay or two cross over.
static uint64_t cross(uint32_t a, uint32_t b, uint32_t bits) {
  uint32_t swaps = 0;
  while (bits) {
    if (bits & 1) {
      uint32_t t = a;
      a = b;
      b = t + 1;
      ++swaps;
    }
    bits >>= 1;
  }
  return ((uint64_t)a << 32 | b) + swaps;
}

// The old value is used behind the loop after the new one was made (the lost copy).
static uint32_t lost_copy(uint32_t x, uint32_t bound) {
  uint32_t before;
  do {
    before = x;
    x = x * 5 + 1;
  } while (x % 61 > bound);
  return before * 3 ^ x;
}

// Four step recurrence; each variable takes the value its neighbour had.
uint32_t shift_register(uint32_t s0, uint32_t s1, uint32_t s2, uint32_t s3, int rounds) {
  while (rounds-- > 0) {
    uint32_t t = s3 ^ s3 << 11;
    s3 = s2;
    s2 = s1;
    s1 = s0;
    s0 = (t ^ t >> 8) ^ (s0 ^ s0 >> 19);
  }
  return s0 + 3 * s1 + 5 * s2 + 7 * s3;
}

// Extended Euclid: three pairs advance together. Returns the divisor, and the factors.
static int64_t bezout(int64_t x, int64_t y, int64_t *p, int64_t *q) {
  int64_t p0 = 1, p1 = 0, q0 = 0, q1 = 1;
  while (y) {
    int64_t part = x / y, t;
    t = x - part * y, x = y, y = t;
    t = p0 - part * p1, p0 = p1, p1 = t;
    t = q0 - part * q1, q0 = q1, q1 = t;
  }
  *p = p0;
  *q = q0;
  return x;
}

// Two buffers change places after each round; the last one written is the result.
static const uint8_t *ping_pong(uint8_t *from, uint8_t *to, unsigned n, int rounds) {
  while (rounds--) {
    for (unsigned i = 0; i < n; ++i) to[i] = (uint8_t)(from[(i + 1) % n] + 2 * from[i]);
    uint8_t *t = from;
    from = to;
    to = t;
  }
  return from;
}

// Doubles and an int in a ring; the index into the ring is a fourth variable in step.
static double leapfrog(double x, double v, int rounds) {
  double past = x - v;
  int sign = 1;
  for (int i = 0; i < rounds; ++i) {
    double next = 2 * x - past - x / 16;
    past = x;
    x = next;
    if ((x < 0) != (past < 0)) sign = -sign;
  }
  return past * sign + x;
}

int main(void) {
  for (int rounds = 0; rounds < 26; ++rounds) {
    struct triple t = rotate((struct triple){(uint32_t)opaque(1), 20, 300}, opaque_int(rounds));
    mix(t.a + t.b * 3 + t.c * 7);
    t = rotate(rotate(t, 2), rounds % 3);
    mix(t.a);
    mix(t.b);
    mix(cross((uint32_t)opaque(17), 99, (uint32_t)rounds * 0x0d0a05u));
    mix(lost_copy((uint32_t)opaque((unsigned)rounds), 5 + (unsigned)rounds * 2));
    mix(shift_register(1, (uint32_t)opaque(2), 3, (uint32_t)rounds, rounds % 17));
    int64_t p, q;
    mix((uint64_t)bezout(opaque_int(rounds * 91), 35 * (rounds % 6), &p, &q));
    mix((uint64_t)p);
    mix((uint64_t)q);
    uint8_t one[9], two[9];
    for (unsigned i = 0; i < 9; ++i) one[i] = (uint8_t)opaque(i * i), two[i] = 0xaa;
    const uint8_t *last = ping_pong(one, two, 1 + (unsigned)rounds % 9, rounds / 3);
    mix(last == one);
    for (unsigned i = 0; i < 9; ++i) mix(last[i]);
    mix_double(leapfrog(opaque_int(3), 0.25 * rounds, rounds));
  }
  return report();
}
