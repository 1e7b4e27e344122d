// Recursion through pointers to functions: continuations in structures on the stack, folds with
// visitors that recurse again, a fixed point of a step function, and re-entry while iterating.
#include "checksum.h"

// A continuation is a function and the frame that it goes on with.
struct next {
  uint64_t (*go)(const struct next *self, uint64_t value);
  const struct next *then;
  uint64_t held;
};

static uint64_t finish(const struct next *self, uint64_t value) { return value ^ self->held; }
static uint64_t add_held(const struct next *self, uint64_t value) { return self->then->go(self->then, value + self->held); }
static uint64_t multiply_held(const struct next *self, uint64_t value) { return self->then->go(self->then, value * self->held); }

// n * f(n - 1) or n + f(n - 1), with what is left to do on a list of frames instead of after the call.
static __attribute__((noinline)) uint64_t passing(uint64_t n, const struct next *then) {
  if (n == 0) return then->go(then, 1);
  struct next here = {n % 3 ? multiply_held : add_held, then, n};
  return passing(n - 1, &here);
}

// Both branches get a continuation of their own; the second runs only if the first gives an odd value.
static uint64_t second_branch(const struct next *self, uint64_t value);

static uint64_t branches(uint64_t n, const struct next *then) {
  if (n < 2) return then->go(then, n + 1);
  struct next after = {second_branch, then, n};
  return branches(n - 1, &after);
}

static uint64_t second_branch(const struct next *self, uint64_t value) {
  if (value & 1) {
    struct next sum = {add_held, self->then, value};
    return branches(self->held - 2, &sum);
  }
  return self->then->go(self->then, value + self->held);
}

// A step that gets itself: the table of steps decides who "itself" is.
struct steps {
  int (*f[3])(const struct steps *, int);
};

static int even_step(const struct steps *s, int n) { return n == 0 ? 1 : s->f[1] ? s->f[1](s, n - 1) : -1; }
static int odd_step(const struct steps *s, int n) { return n == 0 ? 0 : s->f[0](s, n - 1) * 3 + 1; }
static int third_step(const struct steps *s, int n) { return n < 3 ? n : s->f[n % 3 && s->f[1] ? 1 : 2](s, n - 3) + 10; }

// A range is folded by halves; the visitor may fold a part of it again, with a smaller depth.
struct range {
  const int *v;
  int depth, calls;
};

typedef int (*visit)(struct range *r, int from, int to, int sum);

static int fold(struct range *r, int from, int to, visit f, int sum) {
  ++r->calls;
  if (to - from <= 0) return sum;
  if (to - from == 1) return f(r, from, to, sum);
  int middle = from + (to - from) / 2;
  sum = fold(r, from, middle, f, sum);
  return fold(r, middle, to, f, sum);
}

static int plain(struct range *r, int from, int to, int sum) { return (sum * 3 + r->v[from] + to) % 99991; }

static int again(struct range *r, int from, int to, int sum) {
  if (r->v[from] % 4 || r->depth == 0) return plain(r, from, to, sum);
  --r->depth;
  sum = fold(r, from / 2, from, r->v[from] % 8 ? again : plain, sum);
  ++r->depth;
  return sum + 1;
}

// A set of handlers that call the dispatcher, which may add and remove handlers meanwhile.
struct bus {
  void (*handler[6])(struct bus *, int);
  int count, depth;
  uint32_t log;
};

static void dispatch(struct bus *b, int event) {
  if (b->depth == 4) return;
  ++b->depth;
  for (int i = 0; i < b->count; ++i) {
    b->log = b->log * 29 + (uint32_t)(event * 7 + i + b->depth);
    b->handler[i](b, event);
  }
  --b->depth;
}

static void quiet(struct bus *b, int event) { b->log ^= (uint32_t)event << 9; }
static void echo(struct bus *b, int event) { if (event > 1) dispatch(b, event - 2); }
static void grow(struct bus *b, int event) { if (event % 3 == 1 && b->count < 6) b->handler[b->count++] = event & 4 ? quiet : echo; }
static void shrink(struct bus *b, int event) { if (event % 4 == 0 && b->count > 3) --b->count; }

int main(void) {
  const struct next last = {finish, NULL, opaque(0xabc)};
  int v[24];
  for (int round = 0; round < 22; ++round) {
    mix(passing(opaque((unsigned)round), &last));
    if (round < 14) mix(branches(opaque((unsigned)round), &last));
    const struct steps s = {{round % 4 ? even_step : third_step, round % 5 ? odd_step : NULL, third_step}};
    mix((uint64_t)s.f[round % 5 ? round % 3 : 0](&s, opaque_int(round % 9)));
    for (int i = 0; i < 24; ++i) v[i] = (i * 5 + opaque_int(round) * 3) % 16;
    struct range r = {v, round % 4, 0};
    mix((uint64_t)fold(&r, opaque_int(0), round + 2, round & 1 ? again : plain, 1));
    mix((uint64_t)fold(&r, round / 3, 24, again, 5));
    mix((uint64_t)r.calls);
    struct bus b = {{grow, echo, shrink}, 1 + round % 3, 0, 1};
    for (int event = 0; event < 6; ++event) dispatch(&b, opaque_int(event + round % 4));
    mix(b.log);
    mix((uint64_t)b.count);
  }
  return report();
}
