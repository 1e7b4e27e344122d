// Allocators of one's own under std::vector and std::list: an arena with marks and a free-list of nodes; stateful,
// compared, rebound, propagated or not on swap and move; what is left over at the end is checked.
#include "checksum.h"
#include <list>
#include <new>
#include <stddef.h>
#include <type_traits>
#include <utility>
#include <vector>

class Arena {
 public:
  explicit Arena(int tag) : tag_(tag) {}
  void *take(size_t size, size_t alignment) {
    size_t start = (used_ + alignment - 1) / alignment * alignment;
    if (start + size > sizeof bytes_) throw std::bad_alloc();
    used_ = start + size;
    live_ += (long)size;
    if (used_ > peak_) peak_ = used_;
    return bytes_ + start;
  }
  void give(void *block, size_t size) {
    live_ -= (long)size;
    size_t start = (size_t)(static_cast<unsigned char *>(block) - bytes_);
    if (start + size == used_) used_ = start;  // The latest block comes back at once.
    if (live_ == 0) used_ = 0;
  }
  bool owns(const void *p) const { return p >= bytes_ && p < bytes_ + sizeof bytes_; }
  long summary() const { return live_ * 10000000L + (long)peak_ * 100 + tag_; }
 private:
  alignas(16) unsigned char bytes_[8192];
  size_t used_ = 0, peak_ = 0;
  long live_ = 0;
  int tag_;
};

template <typename T>
struct ArenaAllocator {
  using value_type = T;
  using propagate_on_container_move_assignment = std::false_type;
  using propagate_on_container_swap = std::true_type;
  using is_always_equal = std::false_type;
  Arena *arena;
  explicit ArenaAllocator(Arena *a) : arena(a) {}
  template <typename U>
  ArenaAllocator(const ArenaAllocator<U> &other) : arena(other.arena) {}
  T *allocate(size_t n) { return static_cast<T *>(arena->take(n * sizeof(T), alignof(T))); }
  void deallocate(T *p, size_t n) { arena->give(p, n * sizeof(T)); }
  template <typename U>
  bool operator==(const ArenaAllocator<U> &other) const { return arena == other.arena; }
  template <typename U>
  bool operator!=(const ArenaAllocator<U> &other) const { return arena != other.arena; }
};

struct Point {
  short x;
  double y;
  explicit Point(int n = 0) : x((short)n), y(n * 0.5) {}
};

static __attribute__((noinline)) void vectors(int n, bool one_arena) {
  using Allocator = ArenaAllocator<Point>;
  Arena left(1), right(2);
  {
    std::vector<Point, Allocator> a{Allocator(&left)}, b{Allocator(one_arena ? &left : &right)};
    for (int i = 0; i < n; ++i) (i % 3 ? a : b).emplace_back(i);
    const Point *before = a.data();
    mix(left.owns(before) * 2 + right.owns(b.data()));
    b = std::move(a);  // With the same arena a change of owner, without one element by element.
    mix((b.data() == before) * 2 + left.owns(b.data()));
    mix(b.size());
    a = b;
    if (!a.empty()) a[a.size() / 2] = Point(77);
    double sum = 0;
    for (const Point &p : a) sum = sum * 0.75 + p.x + p.y;
    mix_double(sum);
    if (a.get_allocator() == b.get_allocator()) a.swap(b);
    if (!a.empty()) a.pop_back();
    try {
      for (int i = 0; i < (n % 2 ? 50 : 2000); ++i) a.emplace_back(i);
      mix(1);
    } catch (const std::bad_alloc &) {
      mix(a.size());
    }
    mix(left.summary());
    mix(right.summary());
  }
  mix(left.summary());
  mix(right.summary());
}

static void lists(int n) {
  using Allocator = ArenaAllocator<int>;
  Arena arena(3), spare(4);
  std::list<int, Allocator> a{Allocator(&arena)}, b{Allocator(&arena)};
  for (int i = 0; i < n; ++i) a.push_front(i * 37 % 23);
  b.splice(b.end(), a, a.begin(), n > 2 ? std::next(a.begin(), n / 2) : a.begin());
  for (auto it = a.begin(); it != a.end();) it = *it % 5 == 2 ? a.erase(it) : std::next(it);
  mix(arena.summary());
  std::list<int, Allocator> copy(a, Allocator(&spare));
  copy.swap(b);
  mix(spare.summary());
  long sum = 1;
  for (const auto *list : {&a, &b, &copy})
    for (int v : *list) sum = (sum * 31 + v) % 1000000007;
  mix(sum);
}

int main() {
  for (int n = 0; n < 60; n += 1 + n / 3) {
    vectors(opaque_int(n), false);
    vectors(opaque_int(n), true);
    lists(opaque_int(n));
  }
  return report();
}
