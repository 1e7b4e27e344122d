// A ledger whose operations give the strong guarantee by copy and swap, with exceptions of the standard library:
// out_of_range, length_error, bad_alloc of an allocator with a budget, invalid_argument.
#include "checksum.h"
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

static long budget;

template <typename T>
struct Limited {
  using value_type = T;
  Limited() = default;
  template <typename U>
  Limited(const Limited<U> &) {}
  T *allocate(size_t count) {
    if ((long)(count * sizeof(T)) > budget) throw std::bad_alloc();
    budget -= (long)(count * sizeof(T));
    return static_cast<T *>(::operator new(count * sizeof(T)));
  }
  void deallocate(T *block, size_t count) {
    budget += (long)(count * sizeof(T));
    ::operator delete(block);
  }
  bool operator==(const Limited &) const { return true; }
  bool operator!=(const Limited &) const { return false; }
};

struct Entry {
  int account;
  long amount;
};

class Ledger {
 public:
  explicit Ledger(int accounts) : balances_(accounts) {}

  // All or nothing: works on copies.
  void post(const Entry *entries, int count) {
    Ledger copy(*this);
    long sum = 0;
    for (int i = 0; i < count; ++i) {
      long &balance = copy.balances_.at(entries[i].account);
      balance += entries[i].amount;
      if (balance < -100) throw std::domain_error("overdrawn");
      sum += entries[i].amount;
      copy.history_.push_back(entries[i].account * 1000 + entries[i].amount);
    }
    if (sum != 0) throw sum;
    swap(copy);
  }

  // Basic guarantee only: what was done before the failure stays.
  __attribute__((noinline)) int apply_text(const std::string &text) {
    int applied = 0;
    for (size_t at = 0; at < text.size();) {
      size_t used = 0;
      int account = std::stoi(text.substr(at), &used);
      at += used;
      if (text.at(at) != ':') throw std::invalid_argument(text.substr(at, 3));
      long amount = std::stol(text.substr(at + 1), &used);
      at += used + 2;
      balances_.at(account) += amount;
      ++applied;
    }
    return applied;
  }

  void widen(size_t accounts) { balances_.resize(accounts, 5); }
  void swap(Ledger &other) noexcept {
    balances_.swap(other.balances_);
    history_.swap(other.history_);
  }
  void mix_all() const {
    for (long balance : balances_) mix(balance);
    for (long entry : history_) mix(entry);
  }

 private:
  std::vector<long, Limited<long>> balances_;
  std::vector<long, Limited<long>> history_;
};

template <typename Action>
static int guarded(Action action) {
  try {
    action();
    return 0;
  } catch (const std::out_of_range &) { return 1;
  } catch (const std::invalid_argument &error) { mix(error.what()[0]); return 2;
  } catch (const std::length_error &) { return 3;
  } catch (const std::domain_error &error) { return error.what()[3];
  } catch (const std::bad_alloc &) { mix(budget); return 5;
  } catch (long rest) { return (int)rest;
  }
}

int main() {
  const Entry moves[] = {{0, 50}, {1, -50}, {2, 30}, {0, -30}, {3, 7}, {1, -7}, {4, 1}, {1, -80}, {2, 79}, {0, 0}, {9, 5}};
  const char *const texts[] = {"0:5,1:-5", "2:9,x:1", "1:4,7:7", "3:1,3;1", "", "1:99999999999999999999", "0:1,1:2,2:3", "5"};
  for (int accounts = 1; accounts < 7; ++accounts)
    for (int money = 40; money < 700; money += 131) {
      budget = opaque_int(money);
      mix(guarded([&] {
        Ledger ledger(opaque_int(accounts));
        for (int from = 0; from < 9; from += 2)
          for (int count = 0; count <= 3 && from + count <= 11; ++count)
            mix(guarded([&] { ledger.post(moves + from, opaque_int(count)); }));
        for (const char *text : texts)
          mix(guarded([&] { mix(ledger.apply_text(text)); }));
        for (uint64_t wanted : {accounts * 3ull, ~0ull >> 1})
          mix(guarded([&] { ledger.widen(opaque(wanted)); }));
        ledger.mix_all();
      }));
      mix(budget);
    }
  return report();
}
