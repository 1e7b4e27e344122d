// Copies and moves where the standard fixes their number: guaranteed elision of prvalues, moves from named objects and
// parameters, self-moves, moved-from states, swaps, and containers of move-only objects.
#include "checksum.h"
#include <memory>
#include <utility>

struct Counts { int made, copied, moved, copy_assigned, move_assigned, gone; };
static Counts counts;

class Bundle {
 public:
  explicit Bundle(int n = 0) : size_(n), items_(n ? new int[(size_t)n] : nullptr) {
    for (int i = 0; i < n; ++i) items_[i] = i * n;
    ++counts.made;
  }
  Bundle(const Bundle &o) : size_(o.size_), items_(o.size_ ? new int[(size_t)o.size_] : nullptr) {
    for (int i = 0; i < size_; ++i) items_[i] = o.items_[i];
    ++counts.copied;
  }
  Bundle(Bundle &&o) noexcept : size_(std::exchange(o.size_, 0)), items_(std::exchange(o.items_, nullptr)) { ++counts.moved; }
  Bundle &operator=(const Bundle &o) {
    if (this != &o) {
      Bundle copy(o);
      swap(copy);
    }
    ++counts.copy_assigned;
    return *this;
  }
  Bundle &operator=(Bundle &&o) noexcept {
    swap(o);  // The old content goes to the source; fine for self-moves.
    ++counts.move_assigned;
    return *this;
  }
  ~Bundle() { delete[] items_; ++counts.gone; }
  void swap(Bundle &o) noexcept { std::swap(size_, o.size_); std::swap(items_, o.items_); }
  int sum() const { int s = size_; for (int i = 0; i < size_; ++i) s += items_[i] ^ i; return s; }
  Bundle &grow(int by) & { Bundle bigger(size_ + by); swap(bigger); return *this; }
  Bundle grow(int by) && { grow(by); return std::move(*this); }
  Bundle operator+(const Bundle &o) const & { return Bundle(size_ + o.size_); }
  Bundle operator+(const Bundle &o) && { grow(o.size_); return std::move(*this); }
 private:
  int size_;
  int *items_;
};

static __attribute__((noinline)) Bundle prvalue(int n) { return Bundle(n); }
static Bundle forwarded(int n) { return n % 2 ? prvalue(n) : Bundle(n + 1); }
static Bundle through(Bundle by_value) { return by_value; }            // A parameter is moved out, never elided.
static Bundle from_reference(Bundle &&reference) { return Bundle(std::move(reference)); }
static __attribute__((noinline)) int consume(Bundle by_value) { return by_value.sum(); }
static int inspect(const Bundle &bundle) { return bundle.sum() + 1; }
static int inspect(Bundle &&bundle) { Bundle taken(std::move(bundle)); return taken.sum() + 2; }

struct Pair {
  Bundle first, second;
  Pair(Bundle f, const Bundle &s) : first(std::move(f)), second(s) {}
};
struct Wrapper : Bundle {  // Implicit copy and move, from base and members.
  Bundle extra;
  std::unique_ptr<int> mark;
  Wrapper(int n, Bundle e) : Bundle(n), extra(std::move(e)), mark(new int(n)) {}
};

static int elisions(int n) {
  Bundle a = Bundle(Bundle(forwarded(n)));
  Bundle b{prvalue(n + 1)};
  auto *c = new Bundle(forwarded(n + 2));
  Bundle array[2] = {prvalue(n), Bundle(3)};
  Pair pair{forwarded(n), b};
  int sum = a.sum() + b.sum() * 2 + c->sum() * 3 + array[1].sum() + pair.first.sum() * 5 + pair.second.sum();
  delete c;
  return sum + consume(prvalue(n)) + consume(b);
}

static int moves(int n) {
  Bundle a(n), b(n + 1);
  Bundle c = std::move(a);
  a = std::move(b);
  Bundle &same = c, &same_b = b;
  b = same_b;
  b = c;
  c = std::move(same);
  int sum = a.sum() + b.sum() * 2 + c.sum() * 3;
  Bundle d = through(std::move(c));
  c = prvalue(2);
  sum += inspect(d);
  sum += inspect(std::move(d)) * 3 + inspect(from_reference(prvalue(n)));
  sum += d.sum() * 100 + c.sum();
  c.grow(n).grow(1);
  Bundle e = prvalue(n).grow(2).grow(1) + c;
  Bundle f = c + e + c;
  std::swap(e, f);
  return sum * 3 + e.sum() - f.sum() + c.sum();
}

static int wrappers(int n) {
  Wrapper w(n, prvalue(n + 1));
  Wrapper v(std::move(w));
  int sum = w.sum() + w.extra.sum() + (w.mark == nullptr) * 10 + v.sum() * 3 + *v.mark;
  w = std::move(v);
  sum = sum * 2 + w.extra.sum() + v.sum() + (v.mark ? 1 : 0);
  const Wrapper &constant = w;
  Bundle sliced(constant);
  Bundle copied = std::move(constant.extra);  // A const object cannot be moved from: copies.
  return sum + sliced.sum() * 7 + copied.sum() * 11 + w.extra.sum();
}

int main() {
  for (int n = 0; n < 12; ++n) {
    mix(elisions(opaque_int(n)));
    mix(moves(opaque_int(n)));
    mix(wrappers(opaque_int(n)));
    const int now[] = {counts.made, counts.copied, counts.moved, counts.copy_assigned, counts.move_assigned, counts.gone};
    for (int count : now) mix(count);
    mix(counts.made + counts.copied + counts.moved - counts.gone);
  }
  return report();
}
