// operator new and delete replaced: the global ones with counters (plain, array, aligned, nothrow, failing once through
// the new-handler), class-specific ones inherited and hidden, and sized ones through virtual destructors. Every
// object escapes, as a compiler may leave out the calls for one that does not, and null is ignored, as it may be passed.
#include "checksum.h"
#include <new>
#include <stdlib.h>

static long taken, given, taken_bytes, aligned_blocks;
static int refuse = -1;

static __attribute__((noinline)) void *take(size_t size, size_t alignment) {
  for (;;) {
    if (refuse < 0 || --refuse >= 0) {
      ++taken;
      taken_bytes += (long)size;
      return alignment > 16 ? aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment) : malloc(size ? size : 1);
    }
    std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}
static __attribute__((noinline)) void give(void *block, long count = 1, size_t size = 0) {
  if (!block) return;
  given += count;
  taken_bytes -= (long)size;
  free(block);
}

void *operator new(size_t size) { return take(size, 16); }
void *operator new[](size_t size) { taken += 1000; return take(size, 16); }
void *operator new(size_t size, std::align_val_t alignment) { ++aligned_blocks; return take(size, (size_t)alignment); }
void *operator new(size_t size, const std::nothrow_t &) noexcept {
  try { return take(size, 16); } catch (const std::bad_alloc &) { return nullptr; }
}
void operator delete(void *block) noexcept { give(block); }
void operator delete(void *block, size_t size) noexcept { give(block, 1, size); }
void operator delete[](void *block) noexcept { give(block, 1001); }
void operator delete[](void *block, size_t) noexcept { give(block, 1001); }
void operator delete(void *block, std::align_val_t) noexcept { if (block) --aligned_blocks; give(block); }
void operator delete(void *block, size_t size, std::align_val_t) noexcept { if (block) --aligned_blocks; give(block, 1, size); }

struct Plain { int a = 1, b = 2; };
struct alignas(128) Wide { int values[4] = {1, 2, 3, 4}; };
struct Pooled {  // Takes from a fixed pool with a free list; the classes derived from it do too, if they fit.
  virtual ~Pooled() = default;
  virtual int value() const = 0;
  static void *operator new(size_t size);
  static void operator delete(void *block, size_t size);
  static int pool_used;
};
struct Small : Pooled { int n = 7; int value() const override { return n; } };
struct Huge : Pooled { int n[60] = {9}; int value() const override { return n[0] + 1; } };
struct Own final : Pooled {
  static void *operator new(size_t size, int *log) { *log += (int)size; return ::operator new(size); }
  static void operator delete(void *block, int *log) { *log = -1; ::operator delete(block); }
  static void operator delete(void *block) { ::operator delete(block); }
  int value() const override { return 3; }
};
int Pooled::pool_used = 0;
static union Cell { Cell *next; alignas(16) char room[32]; } pool[5];
static Cell *free_cells;

void *Pooled::operator new(size_t size) {
  if (size > sizeof(Cell)) return ::operator new(size);
  if (Cell *cell = free_cells) { free_cells = cell->next; return cell; }
  if (pool_used == 5) throw std::bad_alloc();
  return &pool[pool_used++];
}
void Pooled::operator delete(void *block, size_t size) {
  if (!block) return;
  if (size > sizeof(Cell)) return ::operator delete(block, size);
  Cell *cell = new (block) Cell;
  cell->next = free_cells;
  free_cells = cell;
}

static void *volatile escaped;
template <typename T> static T *escape(T *object) { escaped = object; return object; }

static int handled;
static void handler() { if (++handled % 3) throw std::bad_alloc(); else refuse = -1; }

static int failing(int limit) {
  refuse = limit;
  int got = 0;
  Plain *blocks[3] = {};
  try {
    for (Plain *&block : blocks) { block = escape(new Plain); got = got * 10 + block->b; }
  } catch (const std::bad_alloc &) { got = got * 10 + 5; }
  Plain *quiet = escape(new (std::nothrow) Plain);
  got = got * 10 + (quiet ? 1 : 6);
  refuse = -1;
  for (Plain *block : blocks) delete block;
  delete quiet;
  return got;
}

int main() {
  printf("new operators\n");
  for (int round = 0; round < 10; ++round) {
    int n = opaque_int(round);
    Plain *rows = escape(new Plain[(size_t)n + 1]);
    Wide *wide = escape(new Wide);
    mix(((uintptr_t)wide % 128 == 0) * 100 + rows[n].b + wide->values[3]);
    std::set_new_handler(round % 2 ? handler : nullptr);
    for (int limit = 0; limit < 5; ++limit) mix(failing(opaque_int(limit)));
    Pooled *objects[9] = {};
    for (int i = 0; i < 9; ++i) {
      try {
        objects[i] = (i + n) % 8 == 0 ? static_cast<Pooled *>(escape(new Huge)) : escape(new Small);
        mix(objects[i]->value());
      } catch (const std::bad_alloc &) { mix(400 + i); }
      if (i % 3 == 2) { delete objects[i - n % 2]; objects[i - n % 2] = nullptr; }
    }
    int log = n;
    Pooled *own = new (&log) Own;
    mix(own->value() * 1000 + log);
    delete own;
    for (Pooled *object : objects) delete object;
    delete[] rows;
    delete wide;
    mix(taken * 100000 + given);
    mix(taken_bytes * 10 + aligned_blocks + Pooled::pool_used * 1000000L + handled);
  }
  return report();
}
