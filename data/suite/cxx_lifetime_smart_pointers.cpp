// unique_ptr and shared_ptr with deleters of all kinds, aliasing and weak pointers, cycles that are broken,
// enable_shared_from_this, and scope guards which are dismissed or not.
#include "checksum.h"
#include <memory>
#include <utility>

static unsigned journal;
static void note(int what) { journal = journal * 43 + (unsigned)what; }

struct Item {
  int id;
  explicit Item(int i) : id(i) { note(i); }
  virtual ~Item() { note(500 + id); }
};
struct Special final : Item {
  using Item::Item;
  ~Special() override { note(id * 3); }
};
struct Recycle {  // A deleter with state.
  Item **bin;
  int uses = 0;
  void operator()(Item *item) { ++uses; delete *bin; *bin = item; }
};
static void plain_delete(Item *item) { note(99); delete item; }

// A handle that is no pointer.
struct Slot {
  int number = -1;
  Slot(decltype(nullptr) = nullptr) {}
  explicit Slot(int n) : number(n) {}
  explicit operator bool() const { return number >= 0; }
  bool operator!=(const Slot &other) const { return number != other.number; }
};
struct HandleCloser { using pointer = Slot; void operator()(Slot slot) const { note(slot.number * 7); } };
using Handle = std::unique_ptr<int, HandleCloser>;

template <typename F>
class Guard {
 public:
  explicit Guard(F f) : f_(std::move(f)) {}
  Guard(Guard &&other) : f_(std::move(other.f_)), active_(std::exchange(other.active_, false)) {}
  ~Guard() { if (active_) f_(); }
  void dismiss() { active_ = false; }
 private:
  F f_;
  bool active_ = true;
};

static int unique(int n) {
  Item *bin = nullptr;
  int sum = 0;
  {
    std::unique_ptr<Item, Recycle> a(new Item(n), Recycle{&bin}), b(new Special(n + 1), Recycle{&bin});
    a.reset(new Item(n + 2));
    sum += a.get_deleter().uses * 10 + bin->id;
    b = std::move(a);
    sum = sum * 3 + b.get_deleter().uses + (a == nullptr);
    std::unique_ptr<Item, void (*)(Item *)> c(b.release(), plain_delete);
    if (n % 2) c.reset();
    std::unique_ptr<Item> d(new Special(n + 5)), e;
    e.swap(d);
    sum = sum * 3 + e->id + (c ? c->id : 1);
    Handle handle{Slot(n)}, other{Slot(n % 3 - 1)};
    if (n % 4 == 1) handle = std::move(other);
  }
  std::unique_ptr<Item> last(bin);
  return last ? sum + last->id : sum;
}

struct Node : std::enable_shared_from_this<Node> {
  int id;
  std::shared_ptr<Node> next;
  std::weak_ptr<Node> back;
  explicit Node(int i) : id(i) {}
  ~Node() { note(id + 40); }
  std::shared_ptr<Node> append(int i) {
    next = std::make_shared<Node>(i);
    next->back = weak_from_this();
    return next;
  }
  long above() const { auto parent = back.lock(); return parent ? parent->id + parent->above() * 3 : 1; }
};

static long shared(int n) {
  std::weak_ptr<Node> watch;
  std::shared_ptr<int> alias;
  long sum;
  {
    auto head = std::make_shared<Node>(n);
    std::shared_ptr<Node> tail = head;
    for (int i = 1; i <= n; ++i) tail = tail->append(i * 3);
    sum = tail->above() % 100003 + head.use_count() * 1000;
    watch = tail;
    alias = std::shared_ptr<int>(tail, &tail->id);
    tail->next = head;  // A ring, broken at once.
    sum += tail.use_count() * 100 + head.use_count();
    tail->next.reset();
  }
  if (auto still = watch.lock()) sum = sum * 3 + still->id + still->above();  // Its parents are gone.
  *alias += 5;
  sum += watch.expired() * 7 + *alias;
  alias.reset();
  return sum * 2 + watch.expired();
}

static int guarded(int n) {
  int result = 1;
  auto first = Guard([&] { result += 100; note(result); });
  try {
    Guard second([&] { note(71); result *= 2; });
    Guard third(std::move(second));
    if (n % 3 == 0) throw n;
    if (n % 3 == 1) third.dismiss();
    result += 10;
  } catch (int thrown) { result += thrown; }
  if (n % 2) first.dismiss();
  return result;
}

int main() {
  for (int n = 0; n < 14; ++n) {
    mix(unique(opaque_int(n)));
    mix(journal);
    mix(shared(opaque_int(n)));
    mix(journal);
    mix(guarded(opaque_int(n)));
    mix(journal);
  }
  return report();
}
