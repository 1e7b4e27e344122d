// A binary search tree kept in balance by rotations, with nodes in a pool addressed by 16-bit indices: insertion, removal with three
// cases, range walks with an explicit stack, and a check of all invariants.
#include "checksum.h"

enum { most = 200, none = 0 };
typedef unsigned short ref;

static struct node { int key; ref child[2]; signed char height; unsigned short size; } pool[most];
static ref free_list, unused = 1;
static unsigned rotations;

static ref allocate(int key) {
  ref r = free_list;
  if (r)
    free_list = pool[r].child[0];
  else if (unused < most)
    r = unused++;
  if (r) pool[r] = (struct node){key, {none, none}, 1, 1};
  return r;
}

static inline int height(ref r) { return r ? pool[r].height : 0; }
static inline int size(ref r) { return r ? pool[r].size : 0; }

static void update(ref r) {
  struct node *n = &pool[r];
  int left = height(n->child[0]), right = height(n->child[1]);
  n->height = (signed char)(1 + (left > right ? left : right));
  n->size = (unsigned short)(1 + size(n->child[0]) + size(n->child[1]));
}

static __attribute__((noinline)) ref rotate(ref r, int side) {  // the child on `side` goes up
  ref up = pool[r].child[side];
  pool[r].child[side] = pool[up].child[!side];
  pool[up].child[!side] = r;
  update(r);
  update(up);
  ++rotations;
  return up;
}

static ref rebalance(ref r) {
  update(r);
  for (int side = 0; side < 2; ++side) {
    ref heavy = pool[r].child[side];
    if (height(heavy) <= height(pool[r].child[!side]) + 1) continue;
    if (height(pool[heavy].child[!side]) > height(pool[heavy].child[side])) pool[r].child[side] = rotate(heavy, !side);
    return rotate(r, side);
  }
  return r;
}

static __attribute__((noinline)) ref insert(ref r, int key, int *added) {
  if (!r) return r = allocate(key), *added = r != none, r;
  if (pool[r].key == key) return *added = 0, r;
  int side = key > pool[r].key;
  ref below = insert(pool[r].child[side], key, added);
  pool[r].child[side] = below;
  return rebalance(r);
}

static ref take_least(ref r, ref *least) {
  if (!pool[r].child[0]) {
    *least = r;
    return pool[r].child[1];
  }
  ref below = take_least(pool[r].child[0], least);
  pool[r].child[0] = below;
  return rebalance(r);
}

static __attribute__((noinline)) ref erase(ref r, int key, int *erased) {
  if (!r) return none;
  if (pool[r].key != key) {
    int side = key > pool[r].key;
    ref below = erase(pool[r].child[side], key, erased);
    pool[r].child[side] = below;
    return rebalance(r);
  }
  ref left = pool[r].child[0], right = pool[r].child[1], result = left | right;
  if (left && right) {
    ref rest = take_least(right, &result);
    pool[result].child[0] = left;
    pool[result].child[1] = rest;
    result = rebalance(result);
  }
  pool[r].child[0] = free_list;
  free_list = r;
  ++*erased;
  return result;
}

static unsigned range_sum(ref r, int from, int to) {
  ref stack[16];
  int depth = 0;
  unsigned sum = 0;
  while (r || depth) {
    for (; r; r = pool[r].key >= from ? pool[r].child[0] : none) stack[depth++] = r;
    r = stack[--depth];
    if (pool[r].key > to) break;
    if (pool[r].key >= from) sum = sum * 3 + (unsigned)pool[r].key;
    r = pool[r].child[1];
  }
  return sum;
}

static int valid(ref r, int low, int high) {
  if (!r) return 1;
  const struct node *n = &pool[r];
  int lean = height(n->child[0]) - height(n->child[1]);
  return n->key > low && n->key < high && lean >= -1 && lean <= 1 && valid(n->child[0], low, n->key) && valid(n->child[1], n->key, high);
}

int main(void) {
  ref root = none;
  int erased = 0, added;
  for (int i = 0; i < 330; ++i) {
    int key = opaque_int(i < 80 ? i : i * 61 % 251);
    if (i % 3 == 2 && i > 60)
      root = erase(root, key, &erased);
    else
      root = insert(root, key, &added), mix((uint64_t)added);
    if (i % 11 == 0) mix((uint64_t)size(root)), mix(range_sum(root, key - 20, key + 33)), mix((uint64_t)valid(root, -1, 999));
  }
  mix((uint64_t)(erased * 100 + height(root)));
  mix(rotations);
  mix(range_sum(root, -5, 5000));
  return report();
}
