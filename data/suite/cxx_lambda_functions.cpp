// std::function: recursion through itself, mutual recursion, memory in the closure, tables of operations, composition,
// replacement while it runs, empty ones, and member pointers in it.
#include "checksum.h"
#include <functional>
#include <utility>

using Unary = std::function<long(long)>;

static long recursive(int n) {
  Unary fib = [&fib](long k) -> long {
    if (k < 2) return k;
    long left = fib(k - 1);
    return (left + fib(k - 2)) % 1000007;
  };
  return fib(n);
}

static long mutual(int n) {
  long visits = 0;
  Unary odd;
  Unary even = [&](long k) { ++visits; return k == 0 || odd(k - 1); };
  odd = [&, limit = n / 2](int k) mutable { visits += k > --limit; return k != 0 && even(k - 1); };
  long result = even(n);
  return visits * 2 + result;
}

// A fixed point without std::function: the closure gets itself as an argument.
static long self_passing(int n, int m) {
  auto ackermann = [](auto &self, long a, long b) -> long {
    if (a == 0) return b + 1;
    if (b == 0) return self(self, a - 1, 1);
    long inner = self(self, a, b - 1);
    return self(self, a - 1, inner);
  };
  return ackermann(ackermann, n, m);
}

static Unary compose(Unary outer, Unary inner) {
  return [outer = std::move(outer), inner = std::move(inner)](long x) { return outer(inner(x)); };
}

static __attribute__((noinline)) Unary chain(int length, long seed) {
  Unary result = [](long x) { return x; };
  for (int i = 0; i < length; ++i) {
    if (i % 3 == 0) result = compose([seed, i](long x) { return (x * 3 + seed + i) % 100003; }, result);
    else if (i % 3 == 1) result = compose(result, [](long x) { return x ^ 0x2a; });
    else result = [result](long x) { return x > 500 ? result(x / 2) : result(x + 9) - 1; };
  }
  return result;
}

struct Gauge {
  long level;
  long add(long x) { return level += x; }
};
static long negated(long x) { return -x; }

static long table_driven(const char *program, long x) {
  Gauge gauge{x};
  struct Entry { char name; Unary action; };
  Entry entries[] = {
      {'+', [&](long a) { return gauge.level + a; }},
      {'m', [&gauge, method = &Gauge::add](long a) { return std::invoke(method, gauge, a); }},
      {'n', negated},
      {'c', [count = 0](long a) mutable { return a + ++count; }},
      {'0', nullptr},
  };
  long value = x;
  for (; *program; ++program)
    for (Entry &entry : entries) {
      if (entry.name != *program) continue;
      if (!entry.action) {
        entry.action = entries[value & 3].action;
        value += 1000;
      } else {
        value = entry.action(value % 10007);
      }
      break;
    }
  return value * 10 + gauge.level;
}

// The function replaces the variable through which it was called; its captures stay alive in the copy that runs.
static long replacing(int rounds) {
  Unary current;
  long log = 0;
  Unary first = [&](long x) {
    Unary keep = std::move(current);
    current = [&log, x](long y) { log = log * 5 + x; return y - x; };
    return x + 1;
  };
  for (int i = 0; i < rounds; ++i) {
    if (!current || i % 4 == 3) current = first;
    Unary running = current;
    long got = running(i);
    log = log % 100003 + got;
    std::swap(current, running);
    if (i % 5 == 4) running = nullptr;
    if (running) log ^= running(log & 0xff);
  }
  return log;
}

static long empty_call(const Unary &f, long x) {
  try { return f(x);
  } catch (const std::bad_function_call &) { return -5; }
}

int main() {
  for (int n = 0; n < 12; ++n) mix(recursive(opaque_int(n)));
  for (int n = 0; n < 30; n += 3) mix(mutual(opaque_int(n)));
  for (int n = 0; n < 3; ++n)
    for (int m = 0; m < 5; ++m) mix(self_passing(opaque_int(n), opaque_int(m)));
  for (int length = 0; length < 12; ++length) {
    Unary f = chain(opaque_int(length), opaque(length * 7)), g = f;
    Unary both = compose(f, std::move(g));
    for (long x = 0; x < 2000; x += 400) mix(both((long)opaque(x)));
    mix(!g);
  }
  for (const char *program : {"", "+", "mmcn", "0+0", "cccn0c0m+", "nnm0c0"})
    for (int x = -4; x < 9; x += 4) mix(table_driven(program, opaque_int(x)));
  for (int rounds = 0; rounds < 25; rounds += 4) mix(replacing(opaque_int(rounds)));
  Unary maybe;
  for (int i = 0; i < 6; ++i) {
    maybe = i % 2 ? negated : nullptr;
    mix(empty_call(maybe, opaque_int(i + 10)));
  }
  return report();
}
