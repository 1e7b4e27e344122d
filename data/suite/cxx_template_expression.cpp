// Expression templates: sums, products, shifts, selections and reductions of vectors are built as a type and evaluated
// element by element on assignment, also where the target is one of the operands.
#include "checksum.h"

template <typename E>
struct Expr {
  const E &self() const { return static_cast<const E &>(*this); }
};

template <int n, typename T = double>
class Vec : public Expr<Vec<n, T>> {
 public:
  using value_type = T;
  static constexpr int size = n;
  Vec() : at_{} {}
  template <typename E>
  Vec(const Expr<E> &expr) { assign(expr.self()); }
  template <typename E>
  Vec &operator=(const Expr<E> &expr) { assign(expr.self()); return *this; }
  template <typename E>
  Vec &operator+=(const Expr<E> &expr);
  T operator[](int i) const { return at_[i]; }
  T &ref(int i) { return at_[i]; }

 private:
  template <typename E>
  void assign(const E &e) { for (int i = 0; i < n; ++i) at_[i] = (T)e[i]; }
  T at_[n];
};

// Vectors are kept by reference in a node, other nodes by value: a node may outlive the statement.
template <typename E> struct Hold { using type = const E; };
template <int n, typename T> struct Hold<Vec<n, T>> { using type = const Vec<n, T> &; };

struct AddOp { template <typename A, typename B> static auto of(A a, B b) { return a + b; } };
struct SubOp { template <typename A, typename B> static auto of(A a, B b) { return a - b; } };
struct MulOp { template <typename A, typename B> static auto of(A a, B b) { return a * b; } };
struct MaxOp { template <typename A, typename B> static auto of(A a, B b) { return a < b ? b : a; } };

template <typename Op, typename L, typename R>
struct Binary : Expr<Binary<Op, L, R>> {
  static constexpr int size = L::size;
  typename Hold<L>::type left;
  typename Hold<R>::type right;
  Binary(const L &l, const R &r) : left(l), right(r) { static_assert(L::size == R::size, "same length"); }
  auto operator[](int i) const { return Op::of(left[i], right[i]); }
};
template <typename E, typename S>
struct Scaled : Expr<Scaled<E, S>> {
  static constexpr int size = E::size;
  typename Hold<E>::type inner;
  S factor;
  Scaled(const E &e, S f) : inner(e), factor(f) {}
  auto operator[](int i) const { return inner[i] * factor; }
};
template <typename E>
struct Rotated : Expr<Rotated<E>> {
  static constexpr int size = E::size;
  typename Hold<E>::type inner;
  int by;
  Rotated(const E &e, int b) : inner(e), by(b) {}
  auto operator[](int i) const { int j = (i + by) % size; return inner[j < 0 ? j + size : j]; }
};
template <typename E, typename F>
struct Mapped : Expr<Mapped<E, F>> {
  static constexpr int size = E::size;
  typename Hold<E>::type inner;
  F f;
  Mapped(const E &e, F function) : inner(e), f(function) {}
  auto operator[](int i) const { return f(inner[i]); }
};

template <typename L, typename R> auto operator+(const Expr<L> &l, const Expr<R> &r) { return Binary<AddOp, L, R>(l.self(), r.self()); }
template <typename L, typename R> auto operator-(const Expr<L> &l, const Expr<R> &r) { return Binary<SubOp, L, R>(l.self(), r.self()); }
template <typename L, typename R> auto operator*(const Expr<L> &l, const Expr<R> &r) { return Binary<MulOp, L, R>(l.self(), r.self()); }
template <typename L, typename R> auto larger(const Expr<L> &l, const Expr<R> &r) { return Binary<MaxOp, L, R>(l.self(), r.self()); }
template <typename E> auto operator*(const Expr<E> &e, double f) { return Scaled<E, double>(e.self(), f); }
template <typename E> auto operator*(const Expr<E> &e, int f) { return Scaled<E, int>(e.self(), f); }
template <typename E> auto rotate(const Expr<E> &e, int by) { return Rotated<E>(e.self(), by); }
template <typename E, typename F> auto map(const Expr<E> &e, F f) { return Mapped<E, F>(e.self(), f); }

template <typename E, typename Start>
static Start fold(const Expr<E> &e, Start sum) {
  for (int i = 0; i < E::size; ++i) sum = sum * 3 + (Start)e.self()[i];
  return sum;
}
template <int n, typename T>
template <typename E>
Vec<n, T> &Vec<n, T>::operator+=(const Expr<E> &expr) {
  for (int i = 0; i < n; ++i) at_[i] += (T)expr.self()[i];
  return *this;
}

template <int n>
static __attribute__((noinline)) void smooth(Vec<n> &v, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    Vec<n> next = (v * 2.0 + rotate(v, 1) + rotate(v, -1)) * 0.25;
    v = larger(next, next - v) + rotate(next * v, i) * 0.125;
  }
}

int main() {
  for (int round = 0; round < 12; ++round) {
    Vec<7> a, b;
    Vec<5, int> p, q;
    for (int i = 0; i < 7; ++i) { a.ref(i) = opaque_int(i * round) * 0.5; b.ref(i) = opaque_int(round - i) * 0.25; }
    for (int i = 0; i < 5; ++i) { p.ref(i) = opaque_int(i * 3 - round); q.ref(i) = opaque_int(i ^ round); }
    smooth(a, round);
    smooth(b, 3);
    auto lazy = map(a * b - b, [round](double x) { return x < round ? x : -x; }) + rotate(a, round);
    mix_double(fold(lazy, 0.0));
    a += b * 2;      // The expression sees the new values afterwards.
    mix_double(fold(lazy, 1.0));
    a = a + a * a;   // Element by element the target may be an operand.
    for (int i = 0; i < 7; ++i) mix_double(a[i]);
    p = p * q + rotate(q, 2) * 3 - p;
    q = rotate(q, 1);  // Here the aliasing shows: element 4 takes the new element 0.
    Vec<5, int> r = map(larger(p, q), [](int x) { return x / 3; }) * 1.5;
    r += rotate(r, -1);
    for (int i = 0; i < 5; ++i) mix(p[i] * 10000 + q[i] * 100 + r[i]);
    mix(fold(p - q, 0u));
  }
  return report();
}
