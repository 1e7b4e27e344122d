// Buffers in blocks that end: they may share stack slots as long as their lifetimes do not overlap, also when control jumps into and
// out of the blocks, when addresses are kept within the lifetime, and when the frame holds several big arrays.
#include "checksum.h"

static const char *registered[4];
static int registered_count;

static __attribute__((noinline)) void fill(char *to, int n, char first) {
  for (int i = 0; i < n; ++i) to[i] = (char)(first + i % 20);
}
static __attribute__((noinline)) unsigned sum(const char *from, int n) {
  unsigned s = 0;
  for (int i = 0; i < n; ++i) s = s * 33 + (unsigned char)from[i];
  return s;
}
static __attribute__((noinline)) void keep(const char *address) {
  if (registered_count < 4) registered[registered_count++] = address;
}
static __attribute__((noinline)) unsigned sum_registered(int n) {
  unsigned s = 7;
  for (int i = 0; i < registered_count; ++i) s = s * 3 + sum(registered[i], n);
  return s;
}

static __attribute__((noinline)) unsigned one_after_another(int which) {
  unsigned s = 0;
  if (which & 1) {
    char a[500];
    fill(a, 500, 'a');
    s += sum(a, 400);
  }
  if (which & 2) {
    char b[600];
    fill(b, 300, 'b');
    fill(b + 300, 300, 'B');
    s = s * 5 + sum(b, 600);
  } else {
    char c[100], d[100];
    fill(c, 100, 'c');
    fill(d, 100, 'd');
    s = s * 7 + sum(c, 100) + 3 * sum(d, 90);
  }
  return s;
}

// The outer buffer lives on while inner ones come and go.
static __attribute__((noinline)) unsigned nested(int rounds) {
  char outer[64];
  unsigned s = 0;
  fill(outer, 64, 'o');
  registered_count = 0;
  keep(outer);
  for (int i = 0; i < rounds; ++i) {
    char inner[64];
    fill(inner, 64, (char)('i' + i));
    if (i % 3 == 0) keep(inner);
    s = s * 11 + sum_registered(16);
    if (i % 3 == 0) --registered_count;  // before the lifetime ends
    {
      char innermost[64];
      fill(innermost, 32, 'x');
      outer[i % 64] = innermost[i % 32];
      if (i == 7) goto done;
    }
    outer[(i + 9) % 64] ^= inner[i % 64];
  }
done:
  return s + sum(outer, 64);
}

// Each round has a new variable, whose address is in a list during that round only.
static __attribute__((noinline)) int fresh_variables(int rounds) {
  int *previous = 0, result = 0;
  for (int i = 0; i < rounds; ++i) {
    int value = i * i, copies[3] = {value, 0, i};
    int *list[] = {&value, &copies[1], previous ? previous : &copies[2]};
    for (int k = 0; k < 3; ++k) *list[k] += k + 1;
    result = result * 3 % 10007 + value + copies[1] * 10 + copies[2];
    previous = i % 2 ? &result : 0;
  }
  return result;
}

// Jumps back into the scope of a loop body, past nothing that is initialised.
static unsigned again(int times) {
  unsigned s = 0;
retry:;
  char buffer[48];
  fill(buffer, 48, (char)('r' - times));
  s = s * 13 + sum(buffer, 40);
  if (times-- > 0) goto retry;
  switch (s >> 5 & 3) {
    char only_here[24];
    case 1: case 3: fill(only_here, 24, 's'); s ^= sum(only_here, 24); break;
    default: s += 1;
  }
  return s;
}

struct holder { struct holder *up; char text[24]; };
static unsigned literals(int depth, struct holder *up) {  // compound literals have the lifetime of their block
  struct holder *h = &(struct holder){up, {(char)('0' + depth)}};
  if (depth > 3) {
    struct holder *other = &(struct holder){h, "deep"};
    h->text[1] = other->text[2];
  }
  unsigned below = depth > 0 ? literals(depth - 1, h) : 0;
  for (struct holder *at = h; at; at = at->up) below = below * 5 + sum(at->text, 4);
  if (up) up->text[2] ^= 1;
  return below;
}

int main(void) {
  for (int which = 0; which < 4; ++which) mix(one_after_another(opaque_int(which)));
  for (int rounds = 0; rounds < 12; rounds += 1 + rounds / 4) {
    mix(nested(opaque_int(rounds)));
    mix((uint64_t)fresh_variables(opaque_int(rounds * 2)));
    for (int times = 0; times < 4; ++times) mix(again(opaque_int(rounds + times)));
    mix(literals(opaque_int(rounds % 8), 0));
  }
  return report();
}
