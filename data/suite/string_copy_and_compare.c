// strcpy, strncpy and its padding, strcat, strncat, stpcpy, memccpy, and the signs of comparisons at every position of a difference,
// with signed-looking bytes, equal prefixes and limits; all bytes of each buffer are checked, also those behind the end.
#define _GNU_SOURCE
#include <string.h>
#include <strings.h>

#include "checksum.h"

static char room[48];

static void reset(void) { memset(room, '~', sizeof room); }
static void mix_room(void) {
  for (size_t i = 0; i < sizeof room; ++i) mix((unsigned char)room[i]);
}
static int sign(int x) { return (x > 0) - (x < 0); }

static __attribute__((noinline)) void copies(const char *text, size_t n) {
  reset();
  strncpy(room, text, n);  // pads with zeros, or does not end
  mix_room();
  reset();
  char *end = stpcpy(room, text);
  *end = '<', end[1] = '>';
  mix((uint64_t)(end - room));
  mix_room();
  reset();
  strcpy(room + n % 9, text);
  strcpy(room, "constant");
  mix_room();
  reset();
  end = memccpy(room, text, 'e', strlen(text) + 1);
  mix((uint64_t)(end ? end - room : -1));
  end = stpncpy(room + 20, text, n);
  mix((uint64_t)(end - room));
  mix_room();
  end = mempcpy(room + 1, text, strlen(text));
  mix((uint64_t)(end - room));
  mix_room();
}

static __attribute__((noinline)) void joins(const char *a, const char *b, size_t n) {
  reset();
  room[0] = 0;
  strcat(room, a);
  strcat(room, "");
  strncat(room, b, n);
  strcat(room, "-");
  strncat(room, "constant", n + 1);
  strncat(room, b, 0);
  mix_room();
  reset();
  room[3] = 0;
  char *first = strcat(strcpy(room + 3, a), b);
  mix((uint64_t)(first - room) + strlen(first));
  mix_room();
}

static __attribute__((noinline)) int signs(const char *a, const char *b, size_t n) {
  int sum = sign(strcmp(a, b));
  sum = sum * 3 + sign(strncmp(a, b, n));
  sum = sum * 3 + sign(memcmp(a, b, n));
  sum = sum * 3 + sign(strcasecmp(a, b));
  sum = sum * 3 + (strcmp(a, b) == 0) + (memcmp(a, b, 1) < 0) + 2 * (memcmp(a, b, 4) == 0) + 4 * (bcmp(a, b, 8) != 0);
  return sum;
}

// Constant operands and limits that turn the calls into something simpler.
static __attribute__((noinline)) unsigned simple(const char *s) {
  unsigned sum = strcmp(s, "") == 0;
  sum = sum * 3 + (unsigned)sign(strcmp("", s));
  sum = sum * 3 + (unsigned)sign(strcmp(s, "bat"));
  sum = sum * 3 + (strncmp(s, "bat", 3) == 0) + (strncmp(s, "battle", 6) == 0);
  sum = sum * 3 + (strncmp(s, "zzz", 0) == 0) + (memcmp(s, "zzz", 0) == 0);
  sum = sum * 3 + (unsigned)sign(strncmp(s, "c", 1));
  sum = sum * 3 + (unsigned)sign(memcmp(s, "batt", 4)) + (memcmp(s, "ba\x80t", 4) > 0);
  sum = sum * 3 + (strcmp(s, s) == 0) + (memcmp(s, s + 1, 1) < 0);
  sum = sum * 3 + (strlen(s) && s[strlen(s) - 1] == 't');
  return sum;
}

// Text built by pieces: each length depends on the step before.
static __attribute__((noinline)) size_t build(const char *word, int pieces) {
  reset();
  strcpy(room, "[");
  for (int i = 0; i < pieces; ++i) {
    size_t length = strlen(room);
    if (length + strlen(word) + 4 > sizeof room) break;
    if (i) strcat(room, ", ");
    strcat(room, word);
    room[strlen(room) - 1] ^= i & 1;
  }
  strcat(room, "]");
  return strlen(room);
}

static __attribute__((noinline)) void sets(size_t n, int value) {
  reset();
  memset(room + 2, value, n);
  memset(room + 5, 0, 0);
  memset(room + 1, 0x5a, 3);
  bzero(room + 40, n / 8);
  explicit_bzero(room + 46, 1);
  mix_room();
}

int main(void) {
  static const char words[][12] = {"", "b", "bat", "battle", "Battle", "ba\x80t", "ba\x7ft", "zebra", "bat\0tle"};
  for (int i = 0; i < 9; ++i) {
    const char *a = words[opaque_int(i)];
    mix(simple(a));
    for (size_t n = 0; n < 12; n += 1 + n / 3) copies(a, opaque(n)), sets(opaque(n * 3), opaque_int(i * 40 - 100));
    for (int j = 0; j < 9; ++j) {
      joins(a, words[opaque_int(j)], opaque((uint64_t)(i + j) % 5));
      for (size_t n = 0; n < 8; ++n) mix((uint64_t)signs(a, words[opaque_int(j)], opaque(n)));
    }
    if (i) mix(build(a, opaque_int(i * 2)));
    mix_room();
  }
  char left[24], right[24];
  for (int at = 0; at < 24; ++at) {
    memset(left, 'm', 24), memset(right, 'm', 24);
    right[opaque_int(at)] = at & 1 ? (char)0xee : 'a';
    for (size_t n = 0; n <= 24; n += 4) mix((uint64_t)(sign(memcmp(left, right, opaque(n))) * 3 + (memcmp(right, left, opaque(n)) == 0)));
    mix((uint64_t)(sign(memcmp(left, right, 24)) + 3 * (memcmp(left, right, 16) == 0) + 9 * (memcmp(left + 1, right + 1, 7) != 0)));
  }
  return report();
}
