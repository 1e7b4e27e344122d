// Volatile in all kinds of places: locals, members, arrays, pointers that are volatile themselves, parameters, casts, volatile
// bit-fields and structures, loops that count with volatile counters, dead code.
#include "checksum.h"

struct port {
  volatile unsigned ready : 3;
  volatile unsigned mode : 5;
  volatile signed level : 8;
  unsigned plain;
};

static volatile unsigned history;
static volatile double gauge = 0.5;
static unsigned plain_counter;

static __attribute__((noinline)) unsigned note(unsigned event) {
  history = history * 31 + event;
  return history;
}

static __attribute__((noinline)) int volatile_loop(int limit) {
  int body = 0;
  for (volatile int i = 0; i < limit; i = i + 1) {
    if (i == 5) i = i + 2;
    body = body * 2 + i;
  }
  return body;
}

static __attribute__((noinline)) unsigned through_cast(unsigned *value, int rounds) {
  unsigned sum = 0;
  for (int i = 0; i < rounds; ++i) {
    *(volatile unsigned *)value = sum + 3;
    sum += *(volatile unsigned *)value ^ (unsigned)i;
    *value += 1;
  }
  return sum + *value;
}

// The pointer is volatile; what it points to is not.
static __attribute__((noinline)) int switched_pointer(int *a, int *b, int rounds) {
  int *volatile current = a;
  for (int i = 0; i < rounds; ++i) {
    *current += i;
    if (i % 3 == 2) current = current == a ? b : a;
  }
  return current == a;
}

static __attribute__((noinline)) int volatile_parameter(volatile int x, const volatile int *also) {
  x = x + *also;
  x = x * 2;
  return x - *also;
}

static unsigned drive(struct port *p, int steps) {
  unsigned trace = 0;
  for (int i = 0; i < steps; ++i) {
    p->ready = (unsigned)i;
    p->mode = p->mode + p->ready;
    p->level = (signed char)(p->level - 7);
    p->plain += p->mode;
    trace = trace * 13 + p->ready * 256 + p->mode + (unsigned)p->level;
  }
  return trace;
}

static __attribute__((noinline)) void copy_volatile(volatile const int *from, volatile int *to, int count) {
  for (int i = 0; i < count; ++i) to[i] = from[i];
}

static __attribute__((noinline)) double read_gauge(int times) {
  double product = 1;
  while (times-- > 0) {
    product *= gauge;
    gauge = gauge + 0.25;
  }
  return product;
}

// The second half is never reached, but the compiler cannot know the limit.
static __attribute__((noinline)) int dead_half(int x) {
  volatile int limit = 100;
  if (x > limit) {
    note(999);
    plain_counter = 0;
    return -1;
  }
  if (x < 0) return 0;
  limit = x;
  return limit + (limit == x);
}

int main(void) {
  for (unsigned event = 0; event < 20; ++event) mix(note(event * event) & 0xffff);
  for (int limit = -1; limit < 12; ++limit) mix((uint64_t)volatile_loop(opaque_int(limit)));
  unsigned value = (unsigned)opaque_int(9);
  for (int rounds = 0; rounds < 8; ++rounds) mix(through_cast(&value, opaque_int(rounds)));
  for (int rounds = 0; rounds < 14; ++rounds) {
    int a = 0, b = 1000;
    mix((uint64_t)switched_pointer(&a, opaque_int(rounds) == 13 ? &a : &b, rounds));
    mix((uint64_t)(a * 2000 + b));
  }
  int also = opaque_int(4);
  for (int x = 0; x < 4; ++x) mix((uint64_t)volatile_parameter(x, &also));
  struct port p = {0};
  for (int steps = 0; steps < 30; steps += 7) mix(drive(&p, opaque_int(steps)));
  mix(p.plain);
  volatile int area[20];
  for (int i = 0; i < 20; ++i) area[i] = i;
  copy_volatile(area, area + 3, opaque_int(12));     // repeats the first three
  copy_volatile(area + 8, area + 6, opaque_int(10));  // moves down
  for (int i = 0; i < 20; ++i) mix((uint64_t)area[i]);
  for (int times = 0; times < 5; ++times) mix_double(read_gauge(opaque_int(times)));
  for (int x = -3; x < 99; x += 17) plain_counter += 1, mix((uint64_t)dead_half(opaque_int(x)));
  mix(plain_counter);
  mix(history);
  return report();
}
