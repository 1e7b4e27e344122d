// Chains of copies that may be shortened only if nothing in between changed: buffer to buffer to buffer, structures through
// temporaries, a memset before a copy, copies back, copies into arguments and results.
#include "checksum.h"

struct block { unsigned word[12]; };
struct shell { int before; struct block block; int after; };

static struct block source, shelf[3];

static __attribute__((noinline)) unsigned sum_of(const struct block *b) {
  unsigned sum = 0;
  for (int i = 0; i < 12; ++i) sum = sum * 31 + b->word[i];
  return sum;
}
static __attribute__((noinline)) unsigned sum_by_value(struct block b) {
  b.word[0] += 1;
  return sum_of(&b);
}
static __attribute__((noinline)) struct block make(unsigned seed) {
  struct block b;
  for (unsigned i = 0; i < 12; ++i) b.word[i] = seed * (i + 1) ^ i << 5;
  return b;
}
static __attribute__((noinline)) void change(struct block *b, int at) { b->word[at] = ~b->word[at]; }

// The source changes between the two copies if `between` is set.
static __attribute__((noinline)) unsigned through_two(struct block *from, int between) {
  struct block first, second;
  memcpy(&first, from, sizeof first);
  if (between == 1) change(from, 3);
  memcpy(&second, &first, sizeof second);
  if (between == 2) change(&first, 4);
  unsigned sum = sum_of(&second);
  memcpy(&first, &second, sizeof first);
  return sum + 3 * sum_of(&first);
}

// A memset whose tail is overwritten by a copy, partly, wholly or not at all.
static __attribute__((noinline)) unsigned set_then_copy(size_t set, size_t at, size_t copied) {
  unsigned char buffer[64], sum = 0;
  memset(buffer, 0xaa, sizeof buffer);
  memset(buffer, 0x11, set);
  memcpy(buffer + at, source.word, copied);
  unsigned char other[64];
  memcpy(other, buffer, sizeof other);
  buffer[at] ^= 0xff;
  for (int i = 0; i < 64; ++i) sum = (unsigned char)(sum * 5 + other[i] + (buffer[i] >> 1));
  return sum;
}

static __attribute__((noinline)) unsigned back_and_forth(struct block *a, struct block *b, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    struct block kept = *a;
    *a = *b;
    change(a, i % 12);
    *b = kept;
    kept = *a;  // dead, or not
    if (i % 3 == 2) *b = kept;
  }
  return sum_of(a) * 7 + sum_of(b);
}

// A part is copied out of the whole, changed, and put back elsewhere.
static __attribute__((noinline)) struct shell repack(struct shell s, int which) {
  struct block inner = s.block;
  if (which & 1) s.block.word[2] = 77;
  struct shell result = {s.after, which & 2 ? s.block : inner, s.before};
  if (which & 4) memcpy(&result.block.word[4], &inner.word[0], 4 * sizeof(unsigned));
  if (which & 8) result.block = make(result.block.word[4]);
  return result;
}

static __attribute__((noinline)) unsigned result_into_argument(unsigned seed) {
  struct block b = make(seed);
  shelf[seed % 3] = b;           // the temporary could be left out
  b = make(shelf[0].word[1]);    // but `b` is used again
  shelf[(seed + 1) % 3] = shelf[seed % 3];
  shelf[seed % 3] = make(shelf[seed % 3].word[2]);  // reads what it overwrites
  return sum_by_value(b) + sum_by_value(shelf[1]) * 3 + sum_by_value(b) * 5;
}

static unsigned small_pieces(const unsigned char *from, int n) {  // many small copies that together make a large one
  unsigned char to[32] = {0};
  for (int i = 0; i + 4 <= n; i += 4) memcpy(to + i, from + i, 4);
  uint16_t middle;
  memcpy(&middle, to + 7, 2);
  memcpy(to + 8, &middle, 2);
  unsigned sum = middle;
  for (int i = 0; i < 32; ++i) sum = sum * 3 + to[i];
  return sum;
}

int main(void) {
  source = make((unsigned)opaque(99));
  for (int i = 0; i < 12; ++i) {
    int v = opaque_int(i);
    mix(through_two(&source, v % 3));
    for (int j = 0; j < 5; ++j) mix(set_then_copy((size_t)v * 5, (size_t)opaque_int(j * 4), (size_t)((v * 7 + j * 5) % 48)));
    struct block a = make((unsigned)v), b = source;
    mix(back_and_forth(&a, &b, v));
    struct block *same = v & 1 ? &a : &b;
    mix(back_and_forth(&a, same, v));
    struct shell s = repack((struct shell){v, a, v + 1}, v);
    s = repack(s, 15 - v);
    mix(sum_of(&s.block) + (unsigned)(s.before * 2 + s.after));
    mix(result_into_argument((unsigned)v));
    mix(small_pieces((const unsigned char *)source.word, v * 3));
  }
  for (int i = 0; i < 3; ++i) mix(sum_of(&shelf[i]));
  return report();
}
