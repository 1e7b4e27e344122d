// A function wrapper of one's own: a table of functions per held type, small objects in place and large ones on the
// heap, copies, moves, self-assignment, empty calls, and holding functions, members and other wrappers.
#include "checksum.h"
#include <new>
#include <stddef.h>
#include <type_traits>
#include <utility>

static int heap_objects;
struct EmptyCall {};

template <typename Signature> class Function;

template <typename R, typename... Args>
class Function<R(Args...)> {
  static constexpr size_t room = 24;
  struct Table {
    R (*call)(void *, Args &&...);
    void (*copy)(const Function &, Function &);
    void (*relocate)(Function &, Function &) noexcept;
    void (*destroy)(Function &) noexcept;
    int kind;
  };

  template <typename F>
  struct InPlace {
    static F *in(const Function &f) { return std::launder(reinterpret_cast<F *>(const_cast<unsigned char *>(f.store_))); }
    static R call(void *f, Args &&...args) { return (*static_cast<F *>(f))(std::forward<Args>(args)...); }
    static void copy(const Function &from, Function &to) { to.object_ = new (to.store_) F(*in(from)); }
    static void relocate(Function &from, Function &to) noexcept {
      to.object_ = new (to.store_) F(std::move(*in(from)));
      in(from)->~F();
    }
    static void destroy(Function &f) noexcept { in(f)->~F(); }
    static constexpr Table table = {call, copy, relocate, destroy, 1};
  };
  template <typename F>
  struct OnHeap {
    static void copy(const Function &from, Function &to) { to.object_ = new F(*static_cast<F *>(from.object_)); ++heap_objects; }
    static void relocate(Function &from, Function &to) noexcept { to.object_ = from.object_; }
    static void destroy(Function &f) noexcept { delete static_cast<F *>(f.object_); --heap_objects; }
    static constexpr Table table = {InPlace<F>::call, copy, relocate, destroy, 2};
  };

 public:
  Function() = default;
  template <typename F, typename D = std::decay_t<F>, typename = std::enable_if_t<!std::is_same_v<D, Function>>>
  Function(F &&f) {
    if constexpr (sizeof(D) <= room && std::is_nothrow_move_constructible_v<D>) {
      object_ = new (store_) D(std::forward<F>(f));
      table_ = &InPlace<D>::table;
    } else {
      object_ = new D(std::forward<F>(f));
      ++heap_objects;
      table_ = &OnHeap<D>::table;
    }
  }
  Function(const Function &other) : table_(other.table_) { if (table_) table_->copy(other, *this); }
  Function(Function &&other) noexcept : table_(other.table_) {
    if (table_) table_->relocate(other, *this);
    other.table_ = nullptr;
  }
  Function &operator=(Function other) noexcept {
    if (table_) table_->destroy(*this);
    table_ = other.table_;
    if (table_) table_->relocate(other, *this);
    other.table_ = nullptr;
    return *this;
  }
  ~Function() { if (table_) table_->destroy(*this); }
  R operator()(Args... args) const {
    if (!table_) throw EmptyCall();
    return table_->call(object_, std::forward<Args>(args)...);
  }
  int kind() const { return table_ ? table_->kind : 0; }

 private:
  alignas(16) unsigned char store_[room];
  void *object_ = nullptr;
  const Table *table_ = nullptr;
};

using Op = Function<int(int)>;
static int doubled(int x) { return x * 2; }
struct Counter { int calls = 0; int operator()(int x) { return x + ++calls; } };
struct Big {
  long weights[8];
  int operator()(int x) const { return (int)weights[x & 7] - x; }
};
struct Fragile {  // Small, but its move may throw: goes to the heap.
  int bias;
  explicit Fragile(int b) : bias(b) {}
  Fragile(const Fragile &other) : bias(other.bias + 1) {}
  int operator()(int x) const { return x ^ bias; }
};

static __attribute__((noinline)) Op make(int kind, int n) {
  switch (kind) {
    case 0: return doubled;
    case 1: return Counter{n};
    case 2: { Big big; for (int i = 0; i < 8; ++i) big.weights[i] = i * n; return big; }
    case 3: return Fragile(n);
    case 4: return [n, inner = make(n % 4, n + 1)](int x) { return inner(x) * 3 + n; };
    case 5: return [n](auto x) { if (x > n) throw x; return (int)x; };
    default: return Op();
  }
}
static int safely(const Op &op, int x) {
  try { return op(x);
  } catch (const EmptyCall &) { return -1000;
  } catch (int thrown) { return -thrown; }
}

int main() {
  for (int round = 0; round < 16; ++round) {
    Op ops[7];
    for (int i = 0; i < 7; ++i) ops[i] = make(opaque_int((i + round) % 7), opaque_int(round + i));
    for (int i = 0; i < 7; ++i) { Op copy(ops[i]); mix(safely(copy, i) * 10 + copy.kind()); mix(safely(copy, 9)); }
    for (int i = 0; i < 7; ++i) ops[i] = i % 3 ? std::move(ops[(i + 2) % 7]) : ops[(i + 4) % 7];
    Op &alias = ops[round % 7];
    ops[round % 7] = alias;
    for (const Op &op : ops) { mix(safely(op, opaque_int(round))); mix(op.kind()); }
    Function<long(Op, const Op &)> compose = [round](Op f, const Op &g) { return safely(f, safely(g, round)) + 0L; };
    for (int i = 1; i < 7; ++i) mix(compose(ops[i - 1], ops[i]));
    mix(heap_objects);
  }
  mix(heap_objects);
  return report();
}
