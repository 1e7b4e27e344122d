// Text in one to four bytes a letter, decoded by a table of states and by nested conditions, encoded again, with
// faults replaced; and a tokenizer whose class and transition tables are packed two to a byte.
#include "checksum.h"

enum { accept, reject = 15 };

/// The class of each byte, and from class and state the next state.
static const uint8_t ranges[][3] = {{0x00, 0x7f, 0},  {0x80, 0x8f, 1}, {0x90, 0x9f, 2}, {0xa0, 0xbf, 3},
                                    {0xc0, 0xc1, 4},  {0xc2, 0xdf, 5}, {0xe0, 0xe0, 6}, {0xe1, 0xec, 7},
                                    {0xed, 0xed, 8},  {0xee, 0xef, 7}, {0xf0, 0xf0, 9}, {0xf1, 0xf3, 10},
                                    {0xf4, 0xf4, 11}, {0xf5, 0xff, 4}};
/// States: 1 and 6 want one and two more bytes, 3 wants three; 2, 5, 8 and 4 follow E0, ED, F0 and F4.
static const char *const transitions[] = {"0rrrr1265834", "r000rrrrrrrr", "rrr1rrrrrrrr",
                                          "r666rrrrrrrr", "r6rrrrrrrrrr", "r11rrrrrrrrr",
                                          "r111rrrrrrrr", "rrrrrrrrrrrr", "rr66rrrrrrrr"};
static uint8_t classes[256], next_state[9][12];

static void fill_tables(void) {
  for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; ++i)
    for (unsigned c = ranges[i][0]; c <= ranges[i][1]; ++c) classes[c] = ranges[i][2];
  for (int s = 0; s < 9; ++s)
    for (int c = 0; c < 12; ++c)
      next_state[s][c] = transitions[s][c] == 'r' ? reject : (uint8_t)(transitions[s][c] - '0');
}

static int decode_by_table(const uint8_t *text, int length, uint32_t *letters) {
  static const uint8_t masks[12] = {0x7f, 0x3f, 0x3f, 0x3f, 0, 0x1f, 0x0f, 0x0f, 0x0f, 0x07, 0x07, 0x07};
  int count = 0;
  uint32_t state = accept, letter = 0;
  for (int i = 0; i < length; ++i) {
    unsigned class = classes[text[i]];
    letter = state == accept ? text[i] & masks[class] : letter << 6 | (text[i] & 0x3f);
    uint32_t before = state;
    state = next_state[state][class];
    if (state == reject) {
      letters[count++] = 0xfffd;
      state = accept;
      if (before != accept) --i;  // this byte may begin a letter of its own
    } else if (state == accept) letters[count++] = letter;
  }
  if (state != accept) letters[count++] = 0xfffd;
  return count;
}

static __attribute__((noinline)) int decode_one(const uint8_t *text, int length, uint32_t *letter) {
  uint8_t first = text[0];
  *letter = 0xfffd;
  if (first < 0x80) return *letter = first, 1;
  int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4) return 1;
  uint32_t value = first & (0x3fu >> more);
  for (int i = 1; i <= more; ++i) {
    if (i >= length || (text[i] & 0xc0) != 0x80) return i;
    if (i == 1 && ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
                   (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f)))
      return 1;
    value = value << 6 | (text[i] & 0x3f);
  }
  *letter = value;
  return more + 1;
}

int encode(uint32_t letter, uint8_t *to) {
  if (letter < 0x80) return to[0] = (uint8_t)letter, 1;
  int more = letter < 0x800 ? 1 : letter < 0x10000 ? 2 : 3;
  for (int i = more; i > 0; --i, letter >>= 6) to[i] = (uint8_t)(0x80 | (letter & 0x3f));
  to[0] = (uint8_t)((0xf00u >> more & 0xff) | letter);
  return more + 1;
}
static int length_in_letters(const uint8_t *text, int length) {
  int count = 0;
  for (int i = 0; i < length; ++i) count += (text[i] & 0xc0) != 0x80;
  return count;
}
static unsigned width(uint32_t letter) {
  return letter < 32                                                               ? 0
         : letter - 0x300 < 0x70                                                   ? 0
         : letter - 0x1100 < 0x60 || letter - 0x2e80 < 0xa000 || letter >= 0x1f300 ? 2
                                                                                   : 1;
}

/// Digits 1, letters 2, operators 3, the point 5 and E 6; two classes to a byte, and a row of 4-bit states in a word.
static const uint8_t packed_classes[64] = {[20 ... 22] = 0x33, [23] = 0x35, [24 ... 28] = 0x11, [29 ... 30] = 0x33,
                                           [32] = 0x20, [33] = 0x22, [34] = 0x62, [35 ... 44] = 0x22, [45] = 0x02,
                                           [47 ... 48] = 0x20, [49] = 0x22, [50] = 0x62, [51 ... 60] = 0x22,
                                           [61] = 0x02};
/// Start, word, whole number, operator, fraction, after E, exponent.
static const uint32_t rows[8] = {0x1303120, 0x1303110, 0x5403120, 0x1303120, 0x5303140, 0x1306160, 0x1303160, 0};
static uint32_t tokens(const char *text) {
  uint32_t hash = 0, state = 0, starts = 0;
  for (; *text; ++text) {
    unsigned char c = (unsigned char)*text & 0x7f, class = packed_classes[c >> 1] >> (c & 1 ? 4 : 0) & 15;
    uint32_t next = rows[state & 7] >> 4 * class & 15;
    if (next != state) ++starts;
    state = next & 7;
    hash = hash * 33 + state * 8 + class;
  }
  return hash ^ starts << 24;
}

int main(void) {
  fill_tables();
  static const uint32_t samples[] = {0,      'A',    0x7f,   0x80,    0xe9,    0x7ff,    0x800, 0x20ac,
                                     0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600, 0x10ffff, 0x301, 0x1101};
  uint8_t text[64];
  uint32_t letters[80];
  for (int round = 0; round < 250; ++round) {
    int length = 0;
    for (int i = 0; i < 2 + round % 12; ++i)
      length += encode((uint32_t)opaque(samples[(i * i + round * 3) % 16]), text + length);
    if (round % 3) text[round * 5 % length] = (uint8_t)opaque((uint64_t)round * 61);
    if (round % 4 == 3) length -= 1 + round % 2;
    int count = decode_by_table(text, length, letters);
    mix(count), mix(length_in_letters(text, length));
    for (int i = 0; i < count; ++i) mix(letters[i]), mix(width(letters[i]));
    int same = 1, seen = 0;
    for (int at = 0; at < length; ++seen) {
      uint32_t letter;
      at += decode_one(text + at, length - at, &letter);
      same &= seen < count && letters[seen] == letter;
    }
    mix(same && seen == count);
  }
  static const char source[] = "x1 = 3.14*(y+27e5) - foo/0.5e1 ; bar42<=7.e2";
  for (unsigned i = 0; i < sizeof source; ++i) mix(tokens(source + opaque(i)));
  return report();
}
