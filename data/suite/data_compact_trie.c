// A trie of words whose nodes hold a bit map of letters and a packed run of children: insertion with growing runs, longest prefix,
// completion in order, wildcard matching by recursion, and removal that gives runs back.
#include <stdlib.h>

#include "checksum.h"

struct node { unsigned letters : 27, is_end : 1; unsigned short first_child, count; };
static struct node nodes[900];
static unsigned short free_runs[28];  // by length, linked through first_child
static unsigned used = 1, recycled;

static unsigned index_of(char c) { return c == '\'' ? 26 : (unsigned)(c - 'a'); }
static char letter_of(unsigned i) { return i == 26 ? '\'' : (char)('a' + i); }

static __attribute__((noinline)) unsigned take_run(unsigned n) {
  unsigned run = free_runs[n];
  if (run) {
    free_runs[n] = nodes[run].first_child;
    ++recycled;
  } else {
    run = used;
    used += n;
    if (used > 900) exit(4);
  }
  return run;
}
static void give_run(unsigned run, unsigned n) {
  if (!n) return;
  nodes[run].first_child = free_runs[n];
  free_runs[n] = (unsigned short)run;
}

static inline unsigned slot(const struct node *n, unsigned i) {
  return n->first_child + (unsigned)__builtin_popcount(n->letters & ((1u << i) - 1));
}
static struct node *child(struct node *n, char c) {
  unsigned i = index_of(c);
  return n->letters >> i & 1 ? &nodes[slot(n, i)] : 0;
}

static unsigned children(const struct node *n) { return (unsigned)__builtin_popcount(n->letters); }

static __attribute__((noinline)) struct node *add_child(struct node *n, char c) {
  unsigned i = index_of(c), old = children(n), run = take_run(old + 1), from = n->first_child, at = slot(n, i) - from;
  memcpy(&nodes[run], &nodes[from], at * sizeof *nodes);
  nodes[run + at] = (struct node){0, 0, 0, 0};
  memcpy(&nodes[run + at + 1], &nodes[from + at], (old - at) * sizeof *nodes);
  give_run(from, old);
  n->letters |= 1u << i;
  n->first_child = (unsigned short)run;
  return &nodes[run + at];
}

static void insert(const char *word) {
  struct node *n = &nodes[0];
  for (; *word; ++word) {
    ++n->count;  // words below
    struct node *next = child(n, *word);
    n = next ? next : add_child(n, *word);
  }
  ++n->count;
  n->is_end = 1;
}

static __attribute__((noinline)) int erase(struct node *n, const char *word) {
  if (!*word) {
    if (!n->is_end) return 0;
    n->is_end = 0;
    --n->count;
    return 1;
  }
  unsigned i = index_of(*word);
  struct node *next = child(n, *word);
  if (!next || !erase(next, word + 1)) return 0;
  --n->count;
  if (next->count == 0) {  // the run gets shorter
    unsigned old = children(n), from = n->first_child, at = (unsigned)(next - nodes) - from, run = old > 1 ? take_run(old - 1) : 0;
    if (old > 1) {
      memcpy(&nodes[run], &nodes[from], at * sizeof *nodes);
      memcpy(&nodes[run + at], &nodes[from + at + 1], (old - at - 1) * sizeof *nodes);
    }
    give_run(from, old);
    n->letters &= ~(1u << i);
    n->first_child = (unsigned short)run;
  }
  return 1;
}

static __attribute__((noinline)) int longest_prefix(const char *text) {
  struct node *n = &nodes[0];
  int best = n->is_end ? 0 : -1;
  for (int length = 1; *text && (n = child(n, *text)); ++text, ++length)
    if (n->is_end) best = length;
  return best;
}

static void list(struct node *n, char *word, int depth) {  // in the order of the letters
  if (n->is_end) word[depth] = 0, mix_text(word);
  for (unsigned rest = n->letters; rest; rest &= rest - 1) {
    word[depth] = letter_of((unsigned)__builtin_ctz(rest));
    list(child(n, word[depth]), word, depth + 1);
  }
}

static __attribute__((noinline)) int matches(struct node *n, const char *pattern) {  // '?' is any letter, '*' any number of them
  if (!n) return 0;
  if (!*pattern) return n->is_end;
  if (*pattern != '?' && *pattern != '*') return matches(child(n, *pattern), pattern + 1);
  int sum = *pattern == '*' ? matches(n, pattern + 1) : 0;
  for (unsigned rest = n->letters; rest; rest &= rest - 1) {
    struct node *below = child(n, letter_of((unsigned)__builtin_ctz(rest)));
    sum += matches(below, *pattern == '*' ? pattern : pattern + 1);
  }
  return sum;
}

int main(void) {
  static const char *const words[] = {"tree", "tray", "trie", "tried", "a", "an", "and", "ant", "isn't", "is", "", "zeal", "zealous",
                                      "tr", "treetop", "band", "bandage", "hand", "sand", "stand", "island"};
  enum { count = sizeof words / sizeof *words };
  char buffer[16];
  for (int i = 0; i < count; ++i) {
    insert(words[opaque_int(i * 8) % count]);
    mix(used * 100 + recycled);
  }
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < count; ++i) mix((uint64_t)longest_prefix(i & 1 ? words[opaque_int(i)] : words[i] + (words[i][0] != 0)));
    list(&nodes[0], buffer, 0);
    static const char *const patterns[] = {"?and", "*and*", "tr??", "t*e*", "*", "?", "is*t", "z*", "", "q*", "**n*"};
    for (int p = 0; p < 11; ++p) mix((uint64_t)matches(&nodes[0], patterns[opaque_int(p)]));
    for (int i = round; i < count; i += 4) mix((uint64_t)(erase(&nodes[0], words[opaque_int(i)]) * 10 + erase(&nodes[0], "trees")));
    mix(nodes[0].count * 10000u + recycled);
  }
  return report();
}
