// A per-thread scratch stack and error state in thread-local storage, used by recursive evaluators in parallel; values are computed
// again in the main thread and must agree.
#include <pthread.h>
#include <stdatomic.h>

#include "checksum.h"

enum error { fine, overflowed, underflowed, divided_by_zero, unknown_word };

static _Thread_local long stack[24];
static _Thread_local int depth;
static _Thread_local enum error last_error;
static _Thread_local unsigned long steps;
extern _Thread_local int nesting;
_Thread_local int nesting = -1;
static atomic_int started;

static void fail(enum error e) {
  if (last_error == fine) last_error = e;
}

static __attribute__((noinline)) void push(long value) {
  if (depth == 24)
    fail(overflowed);
  else
    stack[depth++] = value;
}

static __attribute__((noinline)) long pop(void) {
  if (depth == 0) {
    fail(underflowed);
    return 0;
  }
  return stack[--depth];
}

// Digits push; letters and signs work on the stack; "[...]" is repeated while the top is positive.
static const char *run(const char *program) {
  ++nesting;
  const char *at = program;
  for (; *at && *at != ']' && last_error == fine; ++at) {
    ++steps;
    long a, b;
    switch (*at) {
      case '0' ... '9': push(*at - '0'); break;
      case '+': a = pop(), b = pop(), push(b + a); break;
      case '-': a = pop(), b = pop(), push(b - a); break;
      case '*': a = pop(), b = pop(), push((b * a) % 100003); break;
      case '/':
        a = pop(), b = pop();
        if (a == 0) fail(divided_by_zero);
        else push(b / a);
        break;
      case 'd': a = pop(), push(a), push(a); break;
      case 's': a = pop(), b = pop(), push(a), push(b); break;
      case 'n': push(nesting); break;
      case 'r': a = depth > 2 ? depth - 3 : 0, b = stack[a], stack[a] = stack[depth ? depth - 1 : 0], push(b), pop(); break;
      case '[': {
        const char *end = at;
        while (last_error == fine && depth > 0 && stack[depth - 1] > 0 && steps < 5000) end = run(at + 1);
        if (end == at)
          for (int level = 1; level && end[1];) ++end, level += (*end == '[') - (*end == ']');
        at = end;
        break;
      }
      default: fail(unknown_word); break;
    }
  }
  --nesting;
  return at;
}

static unsigned long evaluate(const char *program) {
  depth = 0;
  last_error = fine;
  steps = 0;
  run(program);
  unsigned long sum = (unsigned long)last_error * 1000 + steps;
  while (depth > 0) sum = sum * 33 + (unsigned long)pop();
  return sum + (unsigned long)nesting;
}

static const char *const programs[] = {
    "12+3*", "9d[1-]", "5 ", "", "+", "10/", "99*[1-d2/s]n", "123r456r", "3[d[1-]+1-]", "ddddd", "1d+d+d+d+d+d*d*d*",
    "1d[d]", "0[zzz]7", "7[1-n+1-]8", "2[4[1-]+1-n]", "98-[1-]5",
};
enum { count = sizeof programs / sizeof *programs };

static void *worker(void *argument) {
  unsigned long *results = argument;
  atomic_fetch_add(&started, 1);
  while (atomic_load(&started) < 2) {
  }
  for (int round = 0; round < 4; ++round)
    for (int p = 0; p < count; ++p) results[p] = results[p] * 3 + evaluate(programs[p]);
  return 0;
}

int main(void) {
  static unsigned long results[3][count];
  pthread_t threads[2];
  for (int t = 0; t < 2; ++t)
    if (pthread_create(&threads[t], 0, worker, results[t])) return 4;
  worker(results[2]);
  for (int t = 0; t < 2; ++t) pthread_join(threads[t], 0);
  for (int p = 0; p < count; ++p) {
    mix(results[2][p]);
    mix(results[0][p] == results[2][p]);
    mix(results[1][p] == results[2][p]);
  }
  evaluate(programs[opaque_int(6)]);
  mix(steps);
  mix((uint64_t)nesting);
  return report();
}
