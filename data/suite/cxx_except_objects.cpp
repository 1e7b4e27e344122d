// What is thrown: objects with copy and move counts, big ones, ones with an own string, pointers to heap objects that
// the handler deletes, function pointers, lambdas, null; and the values which destructors leave behind.
#include "checksum.h"
#include <memory>
#include <string>
#include <utility>

static int built, copied, moved, gone;

struct Tracked {
  int id;
  explicit Tracked(int i) : id(i) { ++built; }
  Tracked(const Tracked &o) : id(o.id) { ++copied; }
  Tracked(Tracked &&o) noexcept : id(o.id) { ++moved; o.id = -1; }
  ~Tracked() { ++gone; }
};
struct Large {  // Unsigned, so that sums may wrap.
  unsigned long words[40];
  explicit Large(long seed) { for (int i = 0; i < 40; ++i) words[i] = seed * i ^ i; }
};
struct Labelled {
  std::string label;
  std::unique_ptr<int> extra;
};
struct alignas(16) Aligned { double values[4]; };

static int twice(int x) { return x * 2; }
static int thrice(int x) { return x * 3; }

static __attribute__((noinline)) void raise_object(int kind, int n) {
  switch (kind) {
    case 0: throw Tracked(n);                              // Built in place.
    case 1: { static const Tracked kept(5); throw kept; }  // Copied.
    case 2: { Tracked local(n); throw std::move(local); }  // Moved.
    case 3: throw Large(n);
    case 4: throw Labelled{std::string((size_t)n, 'x') + "end", std::make_unique<int>(n)};
    case 5: throw new Large(n + 1);
    case 6: throw n % 2 ? twice : thrice;
    case 7: throw [n](int x) { return x * n; };
    case 8: throw nullptr;
    case 9: throw std::make_unique<Tracked>(n);
    case 10: throw Aligned{{n * 0.5, n * 1.5, n * 2.5, -1}};
    case 11: throw (short)n;
    case 12: throw (__int128)n << 70;
    case 13: throw true;
    case 14: throw 'c';
    default: return;
  }
}

static std::unique_ptr<Tracked> saved;

static __attribute__((noinline)) unsigned long receive(int kind, int n) {
  unsigned long sum = 0;
  try {
    raise_object(kind, n);
  } catch (Tracked &tracked) {
    sum = tracked.id;
  } catch (const Large &large) {
    for (unsigned long word : large.words) sum = sum * 3 + word;
  } catch (Labelled &labelled) {
    std::string taken = std::move(labelled.label);
    sum = (long)taken.size() * 100 + *labelled.extra + taken[taken.size() - 3];
  } catch (Large *large) {  // Here a null pointer of std::nullptr_t arrives as well.
    sum = large ? large->words[39] - large->words[1] : 77;
    delete large;
  } catch (int (*function)(int)) {
    sum = function(n) + (function == twice ? 1000 : 2000);
  } catch (std::unique_ptr<Tracked> &owner) {
    sum = owner->id;
    saved = std::move(owner);
  } catch (const Aligned &aligned) {
    sum = (long)(aligned.values[0] + aligned.values[2] * 4) + ((uintptr_t)&aligned % 16 == 0);
  } catch (short value) { sum = value + 10000;
  } catch (__int128 value) { sum = (long)(value >> 65);
  } catch (int) { sum = -1;  // No conversion of numbers: never taken by short, bool or char.
  } catch (bool value) { sum = value + 20000;
  } catch (char value) { sum = value + 30000;
  } catch (...) { sum = 40000;
  }
  return sum;
}

// By value the handler gets a copy of its own; the thrown one goes on unchanged.
static unsigned long by_value(int kind, int n) {
  unsigned long sum = 0;
  try {
    try {
      raise_object(kind, n);
      sum = 3;
    } catch (Tracked own) {
      own.id += 100;
      sum += own.id;
      throw;
    } catch (Large own) {
      own.words[7] = 1;
      sum += own.words[7];
      throw;
    }
  } catch (Tracked &tracked) {
    sum = sum * 1000 + tracked.id;
  } catch (Large large) {
    sum = sum * 1000 + large.words[7];
  } catch (Large *large) {
    std::unique_ptr<Large> owner(large);
    sum = owner ? owner->words[3] : 5;
  } catch (...) {
    sum = 4;
  }
  return sum;
}

int main() {
  for (int n = 1; n < 40; n += 3)
    for (int kind = 0; kind < 16; ++kind) {
      mix(receive(opaque_int(kind), opaque_int(n)));
      mix(by_value(opaque_int(kind), opaque_int(n + 1)));
      if (saved) mix(saved->id * 10);
      mix(built - gone + copied + moved);
      mix(copied);
    }
  saved.reset();
  mix(built + copied + moved - gone);
  return report();
}
