// A least-recently-used cache with a policy hook.
//
// The list holds the entries from most to least recently used; the index maps a key to its place in
// the list, whose iterators stay valid while entries move. The policy says what an entry costs and
// hears of every entry that leaves to make room.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

// Thrown by `put` for an entry that costs more than the whole cache holds.
class EntryTooLarge : public std::length_error {
public:
  using std::length_error::length_error;
};

// The default policy: every entry costs one, evictions go unnoticed.
struct CountPolicy {
  template <typename Key, typename Value> std::size_t cost(const Key &, const Value &) const {
    return 1;
  }
  template <typename Key, typename Value> void on_evict(const Key &, Value &) {}
};

struct CacheCounters {
  std::size_t hits = 0, misses = 0, evictions = 0;
};

template <typename Key, typename Value, typename Policy = CountPolicy> class LruCache {
public:
  // Throws std::invalid_argument for a capacity of zero.
  explicit LruCache(std::size_t capacity, Policy policy = Policy())
      : capacity_(capacity), policy_(std::move(policy)) {
    if (capacity == 0) throw std::invalid_argument("LruCache: the capacity must not be zero");
  }

  LruCache(const LruCache &) = delete;
  LruCache &operator=(const LruCache &) = delete;

  std::size_t size() const { return index_.size(); }
  std::size_t total_cost() const { return total_cost_; }
  std::size_t capacity() const { return capacity_; }
  const CacheCounters &counters() const { return counters_; }
  Policy &policy() { return policy_; }

  // Inserts or replaces an entry and makes it the most recent one. Throws EntryTooLarge, with the
  // cache as it was, and std::logic_error when called from within the policy.
  Value &put(Key key, Value value) {
    require_idle();
    const std::size_t cost = policy_.cost(key, value);
    if (cost > capacity_) throw EntryTooLarge("LruCache: the entry costs more than the capacity");
    erase(key);
    make_room(capacity_ - cost);
    entries_.push_front(Entry{std::move(key), std::move(value), cost});
    try {
      index_.emplace(entries_.front().key, entries_.begin());
    } catch (...) {
      entries_.pop_front();
      throw;
    }
    total_cost_ += cost;
    return entries_.front().value;
  }

  // The value of `key`, now the most recent one; nullptr when it is not cached.
  Value *get(const Key &key) {
    auto found = index_.find(key);
    if (found == index_.end()) {
      counters_.misses++;
      return nullptr;
    }
    counters_.hits++;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->value;
  }

  // Like `get`, but throws std::out_of_range when the key is not cached.
  Value &at(const Key &key) {
    if (Value *value = get(key)) return *value;
    throw std::out_of_range("LruCache: no such key");
  }

  // Like `get`, but makes the value where it is missing. What `make` throws leaves the cache alone.
  template <typename Make> Value &get_or_make(const Key &key, Make &&make) {
    if (Value *value = get(key)) return *value;
    return put(key, std::forward<Make>(make)(key));
  }

  // Looks without touching the order or the counters.
  const Value *peek(const Key &key) const {
    auto found = index_.find(key);
    return found == index_.end() ? nullptr : &found->second->value;
  }

  // Removes an entry without telling the policy; false when it was not there.
  bool erase(const Key &key) {
    require_idle();
    auto found = index_.find(key);
    if (found == index_.end()) return false;
    auto entry = found->second;
    index_.erase(found);
    total_cost_ -= entry->cost;
    entries_.erase(entry);
    return true;
  }

  // Changes the capacity and evicts what no longer fits.
  void resize(std::size_t capacity) {
    require_idle();
    if (capacity == 0) throw std::invalid_argument("LruCache: the capacity must not be zero");
    capacity_ = capacity;
    make_room(capacity);
  }

  // Calls `visit(key, value)` from the most to the least recent entry.
  template <typename Visit> void for_each(Visit &&visit) const {
    for (const Entry &entry : entries_) visit(entry.key, entry.value);
  }

private:
  struct Entry {
    Key key;
    Value value;
    std::size_t cost;
  };

  // Marks the time in which the policy runs and must not change the cache.
  class BusyMark {
  public:
    explicit BusyMark(bool &busy) : busy_(busy) { busy_ = true; }
    ~BusyMark() { busy_ = false; }
    BusyMark(const BusyMark &) = delete;
    BusyMark &operator=(const BusyMark &) = delete;

  private:
    bool &busy_;
  };

  void require_idle() const {
    if (busy_) throw std::logic_error("LruCache: changed from within its eviction hook");
  }

  // Evicts from the back until the entries cost at most `budget`. An entry is out of the cache
  // before the hook sees it, so a hook that throws leaves a consistent cache.
  void make_room(std::size_t budget) {
    while (total_cost_ > budget) {
      Entry victim = std::move(entries_.back());
      index_.erase(victim.key);
      entries_.pop_back();
      total_cost_ -= victim.cost;
      counters_.evictions++;
      BusyMark mark(busy_);
      policy_.on_evict(victim.key, victim.value);
    }
  }

  std::size_t capacity_;
  std::size_t total_cost_ = 0;
  bool busy_ = false;
  Policy policy_;
  CacheCounters counters_;
  std::list<Entry> entries_;
  std::unordered_map<Key, typename std::list<Entry>::iterator> index_;
};

// Charges strings by their length and keeps the keys that were evicted.
struct ByteBudgetPolicy {
  std::vector<std::string> evicted;

  std::size_t cost(const std::string &key, const std::string &value) const {
    return key.size() + value.size();
  }
  void on_evict(const std::string &key, std::string &) { evicted.push_back(key); }
};

// Runs a function for each eviction, for the tests of misuse.
struct HookPolicy {
  std::function<void(int)> hook;

  std::size_t cost(int, int) const { return 1; }
  void on_evict(int key, int) {
    if (hook) hook(key);
  }
};

template <typename Cache> std::string order_of(const Cache &cache) {
  std::string order;
  cache.for_each([&](int key, const auto &) { order += std::to_string(key) + " "; });
  return order;
}

template <typename Exception, typename Action> bool throws(Action &&action) {
  try {
    action();
  } catch (const Exception &) {
    return true;
  } catch (...) {
  }
  return false;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return std::fprintf(stderr, "lru: check %d failed: %s\n", (number), #condition), (number)

int check_order() {
  LruCache<int, std::string> cache(3);
  cache.put(1, "one");
  cache.put(2, "two");
  cache.put(3, "three");
  CHECK(1, order_of(cache) == "3 2 1 ");
  CHECK(2, cache.get(1) != nullptr && *cache.get(1) == "one" && order_of(cache) == "1 3 2 ");
  cache.put(4, "four");
  CHECK(3, order_of(cache) == "4 1 3 " && cache.get(2) == nullptr);
  CHECK(4, cache.put(3, "drei") == "drei" && order_of(cache) == "3 4 1 " && cache.size() == 3);
  CHECK(5, *cache.peek(1) == "one" && cache.peek(9) == nullptr && order_of(cache) == "3 4 1 ");
  CHECK(6, cache.erase(4) && !cache.erase(4) && order_of(cache) == "3 1 ");
  cache.resize(1);
  CHECK(7, order_of(cache) == "3 " && cache.capacity() == 1);
  const CacheCounters &counters = cache.counters();
  CHECK(8, counters.hits == 2 && counters.misses == 1 && counters.evictions == 2);
  return 0;
}

int check_byte_budget() {
  LruCache<std::string, std::string, ByteBudgetPolicy> cache(20);
  cache.put("a", "1234");
  cache.put("b", "12345678");
  CHECK(20, cache.total_cost() == 14);
  cache.put("c", "123456");
  CHECK(21, cache.total_cost() == 16 && cache.policy().evicted.size() == 1);
  cache.put("d", "1234567890123456789");
  const std::vector<std::string> expected = {"a", "b", "c"};
  CHECK(22, cache.policy().evicted == expected && cache.total_cost() == 20);
  CHECK(23, throws<EntryTooLarge>([&] { cache.put("e", std::string(20, 'x')); }));
  CHECK(24, cache.size() == 1 && cache.peek("d") != nullptr);
  cache.put("d", "");
  CHECK(25, cache.total_cost() == 1 && cache.policy().evicted.size() == 3);
  return 0;
}

int check_misuse() {
  using Cache = LruCache<int, int, HookPolicy>;
  CHECK(40, throws<std::invalid_argument>([] { Cache cache(0); }));
  Cache cache(2);
  CHECK(41, throws<std::invalid_argument>([&] { cache.resize(0); }));
  CHECK(42, throws<std::out_of_range>([&] { cache.at(7); }));
  cache.put(1, 10);
  cache.put(2, 20);
  cache.policy().hook = [&](int key) { cache.put(key, 0); };
  CHECK(43, throws<std::logic_error>([&] { cache.put(3, 30); }));
  CHECK(44, order_of(cache) == "2 " && cache.total_cost() == 1);
  cache.policy().hook = [](int) { throw std::runtime_error("disk full"); };
  cache.put(3, 30);
  CHECK(45, throws<std::runtime_error>([&] { cache.put(4, 40); }) && order_of(cache) == "3 ");
  cache.policy().hook = nullptr;
  CHECK(46, cache.put(4, 40) == 40 && cache.at(3) == 30 && order_of(cache) == "3 4 ");
  return 0;
}

int check_get_or_make() {
  LruCache<int, std::unique_ptr<int>> squares(4);
  int made = 0;
  auto square = [&](int n) {
    if (n < 0) throw std::domain_error("negative");
    made++;
    return std::make_unique<int>(n * n);
  };
  for (int round = 0; round < 3; round++)
    for (int n = 0; n < 4; n++) CHECK(60, *squares.get_or_make(n, square) == n * n);
  CHECK(61, made == 4 && squares.counters().hits == 8 && squares.counters().misses == 4);
  CHECK(62, throws<std::domain_error>([&] { squares.get_or_make(-1, square); }));
  CHECK(63, squares.size() == 4);
  return 0;
}

// Random operations against a plain vector kept in order of use.
int check_against_model() {
  LruCache<int, int> cache(8);
  std::vector<std::pair<int, int>> model;
  std::uint32_t state = 7;
  for (int step = 0; step < 4000; step++) {
    state = state * 1664525u + 1013904223u;
    const int key = static_cast<int>(state >> 20) % 16;
    std::size_t place = 0;
    while (place < model.size() && model[place].first != key) place++;
    const bool known = place < model.size();
    const std::pair<int, int> entry = known ? model[place] : std::make_pair(key, step);
    if (known) model.erase(model.begin() + static_cast<std::ptrdiff_t>(place));
    const int *value = cache.get(key);
    CHECK(80, known ? value != nullptr && *value == entry.second : value == nullptr);
    if (!known) cache.put(key, step);
    model.insert(model.begin(), entry);
    if (model.size() > 8) model.pop_back();
    CHECK(81, cache.size() == model.size());
  }
  return 0;
}

} // namespace

int main() {
  for (auto *group :
       {check_order, check_byte_budget, check_misuse, check_get_or_make, check_against_model}) {
    if (const int failed = group(); failed != 0) return failed;
  }
  return 0;
}
