// A lexer by switches with ranges of characters, overlapping classes by the order of nesting, signed
// and unsigned characters, and ranges that touch the ends of their type.
#include "checksum.h"

enum kind { end_of_text, name, integer, real, string, symbol, comment, error };

struct token {
  enum kind kind;
  int from, length;
  uint64_t value;
};

static const char *text;
static int at;

// One case range after another, up to the last value of the type.
static __attribute__((noinline)) int class_of(unsigned char c) {
  switch (c) {
    case 0: return 0;
    case 1 ... 8: case 11 ... 31: return 9;
    case '\t' ... '\n': case ' ': return 1;
    case '0' ... '9': return 2;
    case 'a' ... 'f': case 'A' ... 'F': return 3;
    case 'g' ... 'z': case 'G' ... 'Z': case '_': return 4;
    case '"': return 5;
    case 0x80 ... 0xff: return 6;
    default: return 7;
  }
}

// The same by a signed type: the high bytes are negative and come first.
static int high_or_low(signed char c) {
  switch (c) {
    case -128 ... -65: return -2;
    case -64 ... -1: return -1;
    case 0 ... 63: return 0;
    case 64 ... 126: return 1;
    case 127: return 2;
  }
  return 99;
}

static int digit(char c) {
  switch (c) {
    case '0' ... '9': return c - '0';
    case 'a' ... 'f': return c - 'a' + 10;
    case 'A' ... 'F': return c - 'A' + 10;
  }
  return -1;
}

static struct token number(void) {
  struct token t = {integer, at, 0, 0};
  int base = 10, d;
  if (text[at] == '0') switch (text[at + 1]) {
      case 'x': case 'X': base = 16; at += 2; break;
      case 'b': base = 2; at += 2; break;
      case '0' ... '7': base = 8; ++at; break;
    }
  for (; (d = digit(text[at])) >= 0 && d < base; ++at) t.value = t.value * (unsigned)base + (unsigned)d;
  if (text[at] == '.' && base == 10) {
    t.kind = real;
    for (++at; (d = digit(text[at])) >= 0 && d < 10; ++at) t.value = t.value * 10 + (unsigned)d;
  }
  if (d >= 0) t.kind = error;
  return t;
}

static struct token next(void) {
  struct token t = {symbol, at, 0, 0};
again:
  t.from = at;
  switch (class_of((unsigned char)text[at])) {
    case 0: t.kind = end_of_text; break;
    case 1: ++at; goto again;
    case 2: t = number(); break;
    case 3 ... 4:
    case 6:
      t.kind = name;
      for (;; ++at) switch (class_of((unsigned char)text[at])) {
          case 2 ... 4: case 6: t.value = t.value * 31 + (unsigned char)text[at]; continue;
          default: goto done;
        }
    case 5:
      t.kind = string;
      while (text[++at] != '"') {
        if (!text[at]) {
          t.kind = error;
          goto done;
        }
        if (text[at] == '\\' && text[at + 1]) ++at;
        t.value = t.value * 7 + (unsigned char)text[at];
      }
      ++at;
      break;
    case 7:
      if (text[at] == '#') {
        t.kind = comment;
        while (text[at] && text[at] != '\n') ++at;
        break;
      }
      t.value = (unsigned char)text[at++];
      break;
    default: t.kind = error; ++at;
  }
done:
  t.length = at - t.from;
  return t;
}

int main(void) {
  static const char *const texts[] = {"", "\xc3x1 = 0x1Fg + 0xab 0b1.5 1.5e7 + 0b101 # tail", "\"a\\\"b\" 12.50 012 09 0 7.", "caf\xc3\xa9 _z\t\x01\x7f \"open",
                                      "if(a<=10){b[0X0]=0b2;}\n#only\n..", "0 0x 00 1.2.3 \"\" \"\\\\\" \"\\"};
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; ++i) {
    struct token t;
    text = texts[opaque(i)];
    at = 0;
    do {
      t = next();
      mix(t.kind);
      mix((uint64_t)(t.from * 100 + t.length));
      mix(t.value);
    } while (t.kind != end_of_text);
  }
  for (int c = 0; c < 256; ++c) mix((uint64_t)(class_of((unsigned char)opaque((unsigned)c)) * 8 + high_or_low((signed char)opaque_int(c))));
  return report();
}
