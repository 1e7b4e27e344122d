// Generators without coroutines: closures and state objects that give one value per call, joined into pipelines that
// filter, map, take, zip, merge and flatten, and end in different ways.
#include "checksum.h"
#include <memory>
#include <utility>

template <typename T>
struct Maybe {
  bool given;
  T value;
  Maybe() : given(false), value() {}
  Maybe(T v) : given(true), value(v) {}
  explicit operator bool() const { return given; }
  const T &operator*() const { return value; }
};

// A generator is anything with Maybe<T> operator()(); the pipeline is one type.
static auto count_from(int start, int step) {
  return [at = start, step]() mutable -> Maybe<int> { int value = at; at += step; return value; };
}
static auto walk(const char *text) {
  return [text]() mutable { return *text ? Maybe<int>(*text++) : Maybe<int>(); };
}
template <typename G, typename F> static auto map(G g, F f) {
  return [g, f]() mutable -> Maybe<decltype(f(*g()))> {
    auto value = g();
    return value ? f(*value) : Maybe<decltype(f(*g()))>();
  };
}
template <typename G, typename P> static auto filter(G g, P keep) {
  return [g, keep]() mutable -> decltype(g()) {
    while (auto value = g())
      if (keep(*value)) return value;
    return {};
  };
}
template <typename G> static auto take(G g, int count) {
  return [g, count]() mutable { return count-- > 0 ? g() : decltype(g())(); };
}
template <typename G, typename P> static auto take_while(G g, P go_on) {
  return [g, go_on, ended = false]() mutable -> decltype(g()) {
    if (ended) return {};
    auto value = g();
    ended = !value || !go_on(*value);
    return ended ? decltype(value)() : value;
  };
}
template <typename A, typename B> static auto zip(A a, B b) {
  return [a, b]() mutable -> Maybe<std::pair<int, int>> {
    if (auto left = a())  // If not, the right one is not asked.
      if (auto right = b()) return std::make_pair((int)*left, (int)*right);
    return {};
  };
}
template <typename A, typename B>
static auto merge(A a, B b) {  // Two rising ones into one.
  return [a, b, left = decltype(a())(), right = decltype(b())(), primed = false]() mutable -> Maybe<int> {
    if (!primed) { primed = true; left = a(); right = b(); }
    bool from_left = left && (!right || *left <= *right);
    Maybe<int> result = from_left ? left : right;
    if (from_left) left = a();
    else if (right) right = b();
    return result;
  };
}
template <typename G, typename F>
static auto flatten(G outer, F make_inner) {
  using Inner = decltype(make_inner(*outer()));
  return [outer, make_inner, inner = std::shared_ptr<Inner>()]() mutable -> Maybe<int> {
    for (;;) {
      if (auto value = inner ? (*inner)() : Maybe<int>()) return value;
      auto next = outer();
      if (!next) return {};
      inner = std::make_shared<Inner>(make_inner(*next));
    }
  };
}
template <typename G>
static __attribute__((noinline)) long drain(G g, int limit) {
  long sum = 1;
  for (; limit > 0; --limit) {
    auto value = g();
    if (!value) return -sum;
    sum = (sum * 31 + *value) % 1000000007;
  }
  return sum;
}

// A state machine that resumes in the middle of nested loops, by a switch into them.
class Triangle {
 public:
  explicit Triangle(int n) : n_(n) {}
  Maybe<int> operator()() {
    switch (state_) {
      case 0:
        for (row_ = 0; row_ < n_; ++row_) {
          for (column_ = 0; column_ <= row_; ++column_) {
            if ((row_ ^ column_) % 4 == 3) continue;
            state_ = 1;
            return row_ * 10 + column_;
      case 1:;
          }
          state_ = 2;
          return -row_;
      case 2:;
        }
        state_ = 3;
    }
    return {};
  }
 private:
  int n_, row_ = 0, column_ = 0, state_ = 0;
};

int main() {
  for (int n = 0; n < 15; ++n) {
    int limit = opaque_int(n * 3), step = opaque_int(n % 4 + 1);
    auto odd = filter(count_from(n, step), [seen = 0](int x) mutable { return (x ^ ++seen) & 1; });
    mix(drain(take(odd, limit), 50));
    mix(drain(take_while(map(odd, [n](int x) { return x * x - n; }), [](int x) { return x < 400 || x % 3 == 0; }), 30));
    auto pairs = zip(walk(&"the quick brown fox"[opaque(n)]), take(count_from(step, 2), limit));
    mix(drain(map(pairs, [](std::pair<int, int> p) { return p.first * 7 + p.second; }), 100));
    mix(drain(merge(take(count_from(1, 3), limit), take(count_from(0, step), 9)), 60));
    mix(drain(Triangle(opaque_int(n % 7)), 40));
    mix(drain(flatten(Triangle(n % 5), [](int x) { return take(count_from(x, -1), x % 4); }), 80));
    auto triangles = flatten(walk(&"ab z"[opaque(n % 5)]), [](int c) { return Triangle(c % 6); });
    mix(drain(filter(triangles, [](int x) { return x > 0; }), 70));
  }
  return report();
}
