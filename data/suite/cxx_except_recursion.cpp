// A recursive evaluator of formulas that reports errors by throwing through all its levels, and recovers from some in
// the middle of the recursion.
#include "checksum.h"
#include <string>

struct SyntaxError { int at; char found; };
struct MathError { int at; long left; };

class Evaluator {
 public:
  Evaluator(const char *text) : text_(text) {}

  long run() {
    long value = sum(0);
    expect(0);
    return value;
  }

  int at_ = 0, level_ = 0, depths_ = 0;
  std::string trail_;

 private:
  // Notes the way in and out.
  struct Level {
    Evaluator &owner;
    char mark;
    bool finished = false;
    Level(Evaluator &o, char m) : owner(o), mark(m) { owner.depths_ += ++owner.level_; }
    ~Level() {
      --owner.level_;
      owner.trail_ += finished ? mark : (char)(mark - 'a' + 'A');
    }
  };

  void expect(char c) {
    if (text_[at_] != c) throw SyntaxError{at_, text_[at_]};
    ++at_;
  }

  long sum(int depth) {
    Level level(*this, 's');
    long value = product(depth);
    while (text_[at_] == '+' || text_[at_] == '-') {
      bool minus = text_[at_++] == '-';
      value += minus ? -product(depth) : product(depth);
    }
    level.finished = true;
    return value;
  }

  __attribute__((noinline)) long product(int depth) {
    Level level(*this, 'p');
    long value = item(depth);
    for (;;) {
      int here = at_;
      char op = text_[at_];
      level.finished = op != '*' && op != '/';
      if (level.finished) return value;
      ++at_;
      long right = item(depth);
      if (op == '/' && right == 0) throw MathError{here, value};
      value = op == '*' ? value * right : value / right;
    }
  }

  long item(int depth) {
    if (depth > 12) throw depth;
    char c = text_[at_];
    if (c >= '0' && c <= '9') {
      long value = 0;
      while (text_[at_] >= '0' && text_[at_] <= '9') value = (value * 10 + text_[at_++] - '0') % 1000003;
      return value;
    }
    if (c == '[') return attempt(depth);
    if (c == '(') {
      ++at_;
      long value = sum(depth + 1);
      expect(')');
      return value;
    } else if (c == '~') {
      Level level(*this, 'n');
      ++at_;
      long value = item(depth + 1);
      level.finished = value > 1;
      return -value;
    }
    throw SyntaxError{at_, c};
  }

  // [formula|fallback]: the fallback is used when the formula has a mathematical error.
  long attempt(int depth) {
    Level level(*this, 'r');
    int start = ++at_;
    long value;
    try { value = sum(depth + 1);
    } catch (const MathError &error) {
      value = error.left;
      for (int open = 0; text_[at_] && (open > 0 || text_[at_] != '|'); ++at_)
        open += text_[at_] == '[' ? 1 : text_[at_] == ']' ? -1 : 0;
    } catch (SyntaxError &error) { error.at += start * 100; throw; }
    expect('|');
    long fallback = sum(depth + 1);
    expect(']');
    level.finished = true;
    return value * 1000 + fallback;
  }

  const char *text_;
};

int main() {
  const char *const formulas[] = {
      "1+2*3", "(4-9)*(2+7)", "8/(3-3)", "[8/(3-3)|5]*2", "((((1))))", "~~~5", "(1+", "7)", "", "[1/0*[2|3]|4]-[2|[3/0|6]]",
      "~~~~~~~~~~~~~~3", "[(1+|2]", "12/5/0", "[12/5/0|0]", "[1/0|2/0]", "1+[[1/0|2/0]|7]", "((((((((((((((1))))))))))))))"};
  for (const char *formula : formulas) {
    Evaluator evaluator(formula + opaque(0));
    try {
      mix(evaluator.run());
    } catch (const SyntaxError &error) {
      mix(error.at * 256 + error.found);
    } catch (const MathError &error) { mix(error.left * 7 + error.at);
    } catch (int depth) { mix(depth + 0xdee9); }
    mix(evaluator.at_);
    mix(evaluator.depths_);
    mix_text(evaluator.trail_.c_str());
  }
  return report();
}
