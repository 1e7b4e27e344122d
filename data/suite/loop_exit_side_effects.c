// A character reader whose loops consume input, count and store in their exit conditions.
#include "checksum.h"

struct reader {
  const char *at;
  int pushed, line, column;
  unsigned reads;
};

static int next(struct reader *r) {
  int c;
  ++r->reads;
  if (r->pushed >= 0) {
    c = r->pushed;
    r->pushed = -1;
    return c;
  }
  if (!*r->at) return -1;
  c = (unsigned char)*r->at++;
  if (c == '\n') {
    ++r->line;
    r->column = 0;
  } else {
    ++r->column;
  }
  return c;
}

// Copies up to a separator; the character that made `count` reach `room` is consumed but not kept.
static int field(struct reader *r, char *out, int room, int *count) {
  int c, n = 0;
  while ((c = next(r)) >= 0 && c != ',' && c != '\n' && ++n < room) out[n - 1] = (char)c;
  out[n < room ? n : room - 1] = 0;
  *count = n;
  return c;
}

// White space, a backslash before a new line, and nothing else; what stopped it is pushed back.
static __attribute__((noinline)) int skip_blank(struct reader *r) {
  int c, skipped = 0;
  while ((c = next(r)) == ' ' || c == '\t' || (c == '\\' && (++skipped, next(r) == '\n'))) ++skipped;
  r->pushed = c;
  return skipped;
}

static uint64_t number(struct reader *r, uint64_t limit) {
  int c = next(r);
  uint64_t value = 0;
  if (c < '0' || c > '9') {
    r->pushed = c;
    return UINT64_MAX;
  }
  do value = value * 10 + (uint64_t)(c - '0');
  while ((c = next(r)) >= '0' && c <= '9' && value < limit);
  if (c != ';') r->pushed = c;
  return value;
}

// Both halves of the condition read; a star that is not before a slash eats the character behind it.
int skip_comment(struct reader *r, unsigned bound) {
  unsigned start = r->reads;
  while (next(r) != '*' || next(r) != '/')
    if (r->reads - start > bound) return -1;
  return (int)(r->reads - start);
}

// Runs of letters: the loop's own exit test advances two pointers at different paces.
static int zip(const char *slow, const char *fast, char *out) {
  int n = 0;
  while ((out[n] = *slow++) && *fast++ && *fast++) n += out[n] != *fast || n < 2;
  out[n + 1] = 0;
  return n;
}

static void state(const struct reader *r) {
  mix((uint64_t)r->pushed);
  mix((uint64_t)r->line);
  mix((uint64_t)r->column);
  mix(r->reads);
}

int main(void) {
  static const char *const texts[] = {
      "",       "alpha,beta,,gamma\ndelta, epsilon ,z\n\n,last",
      "a,b",    "  \t 1234567890123;77 \\\n 42,x\\y  9999999999,5;;",
      "/* one **/ two */ 3 */ * / **", "unterminated text without separators at all,",
  };
  for (unsigned t = 0; t < sizeof texts / sizeof *texts; ++t) {
    const char *text = texts[opaque(t)];
    for (int room = 1; room < 12; room += 3) {
      struct reader r = {text, -1, 1, 0, 0};
      char word[16];
      int stop, count, guard = 0;
      do {
        stop = field(&r, word, opaque_int(room), &count);
        mix_text(word);
        mix((uint64_t)(stop * 64 + count));
      } while (stop >= 0 && ++guard < 40);
      state(&r);
    }
    struct reader r = {text, -1, 1, 0, 0};
    for (int k = 0; k < 9; ++k) {
      mix((uint64_t)skip_blank(&r));
      mix(number(&r, opaque(k % 2 ? 500 : 100000000000)));
      if (r.pushed == ',' || k % 3 == 2) next(&r);
      state(&r);
    }
    struct reader s = {text, -1, 1, 0, 0};
    for (int k = 0; k < 4; ++k) mix((uint64_t)skip_comment(&s, (unsigned)opaque(12 + 9 * k)));
    state(&s);
    char joined[64];
    mix((uint64_t)zip(texts[(t + 1) % 6], text, joined));
    mix_text(joined);
  }
  return report();
}
