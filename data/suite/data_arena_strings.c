// An arena with marks and rollback, aligned pieces of many types in one block, growing strings that are moved when they cannot grow in
// place, interned names compared by address, and a rope of shared pieces.
#include <stdlib.h>

#include "checksum.h"

struct arena { unsigned char *base; size_t used, room; unsigned refused; };
struct text { char *at; unsigned length, room; };

static void *take(struct arena *a, size_t size, size_t alignment) {
  size_t start = (a->used + alignment - 1) & ~(alignment - 1);
  if (size > a->room - start || start > a->room) {
    ++a->refused;
    return 0;
  }
  a->used = start + size;
  return a->base + start;
}
#define NEW(a, type, n) ((type *)take(a, sizeof(type) * (n), _Alignof(type)))

// Grows in place if the string is the last piece of the arena.
static __attribute__((noinline)) int reserve(struct arena *a, struct text *t, unsigned wanted) {
  if (wanted <= t->room) return 1;
  unsigned room = t->room * 2 > wanted ? t->room * 2 : wanted;
  if (t->at && (unsigned char *)t->at + t->room == a->base + a->used) {
    if (!take(a, room - t->room, 1)) return 0;
  } else {
    char *moved = NEW(a, char, room);
    if (!moved) return 0;
    if (t->length) memcpy(moved, t->at, t->length);
    if (t->at) memset(t->at, '#', t->room);  // nobody may read the old place
    t->at = moved;
  }
  t->room = room;
  return 1;
}

static __attribute__((noinline)) int append(struct arena *a, struct text *t, const char *s, unsigned n) {
  if (!n) return 1;
  if (!reserve(a, t, t->length + n)) return 0;
  memcpy(t->at + t->length, s, n);
  t->length += n;
  return 1;
}

static int append_number(struct arena *a, struct text *t, unsigned n) {
  char digits[10], *at = digits + 10;
  do *--at = (char)('0' + n % 10);
  while (n /= 10);
  return append(a, t, at, (unsigned)(digits + 10 - at));
}

struct name { struct name *next; unsigned length; char text[]; };
static struct name *buckets[8];

static __attribute__((noinline)) const struct name *intern(struct arena *a, const char *s, unsigned n) {
  unsigned hash = n;
  for (unsigned i = 0; i < n; ++i) hash = hash * 17 ^ (unsigned char)s[i];
  struct name **at = &buckets[hash & 7];
  for (; *at; at = &(*at)->next)
    if ((*at)->length == n && memcmp((*at)->text, s, n) == 0) return *at;
  struct name *fresh = take(a, sizeof *fresh + n, _Alignof(struct name));
  if (!fresh) return 0;
  fresh->next = 0;
  fresh->length = n;
  memcpy(fresh->text, s, n);
  return *at = fresh;
}

struct rope { const struct rope *left, *right; const char *piece; unsigned length; };
static const struct rope *join(struct arena *a, const struct rope *left, const struct rope *right) {
  struct rope *r = NEW(a, struct rope, 1);
  if (!r) return left;
  *r = (struct rope){left, right, 0, left->length + right->length};
  return r;
}
static __attribute__((noinline)) char char_at(const struct rope *r, unsigned index) {
  while (!r->piece) {
    unsigned left = r->left->length;
    if (index < left) r = r->left;
    else index -= left, r = r->right;
  }
  return r->piece[index];
}

int main(void) {
  struct arena a = {malloc(6000), 0, 6000, 0};
  if (!a.base) return 4;
  struct text one = {0, 0, 0}, two = {0, 0, 0};
  for (unsigned i = 0; i < 40; ++i) {
    append_number(&a, &one, (unsigned)opaque(i * i * i));
    if (i % 4 == 1) append(&a, &two, one.at + i, i / 2);
    if (i % 9 == 8) *NEW(&a, double, 1) = i;  // now the strings can no longer grow in place
    mix(one.length * 1000 + one.room + two.room);
  }
  for (unsigned i = 0; i < one.length; ++i) mix((unsigned char)one.at[i]);
  for (unsigned i = 0; i < two.length; ++i) mix((unsigned char)two.at[i]);

  static const char source[] = "to be or not to be that is what they ask of be and not";
  const struct name *first_be = 0;
  unsigned repeats = 0;
  for (const char *s = source; *s; s += *s == ' ') {
    unsigned n = 0;
    while (s[n] && s[n] != ' ') ++n;
    size_t before = a.used;
    const struct name *name = intern(&a, s, (unsigned)opaque(n));
    repeats += a.used == before;
    if (!first_be && n == 2 && s[0] == 'b') first_be = name;
    mix((name == first_be) * 100 + name->length), s += n;
  }
  mix(repeats);

  size_t mark = a.used;
  for (unsigned round = 0; round < 5; ++round) {
    struct rope leaf[2] = {{0, 0, "left piece ", 11}, {0, 0, one.at, round + 1}};
    const struct rope *r = &leaf[0];
    for (unsigned i = 0; i < round * 2 + 1; ++i) r = join(&a, i & 1 ? r : &leaf[1], i & 1 ? &leaf[0] : r);
    for (unsigned i = 0; i < r->length; i += 3) mix((unsigned char)char_at(r, (unsigned)opaque(i)));
    mix(a.used - mark);
    a.used = mark;
  }
  while (NEW(&a, long, 100)) mix(a.used % 8);
  mix(a.refused);
  free(a.base);
  return report();
}
