// Lambdas that capture by value, by reference, by move, this, *this, arrays, references to references, and structured
// parts, with mutable state; which copy each call sees is what is checked.
#include "checksum.h"
#include <memory>
#include <utility>

struct Noted {
  int value;
  static int copies;
  explicit Noted(int v) : value(v) {}
  Noted(const Noted &other) : value(other.value) { ++copies; }
  Noted(Noted &&other) noexcept : value(other.value) { other.value = -99; }
};
int Noted::copies = 0;

template <typename F>
static __attribute__((noinline)) int call_twice(F f, int x) {  // A copy of the closure.
  int first = f(x);
  return first * 100 + f(x + 1);
}
static int by_value_and_reference(int a, int b) {
  int c = a + b;
  auto frozen = [a, c](int x) { return a * x + c; };
  auto live = [&a, &c](int x) { c += x; return a * x + c; };
  auto all = [=, &b](int x) { b ^= x; return a + b + c; };
  auto except_one = [&, a](int x) { b -= a; c *= 2; return b + c + x; };
  a += 10;
  c += 100;
  int sum = frozen(3);
  sum = sum * 3 + live(2);
  sum = sum * 3 + all(5);
  sum = sum * 3 + except_one(1);
  sum = sum * 3 + frozen(3);
  return sum * 3 + a + b * 5 + c * 7;
}

static int mutable_state(int start) {
  auto counter = [n = start]() mutable { return n++ * 2; };
  auto twin = counter;  // Has its own n.
  int sum = counter() + 0;
  sum = sum * 5 + counter();
  sum = sum * 5 + twin();
  auto later = counter;
  sum = sum * 5 + later();
  return sum * 5 + counter();
}

static int moved_in(int n) {
  auto owner = std::make_unique<int>(n);
  Noted noted(n + 1);
  auto holder = [p = std::move(owner), noted, taken = std::move(noted)](int x) mutable {
    *p += x;
    taken.value += noted.value;
    return *p + taken.value;
  };
  int empty = owner == nullptr;
  int first = holder(3);
  auto second_holder = std::move(holder);
  return first * 1000 + second_holder(4) + empty * 7 + noted.value;
}

static int arrays(int n) {
  int table[5] = {n, n + 1, n + 2, n + 3, n + 4};
  auto copied = [table](int i) { return table[i % 5]; };
  auto referred = [&table](int i) { return table[i % 5]++; };
  table[2] = 70;
  int sum = 0;
  for (int i = 0; i < 9; ++i) {
    sum = sum * 2 + referred(i);
    sum += copied(i);
  }
  return sum;
}

class Meter {
 public:
  explicit Meter(int rate) : rate_(rate) {}
  int run(int n) {
    auto by_pointer = [this](int x) { total_ += x * rate_; return total_; };
    auto by_copy = [*this](int x) mutable { total_ += x * rate_; return total_; };
    auto mixed = [this, rate_ = rate_ + 1](int x) { return total_ + rate_ * x; };
    rate_ += 5;
    int a = by_pointer(n), b = by_copy(n), c = by_copy(n), d = mixed(n);
    auto nested = [&, n] { return [&a, this, n]() mutable { return total_ + n++ + a; }; };
    auto innermost = nested();
    a = 1000;
    int e = innermost();
    return a + b * 3 + c * 5 + d * 7 + e * 11 + innermost();
  }
 private:
  int rate_, total_ = 0;
};

static int loops(int n) {
  // Closures of one loop: each has the i of its turn, and all share sum.
  int sum = 0;
  auto make = [&sum](int i) { return [&sum, i](int x) { sum = sum * 3 + i + x; return sum; }; };
  decltype(make(0)) closures[4] = {make(n), make(n + 1), make(n + 2), make(n * 2)};
  for (int i = 0; i < 7; ++i) closures[(i * n) & 3](i);
  auto [low, high] = std::pair<int, int>(sum & 0xff, sum >> 8 & 0xff);
  auto parts = [low = low, &sum, high = high](auto... x) { return ((low * x + high) + ... + sum); };
  return parts(1) + parts(2, 3L) * 5 + parts(short(4), 5, 6u) * 3;
}

static auto curry(int a) {
  return [a](int b) { return [a, b](auto c) { return [=, d = a * b](int e) { return a + b * 2 + c * 3 + d + e; }; }; };
}

int main() {
  int (*converted)(int) = [](int x) { return x * 7 - 1; };
  for (int n = 0; n < 20; ++n) {
    int x = opaque_int(n * 3 - 11);
    mix(by_value_and_reference(x, opaque_int(n)));
    mix(mutable_state(x));
    mix(moved_in(x));
    mix(arrays(x));
    mix(Meter(opaque_int(n)).run(x));
    mix(loops(opaque_int(n)));
    mix(curry(x)(n)(opaque_int(2))(4) * 10 + curry(n)(x)('c')(converted(x)));
    int calls = 0;
    auto stateful = [&calls, own = 0](int y) mutable { ++calls; own += y; return own; };
    mix(call_twice(stateful, x));
    mix(call_twice<decltype(stateful) &>(stateful, x));
    mix(call_twice(stateful, x));
    mix(calls);
    mix(call_twice(converted, x));
    mix(Noted::copies);
  }
  return report();
}
