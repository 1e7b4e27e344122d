// Trees that recursive functions insert into, delete from, rotate, fold and compare; results come
// back by return value, by pointer to pointer, and by early stop from deep inside.
#include "checksum.h"

struct node {
  struct node *child[2];
  int key, priority, weight;
};

static struct node pool[64];
static struct node *free_list;

static inline int weight(const struct node *n) { return n ? n->weight : 0; }

static struct node *rotate(struct node *n, int side) {
  struct node *up = n->child[side];
  n->child[side] = up->child[!side];
  up->child[!side] = n;
  n->weight = 1 + weight(n->child[0]) + weight(n->child[1]);
  up->weight = 1 + weight(up->child[0]) + weight(up->child[1]);
  return up;
}

// Greater priorities rise by a rotation on the way back up.
static __attribute__((noinline)) struct node *insert(struct node *n, int key, int priority) {
  if (!n) {
    n = free_list;
    free_list = n->child[0];
    *n = (struct node){{NULL, NULL}, key, priority, 1};
    return n;
  }
  if (key == n->key) return n;
  int side = key > n->key;
  n->child[side] = insert(n->child[side], key, priority);
  n->weight = 1 + weight(n->child[0]) + weight(n->child[1]);
  return n->child[side]->priority > n->priority ? rotate(n, side) : n;
}

// By pointer to the link; sinks the node until it has one child at most.
static int erase(struct node **link, int key) {
  struct node *n = *link;
  if (!n) return 0;
  if (key != n->key) {
    int found = erase(&n->child[key > n->key], key);
    n->weight -= found;
    return found;
  }
  if (n->child[0] && n->child[1]) {
    int side = n->child[1]->priority > n->child[0]->priority;
    *link = rotate(n, side);
    int found = erase(&(*link)->child[!side], key);
    (*link)->weight -= found;
    return found;
  }
  *link = n->child[n->child[1] != NULL];
  n->child[0] = free_list;
  free_list = n;
  return 1;
}

// Stops the whole walk as soon as the visitor says so.
static int walk(const struct node *n, int depth, int (*visit)(void *, const struct node *, int), void *data) {
  if (!n) return 0;
  int stop = walk(n->child[0], depth + 1, visit, data);
  if (stop) return stop;
  if ((stop = visit(data, n, depth))) return stop;
  return walk(n->child[1], depth + 1, visit, data);
}

static int hash_visit(void *data, const struct node *n, int depth) {
  *(uint64_t *)data = *(uint64_t *)data * 0x100000001b3u + (uint64_t)(n->key * 16 + depth);
  return 0;
}

static int stop_at(void *data, const struct node *n, int depth) { return --*(int *)data == 0 ? n->key * 100 + depth + 1 : 0; }

// The second recursive result is needed only when the first is small.
int height_unless(const struct node *n, int enough) {
  if (!n) return 0;
  int left = height_unless(n->child[0], enough - 1);
  if (left >= enough) return left;
  int right = height_unless(n->child[1], enough - 1);
  return (left > right ? left : right) + 1;
}

static int same_shape(const struct node *a, const struct node *b, int mirrored) {
  if (!a || !b) return a == b;
  return same_shape(a->child[0], b->child[mirrored], mirrored) && same_shape(a->child[1], b->child[!mirrored], mirrored);
}

// Splits in two by key; both halves come back by pointers into the tree itself.
static void split(struct node *n, int key, struct node **low, struct node **high) {
  if (!n) {
    *low = *high = NULL;
  } else if (n->key < key) {
    *low = n;
    split(n->child[1], key, &n->child[1], high);
  } else {
    *high = n;
    split(n->child[0], key, low, &n->child[0]);
  }
}

int main(void) {
  for (int round = 0; round < 24; ++round) {
    struct node *root = NULL, *low, *high;
    free_list = NULL;
    for (int i = 63; i >= 0; free_list = &pool[i--]) pool[i].child[0] = free_list;
    for (int i = 0; i < round * 2; ++i) root = insert(root, opaque_int(i * 37 % 31 - round), round % 4 ? i * (29 + round) % 64 : 0);
    mix((uint64_t)weight(root));
    for (int i = 0; i < round; i += 2) mix((uint64_t)erase(&root, opaque_int(i * 11 % 31 - round)));
    uint64_t hash = 0;
    walk(root, 0, hash_visit, &hash);
    mix(hash);
    for (int n = 1; n < 40; n += 7) {
      int left = opaque_int(n);
      mix((uint64_t)walk(root, 0, stop_at, &left) + (uint64_t)left);
    }
    mix((uint64_t)(height_unless(root, opaque_int(round % 7)) * 100 + height_unless(root, 64)));
    split(root, opaque_int(round), &low, &high);
    mix((uint64_t)(same_shape(low, high, 0) + 2 * same_shape(low, low, 1) + 4 * same_shape(high, high, 0)));
    for (int half = 0; half < 2; ++half) {
      hash = 1;
      walk(half ? high : low, 0, hash_visit, &hash);
      mix(hash);
    }
  }
  return report();
}
