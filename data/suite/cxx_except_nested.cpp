// Exceptions wrapped in exceptions: std::throw_with_nested over several layers, unwrapped by std::rethrow_if_nested, and
// std::nested_exception used by hand.
#include "checksum.h"
#include <exception>
#include <stdexcept>
#include <string>

struct Problem : std::runtime_error {
  int line;
  Problem(const std::string &text, int l) : std::runtime_error(text), line(l) {}
};
struct Plain { int weight; };  // No virtual functions: still can be wrapped.
struct Closed final : std::logic_error { using std::logic_error::logic_error; };

static __attribute__((noinline)) int read_item(const char *text, int at) {
  char c = text[at];
  if (c >= '0' && c <= '9') return c - '0';
  if (c == '!') throw Plain{at + 40};
  if (c == '#') throw at;
  if (c == '?') throw Closed("closed");
  if (c == '-') throw std::out_of_range("minus");
  return 0;
}

static int read_line(const char *text, int from, int line) {
  int sum = 0;
  try {
    for (int i = from; text[i] && text[i] != ';'; ++i) sum = sum * 3 + read_item(text, i);
  } catch (const Closed &) { throw;  // Not wrapped.
  } catch (...) {
    std::throw_with_nested(Problem("line", line));
  }
  return sum;
}

static __attribute__((noinline)) int read_section(const char *text, int *errors) {
  int sum = 0, line = 0;
  for (int i = 0; text[i]; i += text[i] != 0) {
    int start = i;
    while (text[i] && text[i] != ';') ++i;
    try {
      sum += read_line(text, start, ++line);
    } catch (const Problem &problem) {
      if (++*errors, problem.line > 2) std::throw_with_nested(Plain{problem.line});
    }
  }
  return sum;
}

static int read_file(const char *text, int *errors) {
  try {
    return read_section(text, errors) * 2;
  } catch (const std::nested_exception &nested) {
    mix(nested.nested_ptr() != nullptr);
    std::throw_with_nested(Problem("file " + std::to_string(*errors), -1));
  }
}

// Walks down the chain by recursion; the depth at which it ends is the result.
static int unwrap(int depth) {
  try {
    throw;
  } catch (const Problem &problem) {
    mix_text(problem.what());
    mix(problem.line);
    try {
      std::rethrow_if_nested(problem);
      return depth;
    } catch (...) { return unwrap(depth + 1) + 100; }
  } catch (const std::nested_exception &nested) {  // A wrapped Plain.
    try {
      nested.rethrow_nested();
    } catch (...) {
      return unwrap(depth + 1) + 1000;
    }
  } catch (const Plain &plain) {
    return plain.weight + 4000;
  } catch (const std::exception &other) {
    mix_text(other.what());
    std::rethrow_if_nested(other);
    return depth + 2000;
  } catch (int number) {
    return depth + 3000 + number;
  }
}

// A class that carries its cause by inheriting from std::nested_exception.
struct Summary : std::nested_exception {
  int total;
  explicit Summary(int t) : total(t) {}
};

static int summarise(int which) {
  try {
    try {
      if (which % 3 == 0) throw Plain{which};
      if (which % 3 == 1) throw which * 2L;
      throw Problem("deep", which);
    } catch (...) {
      throw Summary(which);
    }
  } catch (const Summary &summary) {
    try {
      summary.rethrow_nested();
    } catch (const Plain &plain) {
      return plain.weight + summary.total;
    } catch (long number) {
      return (int)number * 100 + summary.total;
    } catch (const std::runtime_error &) {
      return -summary.total;
    }
  }
  return 0;
}

int main() {
  const char *const texts[] = {"12;3", "1!;22;3", "1;2a;3#4", "1;2;-5;6", "4;?", "1;2;3;!", "", ";;;;7", "#;#;#;#", "?"};
  for (const char *text : texts) {
    int errors = opaque_int(0);
    try {
      mix(read_file(text + opaque(0), &errors));
    } catch (...) {
      mix(unwrap(0));
    }
    mix(errors);
  }
  for (int which = 0; which < 9; ++which) mix(summarise(opaque_int(which)));
  return report();
}
