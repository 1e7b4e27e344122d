// A string that shares its letters until one of the sharers writes: reference counts, unsharing by a proxy for one
// letter, appending to itself, substrings, and a pool that interns equal contents.
#include "checksum.h"
#include <new>
#include <stdlib.h>
#include <utility>

static int blocks, unshared;

class Cow {
  struct Block {
    int references, size, capacity;
    char *letters() { return reinterpret_cast<char *>(this + 1); }
  };
  static Block *make(int capacity) {
    ++blocks;
    return new (malloc(sizeof(Block) + (size_t)capacity + 1)) Block{1, 0, capacity};
  }
  static void drop(Block *b) { if (b && --b->references == 0) { --blocks; free(b); } }

 public:
  Cow() = default;
  Cow(const char *text) { append(text, (int)strlen(text)); }
  Cow(const Cow &o) : block_(o.block_) { if (block_) ++block_->references; }
  Cow(Cow &&o) noexcept : block_(std::exchange(o.block_, nullptr)) {}
  Cow &operator=(Cow o) noexcept { std::swap(block_, o.block_); return *this; }
  ~Cow() { drop(block_); }

  int size() const { return block_ ? block_->size : 0; }
  const char *c_str() const { return block_ ? block_->letters() : ""; }
  int references() const { return block_ ? block_->references : 0; }
  char operator[](int i) const { return c_str()[i]; }

  // Writing through it unshares; reading does not.
  struct Letter {
    operator char() const { return std::as_const(string_)[at_]; }
    Letter &operator=(char c) { string_.own(0); string_.block_->letters()[at_] = c; return *this; }
    Letter &operator=(const Letter &o) { return *this = (char)o; }
    Letter &operator++() { return *this = (char)(*this + 1); }
    Cow &string_;
    int at_;
  };
  Letter operator[](int i) { return Letter{*this, i}; }

  Cow &operator+=(const Cow &o) {
    if (size() == 0) *this = o;  // Shares.
    else append(o.c_str(), o.size());
    return *this;
  }
  Cow part(int from, int count) const {
    if (from == 0 && count >= size()) return *this;
    Cow r;
    if (from < size()) r.append(c_str() + from, count < size() - from ? count : size() - from);
    return r;
  }
  int replace(char what, const Cow &with) {
    int done = 0;
    for (int i = 0; i < size(); ++i) {
      if (c_str()[i] != what) continue;
      Cow tail = part(i + 1, size());
      *this = part(0, i) += with;
      *this += tail;
      i += with.size() - 1;
      ++done;
    }
    return done;
  }
  friend bool operator==(const Cow &a, const Cow &b) {
    return a.block_ == b.block_ || (a.size() == b.size() && !memcmp(a.c_str(), b.c_str(), (size_t)a.size()));
  }

 private:
  // Makes the block this string's alone, with room for more.
  __attribute__((noinline)) void own(int more) {
    int wanted = size() + more;
    if (block_ && block_->references == 1 && block_->capacity >= wanted) return;
    Block *fresh = make(wanted * 3 / 2);
    if (block_) {
      if (block_->references > 1) ++unshared;
      fresh->size = block_->size;
      memcpy(fresh->letters(), block_->letters(), (size_t)block_->size + 1);
      drop(block_);
    }
    block_ = fresh;
  }
  void append(const char *from, int count) {
    Block *keep = block_;  // `from` may point into it.
    if (keep) ++keep->references;
    own(count);
    memmove(block_->letters() + block_->size, from, (size_t)count);
    block_->size += count;
    block_->letters()[block_->size] = 0;
    drop(keep);
  }
  Block *block_ = nullptr;
};

struct Pool {
  const Cow &intern(const Cow &s) {
    for (int slot = 0; slot < used; ++slot) if (kept[slot] == s) return kept[slot];
    return kept[used == 8 ? s.size() % 8 : used++] = s;
  }
  Cow kept[8];
  int used = 0;
};

int main() {
  Pool pool;
  Cow strings[5] = {"alpha", "beta-gamma", "", "x", "alpha"};
  unsigned state = (unsigned)opaque(77);
  for (int round = 0; round < 300; ++round) {
    state = state * 1103515245u + 12345u;
    Cow &a = strings[(state >> 16) % 5], &b = strings[(state >> 20) % 5];
    int at = a.size() ? (int)(state >> 24) % a.size() : 0;
    switch ((state >> 8) % 9) {
      case 0: a = b; break;
      case 1: if (a.size() + b.size() < 200) a += b; break;
      case 2: if (a.size()) a[at] = (char)('a' + round % 26); break;
      case 3: if (a.size() && b.size()) a[at] = b[b.size() / 2]; break;
      case 4: a = b.part(at, round % 9); break;
      case 5: if (a.size() < 60 && b.size() < 5) mix(a.replace('a', b)); break;
      case 6: a = pool.intern(b); break;
      case 7: { Cow copy(a); if (copy.size()) ++copy[at]; std::swap(a, copy); mix(copy == a); break; }
      default: if (a.size() > 40) a = a.part(3, 8); else a += a.part(0, 4);
    }
    mix_text(a.c_str());
    mix(a.references() * 10000 + blocks * 100 + unshared);
  }
  return report();
}
