// Flags and small codes that are set on one branch and tested on a later one, so that jumps can be
// threaded through: over loops, over merges with other effects, through phis of phis and of calls.
#include "checksum.h"

static uint32_t effects;

static __attribute__((noinline)) void effect(int what) { effects = effects * 43 + (uint32_t)what; }

// Found or not is set in the loop and asked behind it; between lies work that both ways need.
static int find_then(const int *v, int n, int wanted) {
  int found = 0, i;
  for (i = 0; i < n; ++i)
    if (v[i] == wanted) { found = 1; break; }
  effect(i);
  if (found) return v[i] * 2 + i;
  return -i;
}

// A code from three branches, tested twice, with an effect that must stay in between.
static int code_twice(int x, int y) {
  int code = x < y ? 3 : x > 2 * y ? 7 : y & 1;
  effect(code + x);
  if (code == 3) {
    effect(1);
    if (y > 10) code = 7;
  }
  if (code == 7) effect(2);
  else if (code) effect(3);
  switch (code) {
    case 0: return 0;
    case 1: return x;
    case 3: return y;
    default: return x - y;
  }
}

// The flag is carried around the loop: set in one round, used and cleared in the next.
static __attribute__((noinline)) int escapes(const char *s, char *to) {
  int escaped = 0, comment = 0, n = 0;
  for (; *s; ++s) {
    char c = *s;
    if (comment) {
      if (c == '\n') comment = 0;
      else continue;
    }
    if (escaped) {
      escaped = 0;
      if (c == 'n') c = '/';
      else if (c == '#') c = '!';
    } else if (c == '\\') {
      escaped = 1; continue;
    } else if (c == '#') {
      comment = 1; continue;
    }
    to[n++] = c;
  }
  to[n] = 0;
  return n * 4 + escaped * 2 + comment;
}

// A function whose result is one of few constants, which the caller tests right away.
static int verdict(int x) {
  if (x < 0) return -1;
  if (x % 6 == 0) return 0;
  return x > 100 ? 2 : 1;
}

int weighed(const int *v, int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    int what = verdict(v[i]);
    if (what < 0) continue;
    if (!what) {
      sum += 5;
      what = verdict(v[i] * 3 - 1);
      if (what == 2) break;
    }
    sum += what > 1 ? v[i] : what == 1 ? 1 : -3;
  }
  return sum;
}

// Phi of phi: two flags merge into one, and their difference decides at the end.
static unsigned merged_flags(unsigned x) {
  int a, b, both;
  if (x & 1) a = 1, b = x & 2 ? 1 : 0;
  else if (x & 4) a = 0, b = 1;
  else a = b = (x & 8) != 0;
  if (x & 16) both = a && b;
  else both = a || b;
  if (both) effect((int)x);
  if (a != b) return both ? x + 1 : x + 2;
  if (a) return both ? x * 3 : 0xbad;
  return both ? 0xbad : x ^ 5;
}

// An inner loop that ends the outer by a flag, and one that only skips; the last value counts.
static int two_levels(const int *v, int n, int limit) {
  int stop = 0, last = -1, total = 0;
  for (int i = 0; i < n && !stop; ++i) {
    int skip = 0;
    for (int k = 0; k <= i && !skip; ++k) {
      if (v[k] == limit) skip = 1;
      else if (v[k] + v[i] > 3 * limit) skip = stop = 1;
      else total += v[k];
      last = k;
    }
    if (skip && !stop) total -= last;
    if (total > 500) stop = 2;
  }
  return total * 4 + stop;
}

int main(void) {
  static const char *const texts[] = {"", "a\\nb\\#c", "x # gone\ny\\", "#only", "\\\\#a\n#b\nc\\#", "plain"};
  int v[16];
  char to[32];
  for (unsigned round = 0; round < 64; ++round) {
    for (int i = 0; i < 16; ++i) v[i] = (i * opaque_int((int)round + 5) * 11 + (int)round) % 140 - 12;
    mix((uint64_t)find_then(v, (int)round % 17, v[round * 5 % 16]));
    mix((uint64_t)code_twice(opaque_int((int)round % 23), (int)round % 13));
    mix((uint64_t)escapes(texts[opaque(round % 6)], to));
    mix_text(to);
    mix((uint64_t)weighed(v, (int)round % 17));
    mix(merged_flags((unsigned)opaque(round)));
    mix((uint64_t)two_levels(v, 1 + (int)round % 16, (int)round + 2));
    mix(effects);
  }
  return report();
}
