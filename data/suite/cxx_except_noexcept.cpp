// noexcept as an operator and as a condition, std::move_if_noexcept in a growing array, and at the end a throw out of a
// noexcept function, which must reach the terminate handler instead of the handlers around it.
#include "checksum.h"
#include <exception>
#include <new>
#include <stdlib.h>
#include <utility>

static int copies, moves, fuse = -1;

struct Solid {  // Its move cannot throw.
  int value;
  explicit Solid(int v = 0) : value(v) {}
  Solid(const Solid &o) : value(o.value) { ++copies; }
  Solid(Solid &&o) noexcept : value(o.value) { ++moves; o.value = -1; }
};
struct Brittle {  // Its move and its copy can.
  int value;
  explicit Brittle(int v = 0) : value(v) {}
  Brittle(const Brittle &o) : value(o.value) { if (fuse-- == 0) throw value; ++copies; }
  Brittle(Brittle &&o) : value(o.value) { ++moves; o.value = -1; }
};
struct MoveOnly {  // Its move can throw, but there is no copy.
  int value;
  explicit MoveOnly(int v = 0) : value(v) {}
  MoveOnly(MoveOnly &&o) : value(o.value) { if (fuse-- == 0) throw value; ++moves; o.value = -1; }
};

template <typename T>
class Growing {
 public:
  ~Growing() { drop(items_, size_); }
  void push(int value) {
    if (size_ == capacity_) grow();
    new (items_ + size_) T(value);
    ++size_;
  }
  long sum() const {
    long sum = size_;
    for (int i = 0; i < size_; ++i) sum = sum * 3 + items_[i].value;
    return sum;
  }

 private:
  static void drop(T *items, int size) noexcept {
    while (size > 0) items[--size].~T();
    free(items);
  }
  __attribute__((noinline)) void grow() noexcept(noexcept(T(std::move_if_noexcept(std::declval<T &>())))) {
    int wanted = capacity_ * 2 + 1, done = 0;
    T *fresh = static_cast<T *>(malloc(wanted * sizeof(T)));
    if constexpr (noexcept(T(std::move_if_noexcept(*items_)))) {
      for (; done < size_; ++done) new (fresh + done) T(std::move_if_noexcept(items_[done]));
    } else {
      try {
        for (; done < size_; ++done) new (fresh + done) T(std::move_if_noexcept(items_[done]));
      } catch (...) {
        drop(fresh, done);
        throw;
      }
    }
    drop(items_, size_);
    items_ = fresh;
    capacity_ = wanted;
  }
  T *items_ = nullptr;
  int size_ = 0, capacity_ = 0;
};

template <typename T>
static void fill(int count) {
  Growing<T> growing;
  for (int i = 0; i < count; ++i) try {
    growing.push(opaque_int(i * i));
  } catch (int value) {
    mix(value + 1000);
  }
  mix(growing.sum());
  mix(copies * 1000 + moves);
}

static int wild(int x) { if (x > 5) throw x; return x + 1; }
static int tame(int x) noexcept { try { return wild(x); } catch (int) { return 0; } }
template <typename F>
static int call(F f, int x) noexcept(noexcept(f(x))) { return f(x) * (noexcept(call(f, x)) ? 10 : 1); }
struct Throwing { int operator()(int x) const { return wild(x); } };
struct Calm { int operator()(int x) const noexcept { return tame(x) + 2; } };
using Loose = int (*)(int);
using Tight = int (*)(int) noexcept;
static_assert(noexcept(tame(1)) && !noexcept(wild(1)) && !noexcept(Loose(tame)(1)) && noexcept(Tight(tame)(1)), "");

static int reached;
static __attribute__((noinline)) int fatal(int x) noexcept { return wild(x) + 1; }

[[noreturn]] static void finish() {
  mix(reached + 3);
  try {
    std::rethrow_exception(std::current_exception());
  } catch (int value) {
    mix(value);
  }
  report();
  fflush(stdout);
  _Exit(0);
}

int main() {
  for (int count = 0; count < 12; count += 1 + count / 4) {
    fill<Solid>(count);
    fill<Brittle>(count);
    for (int limit = 0; limit < 12; limit += 2) {
      fuse = opaque_int(limit);
      fill<Brittle>(count);
      fuse = opaque_int(limit);
      fill<MoveOnly>(count);
    }
  }
  for (int x = 0; x < 9; ++x) {
    mix(call(Calm(), opaque_int(x)));
    try { mix(call(Throwing(), opaque_int(x)));
    } catch (int value) { mix(value * 7); }
  }
  std::set_terminate(finish);
  for (int x = 0; x < 9; ++x) {
    reached = x;
    try { mix(fatal(opaque_int(x)));
    } catch (...) { mix(0xdead); }
  }
  return report();
}
