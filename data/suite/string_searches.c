// The searching functions of <string.h> with constant and variable arguments: found at the start, at the end, not at all, the
// terminator itself, empty needles, limits of every kind; each is compared with a plain loop.
#define _GNU_SOURCE
#include <string.h>

#include "checksum.h"

static const char hay[] = "the cat sat on the mat; that cat, the fat one, sat.";
static char buffer[64];

static long plain_chr(const char *s, int c) {
  for (long i = 0;; ++i) {
    if (s[i] == (char)c) return i;
    if (!s[i]) return -1;
  }
}
static long plain_rchr(const char *s, int c) {
  long found = -1, i = 0;
  do
    if (s[i] == (char)c) found = i;
  while (s[i++]);
  return found;
}
static long plain_str(const char *s, const char *needle) {
  for (long i = 0;; ++i) {
    long k = 0;
    while (needle[k] && s[i + k] == needle[k]) ++k;
    if (!needle[k]) return i;
    if (!s[i]) return -1;
  }
}

static long place(const char *found, const char *base) { return found ? found - base : -1; }

static __attribute__((noinline)) unsigned agree_chr(const char *s, int c) {
  long a = place(strchr(s, c), s), b = place(strrchr(s, c), s), d = place(memchr(s, c, strlen(s)), s);
  unsigned same = a == plain_chr(s, c) && b == plain_rchr(s, c);
  return (unsigned)(a * 64 * 64 + b * 64 + d) * 2 + same;
}

// Constant characters and strings: these calls are often replaced by something else.
static __attribute__((noinline)) unsigned constants(const char *s) {
  unsigned sum = strchr(s, 0) == s + strlen(s);
  sum = sum * 3 + (strrchr(s, '\0') == s + strlen(s));
  sum = sum * 3 + (strchr(s, 't') != 0);
  sum = sum * 3 + (strstr(s, "") == s);
  sum = sum * 61 + (unsigned)place(strstr(s, "t"), s);
  sum = sum * 61 + (unsigned)place(strstr(s, "at"), s);
  sum = sum * 3 + (strstr(s, "cat") == s);  // at the start only
  sum = sum * 3 + (strstr(s, s) == s);
  sum = sum * 61 + (unsigned)strspn(s, "the c");
  sum = sum * 61 + (unsigned)strcspn(s, ";,.");
  sum = sum * 61 + (unsigned)strcspn(s, "");
  sum = sum * 3 + (strspn(s, "") == 0) + (strpbrk(s, "") == 0);
  sum = sum * 61 + (unsigned)place(strpbrk(s, "ms"), s);
  sum = sum * 3 + (memchr("aeiou", s[0], 5) != 0) + (s[0] && strchr("xyz .,", s[0]) != 0);
  sum = sum * 3 + (strlen(s) == 0) + (strlen(s) > 1);
  return sum;
}

static unsigned limited(const char *s, size_t n) {
  unsigned sum = (unsigned)strnlen(s, n);
  sum = sum * 61 + (unsigned)place(memchr(s, 'a', strnlen(s, n)), s);
  sum = sum * 61 + (unsigned)place(memrchr(s, 'a', strnlen(s, n)), s);
  sum = sum * 61 + (unsigned)(strchrnul(s, 'o') - s);
  sum = sum * 61 + (unsigned)place(memmem(s, strnlen(s, n), "that", 4), s);
  sum = sum * 61 + (unsigned)((const char *)rawmemchr(s, 0) - s);
  return sum;
}

static __attribute__((noinline)) int count_words(char *text, const char *separators) {
  int words = 0;
  char *state;
  for (char *w = strtok_r(text, separators, &state); w; w = strtok_r(0, separators, &state)) {
    mix_text(w);
    ++words;
  }
  return words;
}

// The length is asked again after the text has changed.
static __attribute__((noinline)) size_t lengths(char *s, size_t cut) {
  size_t before = strlen(s);
  if (cut < before) s[cut] = 0;
  size_t between = strlen(s);
  s[between] = '+';
  size_t after = strlen(s);
  if (cut < before) s[cut] = hay[cut];
  if (between == before) s[before] = 0;
  return before * 10000 + between * 100 + after;
}

int main(void) {
  for (size_t start = 0; start < sizeof hay; start += 1 + start % 5) {
    const char *s = hay + opaque(start);
    for (int c = -1; c < 128; c += c == -1 ? 1 : c < 31 ? 32 : 3) mix(agree_chr(s, opaque_int(c)));
    mix(constants(s));
    for (size_t n = 0; n < strlen(s); n += 6) mix(limited(s, opaque(n)));
    static const char *const needles[] = {"", ".", "the", "tha", "sat.", "one, sat.", "cats", "mat; that", "zz"};
    for (int i = 0; i < 9; ++i) {
      const char *needle = needles[opaque_int(i)];
      mix((uint64_t)place(strstr(s, needle), s) * 2 + (place(strstr(s, needle), s) == plain_str(s, needle)));
    }
    memset(buffer, 0, sizeof buffer);
    memcpy(buffer, hay, sizeof hay);
    mix(lengths(buffer, opaque(start)));
    mix((uint64_t)count_words(buffer + start, start & 1 ? " ;,." : "at"));
  }
  return report();
}
