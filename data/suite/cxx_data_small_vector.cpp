// A vector that keeps a few elements in itself and goes to the heap beyond: insert, erase, reserve, swaps of all mixtures
// of inline and heap contents, elements with copies that throw, and arguments that alias its own elements.
#include "checksum.h"
#include <new>
#include <stdlib.h>
#include <utility>

static int live, fuse = -1;
struct Elem {
  int value;
  Elem(int v = 0) : value(v) { ++live; }
  Elem(const Elem &o) : value(o.value) { if (fuse >= 0 && fuse-- == 0) throw value; ++live; }
  Elem(Elem &&o) noexcept : value(std::exchange(o.value, -7)) { ++live; }
  Elem &operator=(const Elem &o) { if (fuse >= 0 && fuse-- == 0) throw value; value = o.value; return *this; }
  Elem &operator=(Elem &&o) noexcept { value = std::exchange(o.value, -8); return *this; }
  ~Elem() { --live; value = -9; }
};

template <typename T, int inline_count>
class SmallVector {
 public:
  SmallVector() : data_(inline_data()) {}
  SmallVector(const SmallVector &o) : SmallVector() {
    reserve(o.size_);  // The destructor runs if a copy throws, as the other constructor is through.
    for (const T &t : o) push_back(t);
  }
  SmallVector(SmallVector &&o) noexcept : SmallVector() { take(o); }
  SmallVector &operator=(const SmallVector &o) { if (this != &o) { SmallVector copy(o); reset(); take(copy); } return *this; }
  SmallVector &operator=(SmallVector &&o) noexcept { if (this != &o) { reset(); take(o); } return *this; }
  ~SmallVector() { reset(); }

  const T *begin() const { return data_; }
  const T *end() const { return data_ + size_; }
  T &operator[](int i) { return data_[i]; }
  int size() const { return size_; }
  bool is_inline() const { return data_ == const_cast<SmallVector *>(this)->inline_data(); }

  void push_back(const T &t) {
    if (size_ == capacity_) {
      T copy(t);  // t may be one of the elements, which move now.
      reserve(capacity_ * 2);
      new (data_ + size_) T(std::move(copy));
    } else {
      new (data_ + size_) T(t);
    }
    ++size_;
  }
  template <typename... Args>
  T &emplace_at(int at, Args &&...args) {
    T fresh(std::forward<Args>(args)...);
    if (size_ == capacity_) reserve(capacity_ + inline_count);
    if (at == size_) {
      new (data_ + size_) T(std::move(fresh));
    } else {
      new (data_ + size_) T(std::move(data_[size_ - 1]));
      for (int i = size_ - 1; i > at; --i) data_[i] = std::move(data_[i - 1]);
      data_[at] = std::move(fresh);
    }
    ++size_;
    return data_[at];
  }
  int erase(int from, int to) {
    for (int i = to; i < size_ && from < to; ++i) data_[from + i - to] = std::move(data_[i]);
    while (to-- > from) data_[--size_].~T();
    return size_;
  }
  __attribute__((noinline)) void reserve(int wanted) {
    if (wanted <= capacity_) return;
    T *fresh = static_cast<T *>(malloc(sizeof(T) * (size_t)wanted));
    for (int i = 0; i < size_; ++i) { new (fresh + i) T(std::move(data_[i])); data_[i].~T(); }
    if (!is_inline()) free(data_);
    data_ = fresh;
    capacity_ = wanted;
  }

 private:
  T *inline_data() { return reinterpret_cast<T *>(room_); }
  void reset() noexcept {
    while (size_ > 0) data_[--size_].~T();
    if (!is_inline()) free(data_);
    data_ = inline_data();
    capacity_ = inline_count;
  }
  void take(SmallVector &o) noexcept {  // This one is empty.
    if (o.is_inline()) {
      for (; size_ < o.size_; ++size_) new (data_ + size_) T(std::move(o.data_[size_]));
    } else {
      data_ = std::exchange(o.data_, o.inline_data());
      size_ = std::exchange(o.size_, 0);
      capacity_ = std::exchange(o.capacity_, inline_count);
    }
    o.reset();
  }
  T *data_;
  int size_ = 0, capacity_ = inline_count;
  alignas(T) unsigned char room_[sizeof(T) * inline_count];
};
using Vector = SmallVector<Elem, 4>;

static unsigned digest(const Vector &v) {
  unsigned sum = (unsigned)v.size() * 2 + v.is_inline();
  for (const Elem &e : v) sum = sum * 31 + (unsigned)e.value;
  return sum;
}

int main() {
  Vector pool[4];
  unsigned state = (unsigned)opaque(2024);
  for (int round = 0; round < 400; ++round) {
    state = state * 1664525u + 1013904223u;
    Vector &a = pool[state >> 30], &b = pool[state >> 28 & 3];
    int x = (int)(state >> 8 & 0xff), at = a.size() ? x % (a.size() + 1) : 0;
    fuse = round % 6 == 5 ? opaque_int(x % 5) : -1;
    try {
      switch (state >> 20 & 7) {
        case 0: a.push_back(x); break;
        case 1: mix(a.emplace_at(at, x * 2).value); break;
        case 2: if (a.size()) a.push_back(a[x % a.size()]); break;
        case 3: if (a.size()) a.emplace_at(at, a[a.size() - 1]); break;
        case 4: mix(a.erase(at / 2, at)); break;
        case 5: if (a.size() + b.size() < 24) for (int i = b.size() - 1; i >= 0; --i) a.emplace_at(a.size() / 2, b[i]); break;
        case 6: x & 1 ? void(a = b) : void(a = Vector(b)); break;
        default: std::swap(a, b);
      }
    } catch (int value) { mix(value + 1000); }
    mix(digest(a) + digest(b) * 3 + (unsigned)live);
  }
  return report();
}
