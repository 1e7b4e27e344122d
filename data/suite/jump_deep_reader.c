// A reader of nested lists that leaves deep recursion by longjmp when the text is wrong, releases what
// it took by marks, and goes on with the next record; the code tells where it came from.
#include "checksum.h"
#include <setjmp.h>

struct value {
  enum { atom, number, list } kind;
  int length;
  int64_t n;
  struct value *first, *next;
  const char *text;
};

struct reader {
  const char *at;
  jmp_buf bail;
  unsigned depth, most_depth, jumps;
};

static struct value pool[48];
static unsigned pool_used, evaluations;

enum { unexpected_end = 1, stray_bracket, pool_full, too_deep, bad_number, bad_head, division_by_zero };

static __attribute__((noreturn, noinline)) void bail(struct reader *r, int code) {
  ++r->jumps;
  longjmp(r->bail, code);
}

// Takes from the pool; does not return when that is full, so the pointer is never null.
static struct value *take(struct reader *r, int kind) {
  if (pool_used == sizeof pool / sizeof *pool) bail(r, pool_full);
  struct value *v = &pool[pool_used++];
  *v = (struct value){kind, 0, 0, NULL, NULL, r->at};
  return v;
}

static struct value *read_value(struct reader *r) {
  struct value *v;
  while (*r->at == ' ') ++r->at;
  switch (*r->at) {
    case 0: bail(r, unexpected_end);
    case ')': bail(r, stray_bracket);
    case '(': {
      v = take(r, list);
      if (++r->depth > 9) bail(r, too_deep);
      if (r->depth > r->most_depth) r->most_depth = r->depth;
      ++r->at;
      for (struct value **link = &v->first;; link = &(*link)->next, ++v->length) {
        while (*r->at == ' ') ++r->at;
        if (*r->at == ')') break;
        *link = read_value(r);
      }
      ++r->at;
      --r->depth;
      return v;
    }
    case '0' ... '9':
      v = take(r, number);
      for (; *r->at >= '0' && *r->at <= '9'; v->n = v->n * 10 + (*r->at++ - '0'))
        if (v->n > 99999999) bail(r, bad_number);
      if (*r->at >= 'a' && *r->at <= 'z') bail(r, bad_number);
      return v;
    default:
      v = take(r, atom);
      for (; *r->at && !strchr("() ", *r->at); ++r->at) v->n = v->n * 5 + *r->at, ++v->length;
      return v;
  }
}

// The evaluation may leave by the same way; the partial sums of all levels are lost then.
static int64_t evaluate(struct reader *r, const struct value *v) {
  ++evaluations;
  if (v->kind == number) return v->n;
  if (v->kind == atom) return v->length;
  if (!v->first || v->first->kind != atom) bail(r, bad_head);
  int64_t sum = v->length > 1 ? evaluate(r, v->first->next) : 0;
  for (const struct value *a = v->length > 1 ? v->first->next->next : NULL; a; a = a->next) {
    int64_t x = evaluate(r, a);
    switch (v->first->text[0]) {
      case '+': sum += x; break;
      case '-': sum -= x; break;
      case '*': sum = sum % 100003 * (x % 100003); break;
      case '/':
        if (x == 0) bail(r, division_by_zero);
        sum /= x; break;
      default: bail(r, bad_head + 100);
    }
  }
  return sum;
}

// Returns the code of the failure, or 0; on failure the pool is as it was before.
static __attribute__((noinline)) int record(struct reader *r, int64_t *result) {
  const unsigned mark = pool_used;
  volatile int stage = 0;
  struct value *v;
  int code = 0;
  switch (setjmp(r->bail)) {
    case 0:
      v = read_value(r);
      stage = 1;
      *result = evaluate(r, v);
      stage = 2;
      break;
    case unexpected_end: code = 1; break;
    case too_deep: case pool_full: code = 2; break;
    case division_by_zero: code = 3; break;
    default: code = 4;
  }
  if (code) pool_used = mark;
  return code * 10 + stage;
}

int main(void) {
  static const char *const texts[] = {"(+ 1 2 (* 3 4))", "(- (+ 10 5) (/ 7 2) abc)", "(+ 1 (/ 5 (- 3 3)))", "((", ")", "(* (+ 1 2", "12x", "12:", "(3 4)", "()", "(+)", "(+ 5)",
                                      "((((((((((1))))))))))", "(- 1234567890 1)", "(+ 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)", "word", "(% 1 2)", " 7"};
  for (unsigned i = 0; i < 60; ++i) {
    struct reader r = {.at = texts[opaque(i * 7 % 18)]};
    int64_t result = -77;
    if (i % 25 == 24) pool_used = 0;
    mix((uint64_t)record(&r, &result));
    mix((uint64_t)result);
    mix(pool_used * 1000u + (unsigned)(r.at - texts[i * 7 % 18]));
    mix(r.depth * 10000u + r.most_depth * 100 + r.jumps);
  }
  mix(evaluations);
  return report();
}
