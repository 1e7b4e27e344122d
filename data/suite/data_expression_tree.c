// A calculator: a precedence-climbing parser that builds trees in a pool, constant folding and simplification of the trees, and
// evaluation by recursion before and after each simplification.
#include "checksum.h"

enum tag { number, variable, negate, add, subtract, multiply, divide, less, choose };
struct tree { enum tag tag; long value; short part[3]; };

static struct tree pool[200];
static short pool_used;
static const char *at;
static int error;

static __attribute__((noinline)) short make(enum tag tag, long value, short a, short b, short c) {
  if (pool_used >= 199) error = 9;
  short t = error == 9 ? 199 : pool_used++;
  pool[t] = (struct tree){tag, value, {a, b, c}};
  return t;
}

static char peek(void) {
  while (*at == ' ') ++at;
  return *at;
}
static int accept(char c) { return peek() == c ? ++at, 1 : 0; }

static const struct { char sign; signed char level; enum tag tag; } operators[] = {{'<', 1, less}, {'+', 2, add}, {'-', 2, subtract}, {'*', 3, multiply}, {'/', 3, divide}};

static short parse(int level);

static short parse_leaf(void) {
  char c = peek();
  if (c >= '0' && c <= '9') {
    long value = 0;
    while (*at >= '0' && *at <= '9') value = value * 10 + (*at++ - '0');
    return make(number, value, 0, 0, 0);
  }
  if (c >= 'a' && c <= 'd') return ++at, make(variable, c - 'a', 0, 0, 0);
  if (accept('-')) return make(negate, 0, parse_leaf(), 0, 0);
  if (accept('(')) {
    short inner = parse(0);
    if (!accept(')')) error = error ? error : 1;
    return inner;
  }
  error = error ? error : 2;
  return make(number, 0, 0, 0, 0);
}

static __attribute__((noinline)) short parse(int level) {
  short left = parse_leaf();
  for (int o = 0; o < 5;) {
    if (operators[o].level <= level || peek() != operators[o].sign) {
      ++o;
      continue;
    }
    ++at;
    left = make(operators[o].tag, 0, left, parse(operators[o].level), 0);
    o = 0;
  }
  if (level == 0 && accept('?')) {
    short yes = parse(0);
    if (!accept(':')) error = error ? error : 3;
    left = make(choose, 0, left, yes, parse(0));
  }
  return left;
}

static int parts_of(enum tag tag) { return tag <= variable ? 0 : tag == negate ? 1 : tag == choose ? 3 : 2; }

static long apply(enum tag tag, long a, long b, long c) {
  switch (tag) {
    case negate: return -a;
    case add: return a + b;
    case subtract: return a - b;
    case multiply: return a % 100000 * (b % 100000);
    case divide: return b ? a / b : -1;
    case less: return a < b;
    case choose: return a ? b : c;
    default: return 0;
  }
}

static __attribute__((noinline)) long evaluate(short t, const long *variables) {
  const struct tree *n = &pool[t];
  if (n->tag == number) return n->value;
  if (n->tag == variable) return variables[n->value];
  if (n->tag == choose) return evaluate(n->part[evaluate(n->part[0], variables) ? 1 : 2], variables);
  long a = evaluate(n->part[0], variables), b = n->tag == negate ? 0 : evaluate(n->part[1], variables);
  return apply(n->tag, a, b, 0);
}

static int is(short t, long value) { return pool[t].tag == number && pool[t].value == value; }

static __attribute__((noinline)) short simplify(short t, unsigned *changes) {
  struct tree n = pool[t];
  int parts = parts_of(n.tag), constants = 0;
  if (!parts) return t;
  for (int p = 0; p < parts; ++p) n.part[p] = simplify(n.part[p], changes), constants += pool[n.part[p]].tag == number;
  pool[t] = n;
  ++*changes;
  if (constants == parts) return make(number, apply(n.tag, pool[n.part[0]].value, pool[n.part[1]].value, pool[n.part[2]].value), 0, 0, 0);
  if (n.tag == negate && pool[n.part[0]].tag == negate) return pool[n.part[0]].part[0];
  if ((n.tag == add || n.tag == subtract) && is(n.part[1], 0)) return n.part[0];
  if (n.tag == add && is(n.part[0], 0)) return n.part[1];
  if (n.tag == multiply && (is(n.part[0], 0) || is(n.part[1], 0))) return make(number, 0, 0, 0, 0);
  if (n.tag == choose && pool[n.part[0]].tag == number) return n.part[pool[n.part[0]].value ? 1 : 2];
  --*changes;
  return t;
}

int main(void) {
  static const char *const texts[] = {"1 + 2 * 3", "a*a - b*b", "-(a + 0) * (3 - 3) + c", "(1 < 2 ? a : b) / (d - 1)", "a < b ? b < c ? 1 : 2 : 3 + a",
                                      "((((7))))", "1 +", "(a", "a ? b", "- - -a + --b", "2 - 3 - 4 - a / 5 / 2", "x", "0 ? a : b < 9", "8 * (1 + 1) - 0 + a < 17", "0 * b + a * 0 + (d)"};
  for (int i = 0; i < 15; ++i) {
    at = texts[opaque_int(i)], error = 0, pool_used = 1;
    short root = parse(0);
    mix((uint64_t)(error * 1000 + pool_used)), mix((uint64_t)*at);
    for (int round = 0; round < 4; ++round) {
      long variables[4] = {opaque_int(round * 5 - 7), round, opaque_int(3 - round), opaque_int(round + 1)};
      mix((uint64_t)evaluate(root, variables));
      unsigned changes = 0;
      root = simplify(root, &changes);
      mix(changes);
      mix((uint64_t)evaluate(root, variables));
    }
  }
  return report();
}
