// Bytes as text in groups: five bits, six bits and base 85, with tails of every length, padding, short forms for
// zeros and spaces, and decoders that report bad letters, bad tails and groups whose value is too large.
#include "checksum.h"

static const char letters32[] = "abcdefghijkmnpqrstuvwxyz23456789";
static const char letters64[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

static int encode_bits(const uint8_t *from, int count, const char *letters, int bits, char *to) {
  uint32_t window = 0;
  int held = 0, length = 0;
  for (int i = 0; i < count; ++i) {
    window = window << 8 | from[i];
    for (held += 8; held >= bits; held -= bits) to[length++] = letters[window >> (held - bits) & ((1u << bits) - 1)];
  }
  if (held) to[length++] = letters[window << (bits - held) & ((1u << bits) - 1)];
  to[length] = 0;
  return length;
}

static void fill_reverse(const char *letters, int8_t table[128]) {
  memset(table, -1, 128);
  for (int i = 0; letters[i]; ++i) table[(unsigned char)letters[i]] = (int8_t)i;
}

/// Returns the number of bytes, or minus the place of the first error, counted from one.
static __attribute__((noinline)) int decode_bits(const char *text, const int8_t table[128], int bits, uint8_t *to) {
  uint32_t window = 0;
  int held = 0, count = 0, place = 0;
  for (; text[place]; ++place) {
    unsigned char c = (unsigned char)text[place];
    int value = c < 128 ? table[c] : -1;
    if (value < 0) return -1 - place;
    window = window << bits | (uint32_t)value;
    held += bits;
    if (held >= 8) held -= 8, to[count++] = (uint8_t)(window >> held);
  }
  if (held >= bits || (window & ((1u << held) - 1)) != 0) return -1 - place;
  return count;
}

int encode_85(const uint8_t *from, int count, char *to) {
  char *at = to;
  for (int i = 0; i < count; i += 4) {
    int size = count - i < 4 ? count - i : 4;
    uint32_t value = 0;
    for (int k = 0; k < 4; ++k) value = value << 8 | (k < size ? from[i + k] : 0);
    if (size == 4 && value == 0) *at++ = 'z';
    else if (size == 4 && value == 0x20202020) *at++ = 'y';
    else {
      char group[5];
      for (int k = 4; k >= 0; --k, value /= 85) group[k] = (char)('!' + value % 85);
      memcpy(at, group, 5);
      at += size + 1;
    }
  }
  *at = 0;
  return (int)(at - to);
}

static __attribute__((noinline)) int decode_85(const char *text, uint8_t *to) {
  int count = 0;
  while (*text) {
    if (*text == 'z' || *text == 'y') {
      memset(to + count, *text++ == 'z' ? 0 : ' ', 4);
      count += 4;
      continue;
    }
    uint32_t value = 0;
    int k = 0, over = 0;
    for (; k < 5 && text[k]; ++k) {
      if (text[k] < '!' || text[k] > 'u') return -1;
      over |= __builtin_mul_overflow(value, 85u, &value);
      over |= __builtin_add_overflow(value, (uint32_t)(text[k] - '!'), &value);
    }
    if (k == 1 || over) return k == 1 ? -2 : -3;
    for (int pad = k; pad < 5; ++pad) {
      over |= __builtin_mul_overflow(value, 85u, &value);
      over |= __builtin_add_overflow(value, 84u, &value);
    }
    if (over) return -3;
    for (int i = 0; i < k - 1; ++i) to[count++] = (uint8_t)(value >> (24 - 8 * i));
    text += k;
  }
  return count;
}

int main(void) {
  uint8_t bytes[48], back[64];
  char text[96];
  int8_t table32[128], table64[128];
  fill_reverse(letters32, table32), fill_reverse(letters64, table64);
  for (int round = 0; round < 90; ++round) {
    int count = round % 41;
    for (int i = 0; i < 48; ++i)
      bytes[i] = (uint8_t)opaque(round % 5 == 4   ? 0xff
                                 : round % 5 == 3 ? (i / 4 % 2 ? 32 : 0)
                                                  : (uint64_t)(i * i * 7 + round * 91));
    for (int kind = 0; kind < 3; ++kind) {
      int length = kind == 0   ? encode_bits(bytes, count, letters32, 5, text)
                   : kind == 1 ? encode_bits(bytes, count, letters64, 6, text)
                               : encode_85(bytes, count, text);
      mix_text(text);
      for (int spoiled = 0; spoiled < 3; ++spoiled) {
        if (spoiled && length)
          text[(round * 7 + spoiled) % length] = spoiled == 1 ? "au~"[round % 3] : text[length - 1];
        if (spoiled == 2 && length) text[length - 1] = 0;
        memset(back, 0, sizeof back);
        int result = kind == 0   ? decode_bits(text, table32, 5, back)
                     : kind == 2 ? decode_85(text, back)
                                 : decode_bits(text, table64, 6, back);
        mix(result), mix(memcmp(bytes, back, (size_t)count) == 0);
        if (result > 0) mix(back[result - 1] + 256u * back[result / 2]);
      }
    }
  }
  return report();
}
