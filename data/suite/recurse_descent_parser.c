// A recursive descent parser and evaluator: mutual recursion over precedence levels, early errors
// from deep inside, short-circuit operators that skip evaluation, local variables by scope.
#include "checksum.h"

struct parser {
  const char *s;
  int error, depth, quiet;
  unsigned evaluated;
  int64_t variables[26];
};

static int64_t ternary(struct parser *p);

static int accept(struct parser *p, const char *word) {
  while (*p->s == ' ') ++p->s;
  size_t n = 0;
  for (; word[n]; ++n) if (p->s[n] != word[n]) return 0;
  p->s += n;
  return 1;
}

static int64_t fail(struct parser *p, int error) { return p->error = p->error ? p->error : error * 1000 + p->depth, 0; }

// Numbers, variables, assignment, parentheses, blocks that restore what they assign.
static __attribute__((noinline)) int64_t primary(struct parser *p) {
  int64_t value = 0;
  if (p->depth > 30) return fail(p, 1);
  if (accept(p, "(")) {
    ++p->depth;
    value = ternary(p);
    --p->depth;
    return accept(p, ")") ? value : fail(p, 2);
  }
  if (accept(p, "{")) {
    int64_t saved[26];
    memcpy(saved, p->variables, sizeof saved);
    ++p->depth;
    do value = ternary(p); while (accept(p, ";"));
    --p->depth;
    if (!accept(p, "}")) return fail(p, 3);
    memcpy(p->variables, saved, sizeof saved);
    return value;
  }
  if (*p->s >= 'a' && *p->s <= 'z') {
    int which = *p->s++ - 'a';
    if (*p->s != '=' || p->s[1] == '=') return ++p->evaluated, p->variables[which];
    ++p->s;
    value = ternary(p);
    if (!p->quiet) p->variables[which] = value;
    return value;
  }
  if (*p->s < '0' || *p->s > '9') return fail(p, 4);
  while (*p->s >= '0' && *p->s <= '9') value = value % 100000 * 10 + (*p->s++ - '0');
  return value;
}

// Right-associative unary operators call themselves; the power binds tighter on its left.
static int64_t unary(struct parser *p) {
  if (accept(p, "-")) return -unary(p);
  if (accept(p, "~")) return ~unary(p);
  int64_t base = primary(p);
  if (!accept(p, "^")) return base;
  int64_t power = unary(p), value = 1;
  if (power < 0) return fail(p, 5);
  for (power %= 6; power > 0; --power) value *= base % 1000;
  return value;
}

static int64_t term(struct parser *p) {
  int64_t left = unary(p);
  for (;;) {
    if (accept(p, "*")) {
      left = left % 1000003 * (unary(p) % 1000003);
    } else {
      if (!accept(p, "/")) return left;
      int64_t right = unary(p);
      if (right == 0 && !p->quiet) return fail(p, 6);
      left /= right ? right : 1;
    }
    if (p->error) return 0;
  }
}

static int64_t sum(struct parser *p) {
  int64_t left = term(p);
  while (!p->error && (accept(p, "+") || accept(p, "-"))) left += p->s[-1] == '+' ? term(p) : -term(p);
  if (accept(p, "==")) return left == sum(p);
  return accept(p, "<") ? left < sum(p) : left;
}

// The right side is always parsed, but counts for nothing when the left side has decided.
static int64_t logic(struct parser *p) {
  int64_t left = sum(p);
  while (accept(p, "&&") || accept(p, "||")) {
    int decided = p->s[-1] == '&' ? !left : left != 0;
    p->quiet += decided;
    int64_t right = sum(p);
    p->quiet -= decided;
    left = decided ? left != 0 : right != 0;
  }
  return left;
}

static int64_t ternary(struct parser *p) {
  int64_t test = logic(p), yes, no;
  if (p->error || !accept(p, "?")) return test;
  p->quiet += !test;
  yes = ternary(p);
  p->quiet += test ? 1 : -1;
  no = accept(p, ":") ? ternary(p) : fail(p, 7);
  p->quiet -= test != 0;
  return test ? yes : no;
}

int main(void) {
  static const char *const texts[] = {"1+2*3-4", "2^3^2 - -5", "a=7; b", "{a=3; b=a*a; b+a} + a", "(1<2) && 5 || 1/0", "0 && 1/0", "0 ? 1/0 : ~4",
                                      "1/(3-3)", "((((1+2)", "x=1 ? y=20 : (z=30)", "{a=1; {a=2; a=a+b} + a}", "1 ? 0 ? 5 : 6 : 7", "3 == 1+2 == 1",
                                      "((((((((((((((((((((((((((((((((1", "2*", "9 / 2 * 2 - 9^0 ? c=c+1 : d", "1 || (c=99)", "-2^-1", "{1; 2", "a==7 + {", "x ? 1", "?", "{"};
  struct parser p = {0};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; ++i) {
    p.s = texts[opaque(i)];
    p.error = p.depth = p.quiet = 0;
    mix((uint64_t)ternary(&p));
    mix((uint64_t)p.error * 256 + (unsigned char)*p.s);
    mix((uint64_t)p.quiet * 1000 + p.evaluated);
    for (int v = 0; v < 26; ++v) mix((uint64_t)p.variables[v]);
    p.variables[i % 5] += i;
  }
  return report();
}
