// Functions that return in the middle and go on there when called again, by a switch around all of
// their loops: a tree walk, a mixed-radix counter, a producer and a consumer that take turns.
#include "checksum.h"

// The line after which a function goes on is kept in its frame, and so is what lives across a yield.
#define BEGIN(frame) switch ((frame)->at) { case 0:
#define YIELD(frame, value)  \
  do {                       \
    (frame)->at = __LINE__;  \
    return (value);          \
    case __LINE__:;          \
  } while (0)
#define END(frame, value) } (frame)->at = -1; return (value)

struct tree {
  struct tree *left, *right;
  int key;
};

struct walk {
  int at, depth;
  const struct tree *stack[12];
};

// Keys in order, one for each call; then -1, again and again.
static __attribute__((noinline)) int next_key(struct walk *w, const struct tree *root) {
  BEGIN(w);
  w->depth = 0;
  while (root || w->depth) {
    for (; root; root = root->left) w->stack[w->depth++] = root;
    root = w->stack[w->depth - 1];
    if (root->key & 1) YIELD(w, root->key);
    else YIELD(w, root->key * 2);
    root = w->stack[--w->depth]->right;
  }
  END(w, -1);
}

struct digits { int at, a, b, c; };

// Three nested loops with a yield in the innermost, one between, and skips.
static int next_digits(struct digits *d, int limit) {
  BEGIN(d);
  for (d->a = 0; d->a < limit; ++d->a) {
    for (d->b = d->a; d->b >= 0; d->b -= 2) {
      if ((d->a + d->b) % 5 == 4) continue;
      for (d->c = 1; d->c < limit - d->b; d->c *= 2) {
        YIELD(d, d->a * 100 + d->b * 10 + d->c);
        if (d->c == 4 && d->a == 3) break;
      }
      YIELD(d, -d->a - d->b);
    }
    if (d->a == 6) YIELD(d, 7777);
  }
  END(d, 0);
}

struct packer { int at, run; uint8_t last; };
struct printer { int at, column; uint32_t sum; };

// Takes one byte, gives a pair of count and byte when a run ends; the other takes pairs.
static int pack(struct packer *p, int byte, uint8_t out[2]) {
  BEGIN(p);
  for (;;) {
    p->last = (uint8_t)byte;
    for (p->run = 1;; ++p->run) {
      YIELD(p, 0);
      if (byte < 0) goto finish;
      if (byte != p->last || p->run == 4) break;
    }
    out[0] = (uint8_t)p->run;
    out[1] = p->last;
    // The byte in hand begins the next run, so it is not lost while the pair is given away.
    p->last = (uint8_t)byte;
    p->run = 0;
    YIELD(p, 1 + (p->last << 8));
    byte = byte < 0 ? p->last : byte;
  }
finish:
  out[0] = (uint8_t)p->run;
  out[1] = p->last;
  END(p, 3);
}

static void print(struct printer *t, const uint8_t pair[2]) {
  switch (t->at) {
    for (;;) {
      case 0: t->column = 0;
      while (t->column < 20) {
        t->sum = t->sum * 31 + pair[0];
        t->at = 1;
        return;
      case 1:
        t->sum ^= (uint32_t)pair[1] << (t->column % 17);
        t->column += 1 + pair[0];
      }
      t->sum += 0x10000;
    }
  }
}

int main(void) {
  struct tree nodes[11] = {{0}};
  for (int round = 0; round < 20; ++round) {
    struct walk w = {0, 0, {0}};
    const struct tree *at = round ? nodes : NULL;
    for (int i = 0; i < 11; ++i) {
      int left = i * 2 + 1, right = i * 2 + 2 + round % 2;
      nodes[i] = (struct tree){left < 11 && left * round % 5 != 3 ? &nodes[left] : NULL, right < 11 ? &nodes[right] : NULL, opaque_int(i * round % 37)};
    }
    // After the first call the walk lives on its stack alone; what is passed then is where it stood.
    for (int k = 0; k < 14; ++k) mix((uint64_t)next_key(&w, k ? w.depth ? w.stack[w.depth - 1] : NULL : at));
    struct digits d = {0, 0, 0, 0};
    for (int k = 0; k < 70; ++k) mix((uint64_t)next_digits(&d, opaque_int(round % 9)));
    struct packer p = {0, 0, 0};
    struct printer t = {0, 0, (uint32_t)round};
    for (int k = 0; k <= 60; ++k) {
      uint8_t pair[2] = {0, 0};
      int given = pack(&p, k == 60 ? -1 : opaque_int(k * k / (round + 2) & 7), pair);
      mix((uint64_t)given);
      if (given) print(&t, pair);
    }
    mix(t.sum);
  }
  return report();
}
