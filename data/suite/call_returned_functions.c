// Functions that return functions: a lexer whose states are functions, a chain of continuations, filters put together at run time,
// and a trampoline for mutual recursion.
#include "checksum.h"

struct scan;
typedef struct state { struct state (*next)(struct scan *, char); } state;

struct scan {
  int words, numbers, strings, errors;
  long number_sum;
  int comment_depth;
  long current;
};

static state outside(struct scan *s, char c);
static state in_comment(struct scan *s, char c);

static state in_word(struct scan *s, char c) {
  if ((c >= 'a' && c <= 'z') || c == '_') return (state){in_word};
  ++s->words;
  return outside(s, c);
}

static state in_number(struct scan *s, char c) {
  if (c >= '0' && c <= '9') {
    s->current = s->current * 10 + (c - '0');
    return (state){in_number};
  }
  ++s->numbers;
  s->number_sum += s->current;
  if (c >= 'a' && c <= 'z') ++s->errors;
  return outside(s, c);
}

static state after_backslash(struct scan *s, char c);
static state in_string(struct scan *s, char c) {
  if (c == '\\') return (state){after_backslash};
  if (c == '"') {
    ++s->strings;
    return (state){outside};
  }
  if (c == '\n' || c == 0) {
    ++s->errors;
    return (state){outside};
  }
  return (state){in_string};
}
static state after_backslash(struct scan *s, char c) {
  if (c != 'n' && c != '"' && c != '\\') ++s->errors;
  return (state){in_string};
}

static state in_comment(struct scan *s, char c) {
  if (c == '{') ++s->comment_depth;
  if (c == '}' && --s->comment_depth == 0) return (state){outside};
  if (c == 0) ++s->errors;
  return (state){in_comment};
}

static state outside(struct scan *s, char c) {
  if ((c >= 'a' && c <= 'z') || c == '_') return (state){in_word};
  if (c >= '0' && c <= '9') return s->current = c - '0', (state){in_number};
  if (c == '"') return (state){in_string};
  if (c == '{') return s->comment_depth = 1, (state){in_comment};
  if (c == '@') return (state){0};
  return (state){outside};
}

static __attribute__((noinline)) struct scan scan(const char *text) {
  struct scan s = {0};
  state now = {outside};
  do now = now.next(&s, *text);
  while (*text++ && now.next);
  if (now.next == in_comment) s.errors += 100;
  if (!now.next) s.errors += 1000;
  return s;
}

// Each filter is a function chosen by a letter; some letters give a function that gives the next one.
typedef int filter(int);
typedef filter *chooser(int);
static int twice(int x) { return x * 2; }
static int plus_three(int x) { return x + 3; }
static int negated(int x) { return -x; }
static int last_digit(int x) { return x % 10; }
static filter *by_parity(int x) { return x & 1 ? plus_three : twice; }
static filter *by_sign(int x) { return x < 0 ? negated : last_digit; }
static __attribute__((noinline)) chooser *choose(char letter) { return letter == 'p' ? by_parity : letter == 's' ? by_sign : 0; }

int pipeline(const char *letters, int x) {
  for (; *letters; ++letters) {
    chooser *c = choose(*letters);
    filter *f = c ? c(x) : *letters == 'n' ? negated : twice;
    x = f(x) % 100000;
    if (c && f == negated) x += 1;
  }
  return x;
}

// A trampoline: the next step is returned instead of called.
struct bounce { struct bounce (*step)(unsigned *, unsigned *); };
static struct bounce halve(unsigned *n, unsigned *steps);
static struct bounce climb(unsigned *n, unsigned *steps) {
  *n = *n * 3 + 1, ++*steps;
  return (struct bounce){halve};
}
static struct bounce halve(unsigned *n, unsigned *steps) {
  while (*n % 2 == 0) *n /= 2, ++*steps;
  return (struct bounce){*n == 1 ? 0 : climb};
}

int main(void) {
  static const char *const texts[] = {"", "one two_three 45x~ 6~", "a\"b\\n\\\"c\" 7 {x {y} \"}\"z 12w", "{ open", "stop 1 @ 2", "\"cut\n99\"\\q\" 1"};
  for (int t = 0; t < 6; ++t) {
    struct scan s = scan(texts[opaque_int(t)]);
    mix((uint64_t)(s.words + s.numbers * 10 + s.strings * 100 + s.errors * 1000));
    mix((uint64_t)s.number_sum);
  }
  for (int x = -9; x < 10; ++x) mix((uint64_t)pipeline(x & 1 ? "pspnpsx" : "xnssppn", opaque_int(x * 7)));
  for (unsigned n = 1; n < 40; n += 3) {
    unsigned value = (unsigned)opaque(n), steps = 0;
    for (struct bounce b = {halve}; b.step;) b = b.step(&value, &steps);
    mix(value * 1000 + steps);
  }
  return report();
}
