// Buffers shared by reference counts and copied at the first change: versions of a document with undo, slices that keep their owner
// alive, insertion of a part of the buffer into itself, changes that need no copy, and a bounded history of versions.
#include <stdlib.h>

#include "checksum.h"

struct body { int owners; unsigned length, room; unsigned char bytes[]; };
struct buffer { struct body *body; };
struct slice { struct buffer owner; unsigned from, to; };

static int live, copies, in_place;

static struct body *new_body(unsigned room) {
  struct body *b = malloc(sizeof *b + room);
  if (!b) exit(4);
  *b = (struct body){1, 0, room};
  ++live;
  return b;
}

static struct buffer share(struct buffer b) {
  ++b.body->owners;
  return b;
}

static void release(struct buffer *b) {
  if (b->body && --b->body->owners == 0) {
    free(b->body);
    --live;
  }
  b->body = 0;
}

// After this the buffer has one owner and the wanted room.
static __attribute__((noinline)) struct body *own(struct buffer *b, unsigned wanted) {
  struct body *old = b->body;
  if (old->owners == 1 && old->room >= wanted) {
    ++in_place;
    return old;
  }
  struct body *fresh = new_body(wanted > old->length ? wanted + wanted / 2 : old->length);
  fresh->length = old->length;
  memcpy(fresh->bytes, old->bytes, old->length);
  ++copies;
  release(b);
  b->body = fresh;
  return fresh;
}

static __attribute__((noinline)) void replace(struct buffer *b, unsigned from, unsigned to, const unsigned char *with, unsigned n) {
  unsigned length = b->body->length;
  if (to > length) to = length;
  if (from > to) from = to;
  struct body *body = own(b, length - (to - from) + n);
  memmove(body->bytes + from + n, body->bytes + to, length - to);
  if (n) memcpy(body->bytes + from, with, n);
  body->length = length - (to - from) + n;
}

// The inserted text may be a part of the buffer itself, which is kept alive by the slice meanwhile.
static __attribute__((noinline)) void insert_slice(struct buffer *b, unsigned at, struct slice s) {
  struct buffer held = share(s.owner);
  replace(b, at, at, held.body->bytes + s.from, s.to - s.from);
  release(&held);
}

static __attribute__((noinline)) int set_byte(struct buffer *b, unsigned at, unsigned char value) {
  if (at >= b->body->length || b->body->bytes[at] == value) return 0;  // no change, no copy
  own(b, b->body->length)->bytes[at] = value;
  return 1;
}

static unsigned buffer_sum(struct buffer b) {
  unsigned sum = b.body->length;
  for (unsigned i = 0; i < b.body->length; ++i) sum = sum * 31 + b.body->bytes[i];
  return sum;
}

struct history { struct buffer versions[8]; int count, first; };

static __attribute__((noinline)) void remember(struct history *h, struct buffer b) {
  if (h->count == 8) {
    release(&h->versions[h->first]);
    h->first = (h->first + 1) % 8;
    --h->count;
  }
  h->versions[(h->first + h->count++) % 8] = share(b);
}

static __attribute__((noinline)) int undo(struct history *h, struct buffer *b) {
  if (!h->count) return 0;
  release(b);
  *b = h->versions[(h->first + --h->count) % 8];
  h->versions[(h->first + h->count) % 8].body = 0;
  return 1;
}

int main(void) {
  struct buffer text = {new_body(4)}, other = {0};
  struct history history = {.count = 0};
  for (int i = 0; i < 90; ++i) {
    unsigned v = (unsigned)opaque((uint64_t)i * 7919), length = text.body->length;
    unsigned char piece[12] = "piece       ";
    piece[5] = (unsigned char)('a' + v % 26);
    if (v % 3 == 0) remember(&history, text);
    switch (v % 7) {
      case 0: replace(&text, v % 31, v % 31 + v % 4, piece, v % 12); break;
      case 1: replace(&text, length / 2, length / 2 + v % 9, piece, 0); break;
      case 2: mix((uint64_t)set_byte(&text, v % 20, (unsigned char)('a' + v % 5))); break;
      case 3: mix((uint64_t)undo(&history, &text)); break;
      case 4:
        release(&other);
        other = share(text);
        break;
      case 5:
        if (other.body) insert_slice(&text, v % 17, (struct slice){other, other.body->length / 3, other.body->length / 2});
        break;
      default: insert_slice(&text, length, (struct slice){text, 0, length < 12 ? length : 6}); break;
    }
    mix(buffer_sum(text));
    if (other.body) mix(buffer_sum(other) + (other.body == text.body));
    mix((uint64_t)(live * 10000 + copies * 100 + in_place));
    if (text.body->length > 120) replace(&text, 40, 999, piece, 3);
  }
  while (undo(&history, &text)) mix(buffer_sum(text));
  release(&other);
  release(&text);
  mix((uint64_t)live);
  return report();
}
