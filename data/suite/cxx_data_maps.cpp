// std::map and std::unordered_map as an inventory and its index: own orders and hashes with many equal values, erasing
// while iterating, ranges by bounds, reverse iteration, rehashing; unordered contents are only summed.
#include "checksum.h"
#include <map>
#include <unordered_map>

struct Key {
  short shelf;
  char side;
  // By shelf upwards, within a shelf the sides downwards.
  friend bool operator<(const Key &a, const Key &b) { return a.shelf != b.shelf ? a.shelf < b.shelf : a.side > b.side; }
};
struct Stock { int pieces = 10; long value = 0; };
using Inventory = std::map<Key, Stock>;

struct Collide {  // Many equal hashes.
  size_t operator()(int v) const { return (size_t)(v & 3); }
};
using Index = std::unordered_map<int, Stock *, Collide>;

static long digest(const Inventory &inventory) {
  long sum = (long)inventory.size();
  for (const auto &[key, stock] : inventory)
    sum = (sum * 31 + key.shelf * 7 + key.side + stock.pieces * 100 + stock.value) % 1000000007;
  return sum;
}

static __attribute__((noinline)) int take(Inventory &inventory, Key from, int wanted) {
  int got = 0;
  for (auto it = inventory.lower_bound(from); it != inventory.end() && got < wanted;) {
    int pieces = it->second.pieces < wanted - got ? it->second.pieces : wanted - got;
    got += pieces;
    it->second.pieces -= pieces;
    if (it->second.pieces == 0) it = inventory.erase(it);
    else ++it;
  }
  return got;
}

// All of one shelf goes to another; what is there already is added to.
static int move_shelf(Inventory &inventory, short from, short to) {
  int moved = 0;
  for (auto it = inventory.lower_bound(Key{from, 127}); it != inventory.end() && it->first.shelf == from;) {
    Key target{to, it->first.side};
    Stock stock = it->second;
    it = inventory.erase(it);
    Stock &there = inventory[target];
    moved += there.pieces > 10 ? 100 : 1;
    there.pieces += stock.pieces;
    if (moved > 300) break;  // A shelf moved to itself would never end.
  }
  return moved;
}

static long indexed(Inventory &inventory, int n) {
  Index index;
  for (auto &[key, stock] : inventory) index.emplace(key.shelf * 5 + key.side % 5, &stock);
  long sum = 0;
  for (int probe = 0; probe < n; ++probe) {
    auto found = index.find(opaque_int(probe));
    if (found == index.end()) continue;
    found->second->value += probe;
    sum = sum * 3 % 1000003 + found->second->pieces;
    if (probe % 3 == 0) index.erase(found);
    else if (probe % 3 == 1) index[probe + 1000] = found->second;
  }
  long unordered = 0;
  for (const auto &[number, stock] : index) unordered += number * (long)stock->pieces;
  return sum * 1000 + unordered % 1000 + (long)index.size() * 7 + (long)index.count(n);
}

int main() {
  Inventory inventory;
  unsigned state = (unsigned)opaque(5);
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 6; ++i) {
      state = state * 69069u + 12345u;
      Key key{(short)(state >> 27), (char)('a' + (state >> 20) % 5)};
      inventory[key].pieces += i % 3 == 0 ? i + 1 : -2;
    }
    mix(digest(inventory));
    if (round % 3 == 1) mix(take(inventory, Key{(short)(state >> 28), 'c'}, opaque_int(round)));
    if (round % 4 == 2) mix(move_shelf(inventory, (short)(state >> 27), (short)opaque_int(round % 32)));
    if (round % 5 == 3) mix(indexed(inventory, opaque_int(round * 2)));
    auto low = inventory.lower_bound(Key{(short)opaque_int(round % 32), 'b'});
    mix(low != inventory.end() ? low->first.shelf * 1000 + low->second.pieces : -1);
    while (inventory.size() > 40) inventory.erase(inventory.begin());
  }
  for (auto it = inventory.rbegin(); it != inventory.rend(); ++it) mix(it->first.shelf * 256 + it->first.side);
  return report();
}
