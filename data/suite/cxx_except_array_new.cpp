// new and new[] of objects whose constructors throw: what was built is destroyed in reverse, and the memory goes back to
// the matching operator delete (the class's own, placement and aligned forms; null may or may not get there).
#include "checksum.h"
#include <new>
#include <stdlib.h>

static int fuse, alive, blocks;

struct Burn { int number; };

struct Counted {
  int number;
  Counted() : number(alive) {
    if (fuse-- == 0) throw Burn{number};
    ++alive;
  }
  ~Counted() { --alive; mix(number + 300); }
};

struct Pooled : Counted {
  long payload[3];
  explicit Pooled(long seed = 7) : payload{seed, seed + 1, seed + 2} {
    if (fuse-- == 0) throw Burn{(int)seed};
  }
  static void *operator new(size_t size) { ++blocks; mix(size); return malloc(size); }
  static void operator delete(void *block, size_t size) { if (!block) return; --blocks; mix(size + 1); free(block); }
  __attribute__((noinline)) static void *operator new[](size_t size) { blocks += 100; return malloc(size); }
  __attribute__((noinline)) static void operator delete[](void *block) { if (!block) return; blocks -= 100; mix(2); free(block); }
};

// Placement forms with extra arguments; the delete with the same arguments runs only when a constructor throws.
struct Arena {
  alignas(16) char bytes[512];
  size_t used;
  int returned;
};
void *operator new(size_t size, Arena &arena, int tag) {
  mix(tag);
  void *block = arena.bytes + arena.used;
  arena.used += (size + 15) / 16 * 16;
  return block;
}
void operator delete(void *block, Arena &arena, int tag) {
  arena.used = (size_t)((char *)block - arena.bytes);
  arena.returned += tag;
}

struct alignas(64) Wide : Counted {
  Counted more[2];
  bool aligned() const { return (uintptr_t)this % 64 == 0; }
};

struct Grid {
  Counted cells[2][3];
  Counted corner;
};

static __attribute__((noinline)) int singles(int seed) {
  int result;
  Pooled *first = nullptr;
  try {
    first = new Pooled(seed);
    Pooled *second = new Pooled(first->payload[1] * 2);
    result = (int)second->payload[2];
    delete second;
  } catch (const Burn &burn) { result = -burn.number - 1; }
  delete first;
  return result;
}

static int rows(int count) {
  Pooled *row = nullptr;
  Grid *grids = nullptr;
  try {
    row = new Pooled[count];
    grids = new Grid[2];
    int sum = row[count - 1].number + grids[1].cells[1][2].number + grids[0].corner.number;
    delete[] grids;
    delete[] row;
    return sum;
  } catch (const Burn &burn) {
    mix(grids == nullptr);
    delete[] row;
    return burn.number - 5000;
  }
}

static __attribute__((noinline)) int placed(Arena &arena, int tag) {
  Grid *grid = nullptr;
  Pooled *item = nullptr;
  int result;
  try {
    grid = new (arena, tag) Grid;
    item = ::new (arena, tag + 1) Pooled(tag);
    result = item->number * 10 + grid->corner.number;
  } catch (const Burn &burn) { result = 9000 + burn.number; }
  if (item) item->~Pooled();
  if (grid) grid->~Grid();
  return result;
}

static int wide(int count) try {
  Wide *const objects = new Wide[count];
  int sum = 0;
  for (int i = 0; i < count; ++i) sum = sum * 2 + objects[i].aligned() + objects[i].more[1].number;
  delete[] objects;
  Wide *const last = new Wide;
  sum += last->aligned();
  delete last;
  return sum;
} catch (const Burn &burn) {
  return burn.number + 7000;
}

int main() {
  for (int limit = -1; limit < 22; ++limit) {
    Arena arena = {};
    fuse = opaque_int(limit);
    mix(singles(opaque_int(limit + 3)));
    if (limit >= 0 && fuse < 0) fuse = opaque_int(limit);
    mix(rows(opaque_int(limit % 3 + 2)));
    fuse = opaque_int(limit);
    mix(placed(arena, opaque_int(limit + 40)));
    mix(arena.used * 1000 + arena.returned);
    fuse = opaque_int(limit);
    mix(wide(opaque_int(limit % 4 + 1)));
    mix(alive * 1000 + blocks);
  }
  return report();
}
