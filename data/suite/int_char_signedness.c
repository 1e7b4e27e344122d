// Characters: plain, signed and unsigned ones through promotions, comparisons with constants above 127, tables
// indexed by bytes, hashes that depend on sign extension, and strings with high bytes; plain ones always cast.
#include "checksum.h"

enum { class_other, class_letter = 1, class_digit = 2, class_blank = 4, class_high = 8 };

static uint8_t classes[256];

static void fill_classes(void) {
  for (int c = 0; c < 256; ++c) {
    uint8_t found = 0;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') found |= class_letter;
    if ((unsigned)c - '0' < 10) found |= class_digit;
    if (c == ' ' || (c >= 9 && c <= 13)) found |= class_blank;
    if ((signed char)c < 0) found |= class_high;
    classes[c] = found;
  }
}

static uint32_t hash_signed(const signed char *text) {
  uint32_t hash = 0;
  while (*text) hash = hash * 31 + (uint32_t)*text++;
  return hash;
}

static uint32_t hash_unsigned(const unsigned char *text) {
  uint32_t hash = 0;
  while (*text) hash = hash * 31 + *text++;
  return hash;
}

static __attribute__((noinline)) int compare_signed(const signed char *a, const signed char *b) {
  while (*a && *a == *b) ++a, ++b;
  return *a - *b;
}

int compare_unsigned(const unsigned char *a, const unsigned char *b, size_t most) {
  for (; most; --most, ++a, ++b) {
    if (*a != *b) return *a < *b ? -1 : 1;
    if (*a == 0) break;
  }
  return 0;
}

/// Upper and lower case by arithmetic and by a bit, which differ outside the letters.
static unsigned char raised(unsigned char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; }
static unsigned char raised_by_bit(unsigned char c) { return (unsigned char)(c - 'a') < 26 ? c & ~0x20 : c; }
static unsigned char lowered_wrongly(unsigned char c) { return c | 0x20; }

static unsigned promotions(signed char s, unsigned char u) {
  unsigned result = 0;
  if (s == u) result |= 1;
  if ((unsigned char)s == u) result |= 2;
  if (s > 127) result |= 4;
  if (u > 127) result |= 8;
  if (s == (signed char)0x80) result |= 16;
  if ((s & 0xff) == 0x80) result |= 32;
  if ((int16_t)((unsigned)s << 8) >> 8 == s) result |= 64;
  if ((~u & 0xff) == (unsigned char)~u) result |= 128;
  if (~u == (unsigned char)~u) result |= 256;
  if (-u == (signed char)-u) result |= 512;
  if ((unsigned char)(u + 1) > u) result |= 1024;
  if ((unsigned char)(u << 1) >> 1 == u) result |= 2048;
  if ((char)u == (char)s) result |= 4096;
  if ((s ^ u) < 0) result |= 8192;
  return result;
}

/// Reads like getc(): a byte as an unsigned number, or -1 at the end.
struct source {
  const char *at, *end;
};

static int read_byte(struct source *source) { return source->at == source->end ? -1 : (unsigned char)*source->at++; }

static __attribute__((noinline)) uint64_t census(const char *bytes, size_t count) {
  struct source source = {bytes, bytes + count};
  int counts[5] = {0}, c, previous = -1, runs = 0;
  while ((c = read_byte(&source)) != -1) {
    if (c == 0xff) ++counts[4];
    else if (classes[c] & class_high) ++counts[3];
    else ++counts[classes[c] & class_letter ? 0 : classes[c] & class_digit ? 1 : 2];
    runs += previous >= 0 && classes[c] == classes[previous];
    previous = c;
  }
  uint64_t result = (uint64_t)runs;
  for (int i = 0; i < 5; ++i) result = result * 100 + (uint64_t)counts[i];
  return result;
}

static signed char mirror(signed char c) { return (signed char)(c == -128 ? c : -c); }

int main(void) {
  fill_classes();
  char text[40];
  signed char others[40];
  unsigned char plain[40];
  for (int c = 0; c < 256; ++c) {
    mix(classes[c]);
    unsigned char u = (unsigned char)opaque((uint64_t)c);
    mix(raised(u) | raised_by_bit(u) << 8 | lowered_wrongly(u) << 16 |
        (unsigned)(unsigned char)mirror((signed char)u) << 24);
    for (int d = 0; d < 256; d += 1 + c % 31) mix(promotions((signed char)d, u));
  }
  for (int round = 0; round < 60; ++round) {
    int length = round % 39;
    for (int i = 0; i <= length; ++i) {
      int byte = i == length ? 0 : 1 + (int)(opaque((uint64_t)(i * i * 31 + round * (i > 20 ? 7 : 3))) % 255);
      text[i] = (char)byte, plain[i] = (unsigned char)byte, others[i] = (signed char)byte;
    }
    mix(hash_signed((const signed char *)text)), mix(hash_unsigned((const unsigned char *)text));
    mix(census(text, (size_t)length));
    if (length > 0) others[round * 5 % length] ^= (signed char)(round % 3 ? 0 : 0x81);
    mix(compare_signed(others, (const signed char *)text));
    mix(compare_unsigned((const unsigned char *)others, plain, (size_t)(round % 13 * 3)));
  }
  return report();
}
