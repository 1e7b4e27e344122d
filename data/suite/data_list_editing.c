// Singly and doubly linked lists through pointers to pointers: insertion, removal while walking, reversal, splitting, sorted merging,
// and an intrusive ring whose nodes are found from their links.
#include <stddef.h>

#include "checksum.h"

struct node { struct node *next; int key; short uses; };
struct link { struct link *before, *after; };
struct entry { int weight; struct link by_age; char tag; struct link by_weight; };

static struct node nodes[40];
static int nodes_used;

static struct node *new_node(int key, struct node *next) {
  struct node *n = &nodes[nodes_used++ % 40];
  *n = (struct node){next, key, 0};
  return n;
}

static __attribute__((noinline)) void insert_sorted(struct node **at, int key) {
  while (*at && (*at)->key < key) at = &(*at)->next;
  if (*at && (*at)->key == key)
    ++(*at)->uses;
  else
    *at = new_node(key, *at);
}

static __attribute__((noinline)) int remove_if(struct node **head, int divisor, int rest) {
  int removed = 0;
  for (struct node **at = head; *at;) {
    if ((*at)->key % divisor == rest) {
      struct node *gone = *at;
      *at = gone->next, gone->next = 0;
      removed = removed * 10 + 1;
    } else {
      at = &(*at)->next;
    }
  }
  return removed;
}

struct node *reversed(struct node *list) {
  struct node *result = 0;
  while (list) {
    struct node *rest = list->next;
    list->next = result, result = list, list = rest;
  }
  return result;
}

static struct node *split_off(struct node *list) {  // every other node
  if (!list || !list->next) return 0;
  struct node *other = list->next;
  list->next = other->next;
  other->next = split_off(list->next);
  return other;
}

static __attribute__((noinline)) struct node *merged(struct node *a, struct node *b) {
  struct node *head, **tail = &head;
  while (a && b) {
    struct node **smaller = a->key <= b->key ? &a : &b;
    *tail = *smaller;
    tail = &(*tail)->next;
    *smaller = *tail;
  }
  *tail = a ? a : b;
  return head;
}

static unsigned list_sum(const struct node *n) {
  unsigned sum = 5;
  for (; n; n = n->next) sum = sum * 31 + (unsigned)n->key * 4 + (unsigned)n->uses;
  return sum;
}

static inline void unlink_one(struct link *l) {
  l->before->after = l->after, l->after->before = l->before;
  l->before = l->after = l;
}
static __attribute__((noinline)) void link_before(struct link *place, struct link *l) {
  unlink_one(l);
  l->before = place->before, l->after = place;
  place->before->after = l, place->before = l;
}
#define ENTRY_OF(l, member) ((struct entry *)((char *)(l) - offsetof(struct entry, member)))

static void place_by_weight(struct link *ring, struct entry *e) {
  struct link *at = ring->after;
  while (at != ring && ENTRY_OF(at, by_weight)->weight >= e->weight) at = at->after;
  link_before(at, &e->by_weight);
}

static __attribute__((noinline)) unsigned ring_sum(const struct link *age, const struct link *weight) {
  unsigned sum = 1;
  for (struct link *l = age->after; l != age; l = l->after) sum = sum * 7 + (unsigned)ENTRY_OF(l, by_age)->tag;
  for (struct link *l = weight->before; l != weight; l = l->before) sum = sum * 11 + (unsigned)ENTRY_OF(l, by_weight)->weight;
  return sum;
}

int main(void) {
  for (int round = 0; round < 14; ++round) {
    struct node *list = 0;
    nodes_used = 0;
    for (int i = 0; i < round * 2; ++i) insert_sorted(&list, opaque_int(i * 17 % 23));
    mix(list_sum(list));
    mix((uint64_t)remove_if(&list, opaque_int(4), opaque_int(round % 4)));
    struct node *other = split_off(list);
    mix(list_sum(list) + 3 * list_sum(other));
    list = reversed(merged(list, other));
    mix(list_sum(list));
    mix((uint64_t)remove_if(&list, 3, 0));
    list = reversed(list);
    mix(list_sum(list));
  }
  struct link age = {&age, &age}, weight = {&weight, &weight};
  struct entry entries[9];
  for (int i = 0; i < 9; ++i) {
    struct entry *e = &entries[i];
    *e = (struct entry){opaque_int(i * 5 % 7), {&e->by_age, &e->by_age}, (char)('a' + i), {&e->by_weight, &e->by_weight}};
    link_before(i % 3 ? &age : age.after, &e->by_age);
    place_by_weight(&weight, e);
    mix(ring_sum(&age, &weight));
  }
  for (int i = 0; i < 20; ++i) {
    struct entry *e = &entries[opaque_int(i * 4) % 9];
    e->weight = (e->weight + i) % 10;
    unlink_one(&e->by_weight);
    if (i % 4) place_by_weight(&weight, e);
    link_before(&age, &e->by_age);
    mix(ring_sum(&age, &weight));
  }
  return report();
}
