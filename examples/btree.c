/* An in-memory B-tree from 64-bit keys to 64-bit values.
 *
 * Every node but the root holds k_min_keys to k_max_keys keys in rising order; an inner node with n
 * keys has n + 1 children, and child i holds the keys between keys i - 1 and i. All leaves have the
 * same depth. Insertion splits full nodes and deletion refills minimal ones on the way down, so
 * that neither ever has to go back up.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { k_min_keys = 2, k_max_keys = 2 * k_min_keys + 1, k_max_height = 24 };

typedef struct Entry {
  int64_t key, value;
} Entry;

typedef struct Node {
  int count;
  bool leaf;
  Entry entries[k_max_keys];
  struct Node *children[k_max_keys + 1]; /* unused in a leaf */
} Node;

/* A zeroed tree is valid and empty. */
typedef struct Tree {
  Node *root;
  size_t size;
} Tree;

typedef enum InsertResult { k_inserted, k_replaced, k_no_memory } InsertResult;

static Node *new_node(bool leaf) {
  Node *node = calloc(1, sizeof *node);
  if (node != NULL) node->leaf = leaf;
  return node;
}

static void free_node(Node *node) {
  if (node == NULL) return;
  for (int i = 0; !node->leaf && i <= node->count; i++) free_node(node->children[i]);
  free(node);
}

/* The first index whose key is not below `key`; `count` if there is none. */
static int lower_index(const Node *node, int64_t key) {
  int low = 0, high = node->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (node->entries[middle].key < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool holds(const Node *node, int index, int64_t key) {
  return index < node->count && node->entries[index].key == key;
}

/* Makes room for an entry at `index` and, in an inner node, for the child to its right. */
static void open_gap(Node *node, int index) {
  size_t after = (size_t)(node->count - index);
  memmove(&node->entries[index + 1], &node->entries[index], after * sizeof(Entry));
  if (!node->leaf)
    memmove(&node->children[index + 2], &node->children[index + 1], after * sizeof(Node *));
  node->count++;
}

/* Removes the entry at `index` and, in an inner node, the child to its right. */
static void close_gap(Node *node, int index) {
  size_t after = (size_t)(node->count - index - 1);
  memmove(&node->entries[index], &node->entries[index + 1], after * sizeof(Entry));
  if (!node->leaf)
    memmove(&node->children[index + 1], &node->children[index + 2], after * sizeof(Node *));
  node->count--;
}

/* Splits the full child `index` of a node that is not full; its middle entry moves up. */
static bool split_child(Node *parent, int index) {
  Node *left = parent->children[index];
  Node *right = new_node(left->leaf);
  if (right == NULL) return false;
  right->count = k_max_keys - k_min_keys - 1;
  memcpy(right->entries, left->entries + k_min_keys + 1, (size_t)right->count * sizeof(Entry));
  memcpy(right->children, left->children + k_min_keys + 1,
         (size_t)(right->count + 1) * sizeof(Node *));
  left->count = k_min_keys;
  open_gap(parent, index);
  parent->entries[index] = left->entries[k_min_keys];
  parent->children[index + 1] = right;
  return true;
}

static Entry *find_entry(const Tree *tree, int64_t key) {
  Node *node = tree->root;
  while (node != NULL) {
    int index = lower_index(node, key);
    if (holds(node, index, key)) return &node->entries[index];
    node = node->leaf ? NULL : node->children[index];
  }
  return NULL;
}

/* Returns the value of `key`, or NULL. The pointer holds until the tree changes. */
static int64_t *tree_find(const Tree *tree, int64_t key) {
  Entry *entry = find_entry(tree, key);
  return entry != NULL ? &entry->value : NULL;
}

/* Puts a new root above a full one. */
static bool grow_root(Tree *tree) {
  Node *root = new_node(false);
  if (root == NULL) return false;
  root->children[0] = tree->root;
  if (!split_child(root, 0)) {
    free(root);
    return false;
  }
  tree->root = root;
  return true;
}

/* Sets `key` to `value`. Without memory the tree keeps its contents and stays valid. */
static InsertResult tree_insert(Tree *tree, int64_t key, int64_t value) {
  Entry *existing = find_entry(tree, key);
  if (existing != NULL) {
    existing->value = value;
    return k_replaced;
  }
  if (tree->root == NULL && (tree->root = new_node(true)) == NULL) return k_no_memory;
  if (tree->root->count == k_max_keys && !grow_root(tree)) return k_no_memory;
  Node *node = tree->root;
  int index = lower_index(node, key);
  while (!node->leaf) {
    if (node->children[index]->count == k_max_keys) {
      if (!split_child(node, index)) return k_no_memory;
      index += node->entries[index].key < key;
    }
    node = node->children[index];
    index = lower_index(node, key);
  }
  open_gap(node, index);
  node->entries[index] = (Entry){key, value};
  tree->size++;
  return k_inserted;
}

/* Moves an entry from child `index` through the parent to the front of the next child. */
static void rotate_right(Node *parent, int index) {
  Node *left = parent->children[index], *right = parent->children[index + 1];
  Node *moved = left->children[left->count];
  open_gap(right, 0);
  right->entries[0] = parent->entries[index];
  right->children[1] = right->children[0];
  right->children[0] = moved;
  parent->entries[index] = left->entries[--left->count];
}

/* Moves an entry from child `index + 1` through the parent to the end of child `index`. */
static void rotate_left(Node *parent, int index) {
  Node *left = parent->children[index], *right = parent->children[index + 1];
  left->entries[left->count++] = parent->entries[index];
  left->children[left->count] = right->children[0];
  parent->entries[index] = right->entries[0];
  right->children[0] = right->children[1];
  close_gap(right, 0);
}

/* Joins two minimal children and the entry between them in the left one. */
static void merge_children(Node *parent, int index) {
  Node *left = parent->children[index], *right = parent->children[index + 1];
  left->entries[left->count++] = parent->entries[index];
  memcpy(left->entries + left->count, right->entries, (size_t)right->count * sizeof(Entry));
  memcpy(left->children + left->count, right->children,
         (size_t)(right->count + 1) * sizeof(Node *));
  left->count += right->count;
  close_gap(parent, index);
  free(right);
}

/* Gives child `index` more than the minimum of keys. Returns where that child is now. */
static int refill_child(Node *parent, int index) {
  if (parent->children[index]->count > k_min_keys) return index;
  if (index > 0 && parent->children[index - 1]->count > k_min_keys) {
    rotate_right(parent, index - 1);
  } else if (index < parent->count && parent->children[index + 1]->count > k_min_keys) {
    rotate_left(parent, index);
  } else {
    if (index == parent->count) index--;
    merge_children(parent, index);
  }
  return index;
}

/* Removes and returns the smallest (or the largest) entry below a node with a key to spare. */
static Entry take_extreme(Node *node, bool largest) {
  while (!node->leaf) node = node->children[refill_child(node, largest ? node->count : 0)];
  int index = largest ? node->count - 1 : 0;
  Entry taken = node->entries[index];
  close_gap(node, index);
  return taken;
}

/* Removes the key from the subtree of a node that has a key to spare or is the root. */
static bool remove_below(Node *node, int64_t key) {
  for (;;) {
    int index = lower_index(node, key);
    bool found = holds(node, index, key);
    if (node->leaf) {
      if (found) close_gap(node, index);
      return found;
    }
    if (!found) {
      node = node->children[refill_child(node, index)];
    } else if (node->children[index]->count > k_min_keys) {
      node->entries[index] = take_extreme(node->children[index], true);
      return true;
    } else if (node->children[index + 1]->count > k_min_keys) {
      node->entries[index] = take_extreme(node->children[index + 1], false);
      return true;
    } else {
      merge_children(node, index);
      node = node->children[index];
    }
  }
}

/* Removes `key`; false if it was not there. */
static bool tree_remove(Tree *tree, int64_t key) {
  if (tree->root == NULL) return false;
  bool removed = remove_below(tree->root, key);
  tree->size -= removed;
  if (tree->root->count == 0) {
    Node *old = tree->root;
    tree->root = old->leaf ? NULL : old->children[0];
    free(old);
  }
  return removed;
}

static void tree_clear(Tree *tree) {
  free_node(tree->root);
  *tree = (Tree){NULL, 0};
}

/* A position in the order of keys. Any change to the tree invalidates it. */
typedef struct Cursor {
  const Node *nodes[k_max_height];
  int indices[k_max_height];
  int depth; /* 0 at the end */
} Cursor;

/* Points the cursor at the first entry whose key is not below `key`. */
static void cursor_seek(Cursor *cursor, const Tree *tree, int64_t key) {
  cursor->depth = 0;
  for (const Node *node = tree->root; node != NULL;) {
    int index = lower_index(node, key);
    cursor->nodes[cursor->depth] = node;
    cursor->indices[cursor->depth++] = index;
    node = node->leaf || holds(node, index, key) ? NULL : node->children[index];
  }
}

/* Returns the entry at the cursor and steps to the next one; NULL at the end. */
static const Entry *cursor_next(Cursor *cursor) {
  while (cursor->depth > 0) {
    int top = cursor->depth - 1;
    const Node *node = cursor->nodes[top];
    int index = cursor->indices[top];
    if (index == node->count) {
      cursor->depth--;
      continue;
    }
    cursor->indices[top]++;
    for (node = node->leaf ? NULL : node->children[index + 1]; node != NULL;
         node = node->leaf ? NULL : node->children[0]) {
      cursor->nodes[cursor->depth] = node;
      cursor->indices[cursor->depth++] = 0;
    }
    return &cursor->nodes[top]->entries[index];
  }
  return NULL;
}

/* The depth of a valid subtree whose keys lie in low..high, or -1; adds its keys to `*keys`. */
static int valid_depth(const Node *node, bool is_root, int64_t low, int64_t high, size_t *keys) {
  int depth = 0;
  if (node->count > k_max_keys || node->count < (is_root ? 1 : k_min_keys)) return -1;
  *keys += (size_t)node->count;
  for (int i = 0; i <= node->count; i++) {
    int64_t upper = i < node->count ? node->entries[i].key : high;
    if (i < node->count && (upper < low || upper > high)) return -1;
    if (!node->leaf) {
      int64_t bound = i < node->count ? upper - 1 : upper;
      int below = valid_depth(node->children[i], false, low, bound, keys);
      if (below < 0 || (i > 0 && below + 1 != depth)) return -1;
      depth = below + 1;
    }
    if (i < node->count) low = upper + 1;
  }
  return depth;
}

static bool is_valid(const Tree *tree) {
  size_t keys = 0;
  bool valid =
      tree->root == NULL || valid_depth(tree->root, true, INT64_MIN / 2, INT64_MAX / 2, &keys) >= 0;
  return valid && keys == tree->size;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "btree: check %d failed: %s\n", (number), #condition), (number)

static int check_basics(void) {
  Tree tree = {NULL, 0};
  Cursor cursor;
  cursor_seek(&cursor, &tree, 0);
  CHECK(1, tree_find(&tree, 1) == NULL && !tree_remove(&tree, 1) && cursor_next(&cursor) == NULL);
  CHECK(2, tree_insert(&tree, 5, 50) == k_inserted && tree_insert(&tree, 5, 51) == k_replaced);
  CHECK(3, tree.size == 1 && *tree_find(&tree, 5) == 51 && tree_find(&tree, 4) == NULL);
  CHECK(4, tree_remove(&tree, 5) && tree.root == NULL && is_valid(&tree));
  return 0;
}

/* Rising, falling and strided insertion, then removal from either end. */
static int check_orders(void) {
  enum { k_count = 500 };
  for (int order = 0; order < 3; order++) {
    Tree tree = {NULL, 0};
    for (int i = 0; i < k_count; i++) {
      int key = order == 0 ? i : order == 1 ? k_count - 1 - i : i * 37 % k_count;
      CHECK(20, tree_insert(&tree, 2 * key, key) == k_inserted);
    }
    CHECK(21, is_valid(&tree) && tree.size == k_count);
    Cursor cursor;
    cursor_seek(&cursor, &tree, 101);
    for (int key = 51; key < k_count; key++) {
      const Entry *entry = cursor_next(&cursor);
      CHECK(22, entry != NULL && entry->key == 2 * key && entry->value == key);
    }
    CHECK(23, cursor_next(&cursor) == NULL);
    for (int i = 0; i < k_count; i++) {
      int key = order == 1 ? i : k_count - 1 - i;
      CHECK(24, tree_remove(&tree, 2 * key) && !tree_remove(&tree, 2 * key + 1));
      if (i % 16 == 0) CHECK(25, is_valid(&tree));
    }
    CHECK(26, tree.root == NULL && tree.size == 0);
  }
  return 0;
}

/* Random operations against a plain array as the model. */
static int check_against_model(void) {
  enum { k_keys = 256, k_steps = 8000 };
  int64_t model[k_keys];
  Tree tree = {NULL, 0};
  uint32_t state = 5;
  memset(model, -1, sizeof model);
  for (int step = 0; step < k_steps; step++) {
    state = state * 1664525u + 1013904223u;
    int key = (int)(state >> 16) % k_keys;
    bool known = model[key] >= 0;
    if ((state >> 8 & 1) != 0) {
      CHECK(40, tree_insert(&tree, key, step) == (known ? k_replaced : k_inserted));
      model[key] = step;
    } else {
      CHECK(41, tree_remove(&tree, key) == known);
      model[key] = -1;
    }
    if (step % 100 == 0) CHECK(42, is_valid(&tree));
  }
  Cursor cursor;
  cursor_seek(&cursor, &tree, INT64_MIN);
  for (int key = 0; key < k_keys; key++) {
    if (model[key] < 0) continue;
    const Entry *entry = cursor_next(&cursor);
    CHECK(43, entry != NULL && entry->key == key && entry->value == model[key]);
    CHECK(44, *tree_find(&tree, key) == model[key]);
  }
  CHECK(45, cursor_next(&cursor) == NULL);
  tree_clear(&tree);
  CHECK(46, is_valid(&tree));
  return 0;
}

int main(void) {
  int failed = check_basics();
  if (failed == 0) failed = check_orders();
  return failed != 0 ? failed : check_against_model();
}
