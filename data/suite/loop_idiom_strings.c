// Loops over zero-terminated text and wide units that resemble strlen, strchr, strcmp and strspn,
// each with something more: a limit, a second end, an escape, a sum.
#include "checksum.h"

static __attribute__((noinline)) size_t length_of(const char *s) {
  const char *p = s;
  while (*p) ++p;
  return (size_t)(p - s);
}

static size_t length_limited(const char *s, size_t limit) {
  size_t n = 0;
  while (n < limit && s[n]) ++n;
  return n;
}

// Units of 16 bits; the end mark has two values.
size_t length_units(const uint16_t *s) {
  size_t n = 0;
  for (; s[n] != 0 && s[n] != 0xffff; ++n)
    ;
  return n;
}

static const char *find(const char *s, char c) {
  for (; *s != c; ++s)
    if (!*s) return NULL;
  return s;
}

static const char *find_last(const char *s, char c) {
  const char *found = NULL;
  do
    if (*s == c) found = s;
  while (*s++);
  return found;
}

// Signed characters would order the bytes above 127 the wrong way round.
static int compare(const char *a, const char *b, int fold) {
  for (;; ++a, ++b) {
    unsigned char x = (unsigned char)*a, y = (unsigned char)*b;
    if (fold && x >= 'A' && x <= 'Z') x = (unsigned char)(x + 32);
    if (fold && y >= 'A' && y <= 'Z') y = (unsigned char)(y + 32);
    if (x != y) return x < y ? -1 : 1;
    if (!x) return 0;
  }
}

static size_t span(const char *s, const char *set, int inside) {
  size_t n = 0;
  for (; s[n]; ++n) {
    const char *p = set;
    while (*p && *p != s[n]) ++p;
    if ((*p != 0) != inside) break;
  }
  return n;
}

// Copies and returns the end; a backslash takes the next character as it is.
static char *unescape(char *to, const char *from) {
  while ((*to = *from)) {
    if (*from == '\\' && from[1]) *to = *++from;
    ++to, ++from;
  }
  return to;
}

// Where `part` is in `text`, as if each were a list of words: only at the start of a word.
static int word_at(const char *text, const char *part) {
  for (int at = 0, fresh = 1; text[at]; fresh = text[at++] == ' ') {
    if (!fresh) continue;
    int k = 0;
    while (part[k] && text[at + k] == part[k]) ++k;
    if (!part[k]) return at;
  }
  return -1;
}

// Trims in place from both ends; the loop from the back must stop at the front.
static __attribute__((noinline)) size_t trim(char *s) {
  char *from = s, *end = s + length_of(s);
  while (*from == ' ') ++from;
  while (end > from && end[-1] == ' ') --end;
  size_t n = 0;
  while (from + n < end) s[n] = from[n], ++n;
  s[n] = 0;
  return n;
}

int main(void) {
  static const char *const texts[] = {"",         "a",       " ",           "abcabc",        "  two words  ", "A\\\\b\\nc\\",
                                      "B\xff\x80", "b\x7f\x01", "ABCabc ab cab", "xyz xyz xyzzy", "      ",        "a b c d e f g h"};
  enum { count = sizeof texts / sizeof *texts };
  for (unsigned i = 0; i < count; ++i) {
    const char *s = texts[opaque(i)];
    char room[40];
    mix(length_of(s));
    for (size_t limit = 0; limit < 20; limit += 3) mix(length_limited(s, opaque(limit)));
    for (const char *c = "abz \\";; ++c) {
      const char *p = find(s, *c), *q = find_last(s, *c);
      mix(p ? (uint64_t)(p - s) : 99);
      mix(q ? (uint64_t)(q - s) : 99);
      if (!*c) break;
    }
    for (unsigned k = 0; k < count; ++k) {
      const char *t = texts[k];
      mix((uint64_t)(compare(s, t, 0) * 3 + compare(s, t, (int)opaque(1))));
      mix(span(s, t, 1) * 100 + span(s, t, 0));
      mix((uint64_t)word_at(s, t));
    }
    mix((uint64_t)(unescape(room, s) - room));
    mix_text(room);
    strcpy(room, s);
    mix(trim(room));
    mix_text(room);
    uint16_t units[12];
    for (unsigned k = 0; k < 12; ++k) units[k] = (uint16_t)opaque(k * 0x1000u + 0x1234u);
    units[i] = (uint16_t)(i % 3 ? 0 : 0xffff);
    mix(length_units(units));
  }
  return report();
}
