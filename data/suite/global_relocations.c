// Static initialisers that hold addresses: of elements, members and functions, with offsets, in cycles between globals, in unions,
// as differences, forward declared, in read-only and in writable tables.
#include <stddef.h>

#include "checksum.h"

struct room {
  const char *name;
  struct room *exits[4];
  const struct item *const *items;
  int visits;
};
struct item {
  const char *name;
  const int *weight;
  struct room *home;
  void (*use)(struct room *, const struct item *);
};

static struct room hall, cellar, garden, attic;
static const struct item lamp, rope, key, self_reference;
static int weights[5] = {12, 7, 1, 30, 99};
static unsigned uses;

static void light(struct room *r, const struct item *i) { uses = uses * 3 + (unsigned)(r->visits + *i->weight); }
static void carry(struct room *r, const struct item *i) {
  i->home->visits += 2;
  uses += r == i->home ? 1000 : 10;
}

static const struct item *const hall_items[] = {&lamp, &key, &rope, 0}, *const cellar_items[] = {&rope, &lamp, &self_reference, 0};
static const struct item *const no_items[] = {0};

static struct room hall = {"hall", {&cellar, &garden, 0, &attic}, hall_items, 0};
static struct room cellar = {"cellar", {&hall, 0, &cellar, 0}, cellar_items, 0};
static struct room garden = {"garden", {0, &hall, &garden, &cellar}, hall_items + 1, 0};
static struct room attic = {.name = &"dusty attic"[6], .exits = {[2] = &hall}, .items = no_items};
static const struct item lamp = {"lamp", weights, &hall, light}, rope = {&"rope"[1], &weights[1], &cellar, carry},
                         key = {"key", weights + 2, &garden, 0}, self_reference = {"mirror", &weights[3], &cellar, light};

// Pointers to pointers, to the inside of structures, past the end, and a pointer to itself.
static int *end_of_weights = weights + 5;
static int **indirect = &end_of_weights;
static struct room **second_exit = &garden.exits[1];
static int *visits_of_attic = &attic.visits;
static void *myself = &myself;
static const ptrdiff_t distance = offsetof(struct room, items) - offsetof(struct room, exits);
static struct ring { struct ring *next, *previous; int value; } ring[4] = {
    {&ring[1], &ring[3], 1}, {&ring[2], &ring[0], 20}, {&ring[3], &ring[1], 300}, {&ring[0], &ring[2], 4000}};
static union { const char *text; uintptr_t bits; } dressed = {.text = "dressed"};
static const struct { unsigned char kind; const void *at; } kinds[] = {{1, &hall.visits}, {2, "literal"}, {3, &ring[2].value}, {0, 0}};

static __attribute__((noinline)) unsigned tour(struct room *start, unsigned directions, int steps) {
  unsigned seen = 0;
  struct room *at = start;
  while (steps-- > 0) {
    ++at->visits;
    seen = seen * 7 + (unsigned char)at->name[0] + (unsigned)at->visits;
    for (const struct item *const *i = at->items; *i; ++i)
      if ((*i)->use)
        (*i)->use(at, *i);
      else
        seen ^= (unsigned char)(*i)->name[1];
    struct room *next = at->exits[directions & 3];
    if (next) at = next;
    directions = directions >> 2 | directions << 30;
  }
  return seen;
}

static long around(const struct ring *r, int steps, int backwards) {
  long sum = 0;
  for (; steps > 0; --steps) {
    sum = sum * 2 + r->value;
    r = backwards ? r->previous : r->next;
  }
  return sum;
}

int main(void) {
  struct room *rooms[] = {&hall, &cellar, &garden, &attic};
  for (int i = 0; i < 12; ++i) {
    mix(tour(rooms[opaque_int(i) & 3], (unsigned)opaque((uint64_t)i * 0x1b873593u), opaque_int(i * 2)));
    mix(uses);
    mix((uint64_t)around(&ring[opaque_int(i) & 3], opaque_int(i), i & 1));
    if (i == 6) {
      *second_exit = &attic;  // changes the map
      ring[1].next = &ring[3], ring[3].previous = &ring[1];
      end_of_weights = weights + opaque_int(3);
    }
    for (int *w = weights; w != *indirect; ++w) mix((uint64_t)(*w += i));
  }
  mix((uint64_t)*visits_of_attic);
  mix(myself == &myself);
  mix((uint64_t)distance);
  mix_text(dressed.text);
  mix(*(const char *)dressed.bits);
  mix_text(rope.name);
  for (int k = 0; kinds[k].kind; ++k)
    mix((uint64_t)(opaque_int(kinds[k].kind) == 2 ? *(const char *)kinds[k].at : *(const int *)kinds[k].at));
  return report();
}
