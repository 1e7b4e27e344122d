// A pool of objects of several kinds in fixed slots: free lists threaded through dead objects, handles with generations that notice
// reuse, a bitmap of live slots walked in order, objects that are destroyed by others while the pool is walked.
#include "checksum.h"

enum { slots = 150 };
enum kind { kind_free, kind_counter, kind_chaser, kind_spawner, kind_timer };
typedef unsigned handle;  // slot in the low byte, generation above

struct object {
  unsigned char kind;
  unsigned short generation;
  union {
    struct { short next; } free;
    struct { int value, step; } counter;
    struct { handle target; int caught; } chaser;
    struct { handle children[3]; unsigned char count, limit; } spawner;
    struct { long deadline; handle victim; } timer;
  } as;
};

static struct object pool[slots];
static short free_head = -1, never_used;
static uint64_t live[(slots + 63) / 64];
static unsigned made, failed, stale;

static struct object *resolve(handle h) {
  unsigned slot = h & 255;
  if (!h || slot >= slots || pool[slot].kind == kind_free || pool[slot].generation != h >> 8) return 0;
  return &pool[slot];
}

static __attribute__((noinline)) handle create(enum kind kind) {
  short slot = free_head;
  if (slot >= 0)
    free_head = pool[slot].as.free.next;
  else if (never_used < slots)
    slot = never_used++;
  else
    return ++failed, 0;
  struct object *o = &pool[slot];
  memset(&o->as, 0, sizeof o->as);
  o->kind = (unsigned char)kind, o->generation = (unsigned short)(o->generation % 1000 + 1);
  live[slot / 64] |= 1ull << slot % 64;
  ++made;
  return (handle)o->generation << 8 | (handle)slot;
}

static __attribute__((noinline)) int destroy(handle h) {
  struct object *o = resolve(h);
  if (!o) return ++stale, 0;
  short slot = (short)(o - pool);
  if (o->kind == kind_spawner)
    for (int i = 0; i < o->as.spawner.count; ++i) {
      handle child = o->as.spawner.children[i];
      o->as.spawner.children[i] = 0;
      if (child) destroy(child);
    }
  o->kind = kind_free;
  o->as.free.next = free_head, free_head = slot;
  live[slot / 64] &= ~(1ull << slot % 64);
  return 1;
}

static handle any_live(unsigned start) {
  for (unsigned i = 0; i < slots; ++i) {
    unsigned slot = (start + i) % slots;
    if (live[slot / 64] >> slot % 64 & 1) return (handle)pool[slot].generation << 8 | slot;
  }
  return 0;
}

static void update(unsigned slot, long now) {
  struct object *o = &pool[slot];
  handle self = (handle)o->generation << 8 | slot;
  switch (o->kind) {
    case kind_counter:
      o->as.counter.value += o->as.counter.step;
      if (o->as.counter.value > 40) destroy(self);
      break;
    case kind_chaser: {
      struct object *target = resolve(o->as.chaser.target);
      if (target && target->kind == kind_counter) target->as.counter.step += 2, ++o->as.chaser.caught;
      else o->as.chaser.target = any_live(slot + 3);
      break;
    }
    case kind_spawner: {
      if (o->as.spawner.count == 3 || now % 3 == 0) break;
      handle child = create(now % 2 ? kind_counter : kind_spawner);
      struct object *c = resolve(child);
      if (c && c->kind == kind_counter) c->as.counter.step = (int)(slot % 5);
      if (c) o->as.spawner.children[o->as.spawner.count++] = child;
      break;
    }
    case kind_timer:
      if (now < o->as.timer.deadline) break;
      if (!destroy(o->as.timer.victim)) o->as.timer.victim = any_live(slot * 7);
      else o->as.timer.deadline = now + 4;
      break;
    default: break;
  }
}

// Objects may die or be born while the bits of a word are walked.
static __attribute__((noinline)) unsigned update_all(long now) {
  unsigned updated = 0;
  for (unsigned w = 0; w < sizeof live / sizeof *live; ++w)
    for (uint64_t rest = live[w]; rest; rest &= rest - 1) {
      unsigned bit = (unsigned)__builtin_ctzll(rest);
      if (live[w] >> bit & 1) update(w * 64 + bit, now), ++updated;
    }
  return updated;
}

static uint64_t pool_sum(void) {
  uint64_t sum = (uint64_t)free_head;
  for (unsigned s = 0; s < slots; ++s) {
    const struct object *o = &pool[s];
    sum = sum * 31 + o->kind * 1000u + o->generation;
    if (o->kind == kind_counter) sum += (unsigned)o->as.counter.value;
    if (o->kind == kind_chaser) sum += (unsigned)o->as.chaser.caught + o->as.chaser.target;
    if (o->kind == kind_free) sum += (uint64_t)o->as.free.next;
  }
  return sum;
}

int main(void) {
  for (int i = 0; i < 24; ++i) {
    handle h = create((enum kind)(opaque_int(i) % 4 + 1));
    struct object *o = resolve(h);
    if (o->kind == kind_counter) o->as.counter.step = i;
    if (o->kind == kind_timer) o->as.timer.deadline = i, o->as.timer.victim = i > 6 ? any_live((unsigned)i * 5) : 0;
  }
  for (long now = 0; now < 60; ++now) {
    mix(update_all((long)opaque((uint64_t)now)));
    mix(pool_sum());
  }
  mix(made), mix(failed), mix(stale);
  return report();
}
