// State machines whose states are labels: a numeral checker, a tokenizer with pushed-back input, an
// escape decoder with sub-states, and a controller whose timers jump across.
#include "checksum.h"

// States of a decimal numeral with fraction and exponent; -1 when refused, else digits and exponent.
static __attribute__((noinline)) long numeral(const char *s) {
  long digits = 0, exponent = 0;
  int places = 0, negative = 0, down = 0;
start:
  if (*s == '-') {
    negative = !negative;
    ++s;
    goto need_digit;
  }
  if (*s == ' ') { ++s; goto start; }
need_digit:
  if (*s == '.') goto point_first;
  if (*s < '0' || *s > '9') return -1;
whole:
  digits = digits * 10 + (*s++ - '0');
  if (*s >= '0' && *s <= '9') goto whole;
  if (*s == '.') { ++s; goto fraction; }
  goto maybe_exponent;
point_first:
  ++s;
  if (*s < '0' || *s > '9') return -1;
fraction:
  if (*s >= '0' && *s <= '9') { digits = digits * 10 + (*s++ - '0'); ++places; goto fraction; }
maybe_exponent:
  if (*s == 'e' || *s == 'E') {
    ++s;
    down = *s == '-';
    if (down || *s == '+') ++s;
    if (*s < '0' || *s > '9') return -1;
    goto power;
  }
finish:
  if (*s == ' ') { ++s; goto finish; }
  if (*s) return -1;
  return (negative ? -digits : digits) * 1000 + (down ? -exponent : exponent) - places;
power:
  exponent = exponent * 10 + (*s++ - '0');
  if (*s >= '0' && *s <= '9' && exponent < 100) goto power;
  goto finish;
}

// Quoted and bare words; a doubled quote stands for itself, which needs a look ahead.
static int split(const char *s, char *to) {
  int words = 0;
  char c;
between:
  c = *s++;
  if (c == ' ' || c == ',') goto between;
  if (!c) goto done;
  ++words;
  if (c == '\'') goto quoted;
bare:
  *to++ = c;
  c = *s++;
  if (c && c != ' ' && c != ',' && c != '\'') goto bare;
  --s;
  goto close;
quoted:
  c = *s++;
  if (!c) { --s; words += 100; goto close; }
  if (c != '\'') {
  literal: *to++ = c; goto quoted;
  }
  if (*s == '\'') { ++s; goto literal; }
close:
  *to++ = '|';
  goto between;
done:
  *to = 0;
  return words;
}

// A heater: off, warming, hot, cooling; each state counts its own time and may be left by two ways.
uint64_t heater(const int8_t *readings, int count, int low, int high) {
  int at = 0, on = 0, timer;
  uint64_t trace = 0;
off:
  if (at == count) goto end;
  if (readings[at++] >= low) goto off;
  timer = 3;
warming:
  trace = trace * 7 + 1;
  ++on;
  if (at == count) goto end;
  if (readings[at++] > high) goto hot;
  if (--timer) goto warming;
  trace ^= 0x5000;
  if (on > 5) goto off;
hot:
  trace = trace * 7 + 2;
  for (timer = 0; at < count && readings[at] > high; ++at, ++timer)
    if (timer == 4) goto cooling;
  if (at == count) goto end;
  if (readings[at++] >= low) goto off;
cooling:
  trace = trace * 7 + 3;
  if (at + 2 >= count) goto end;
  at += 2;
  if (readings[at] < low) goto warming_again;
  if (readings[at] > high) goto cooling;
  goto off;
warming_again:
  timer = 1;
  goto warming;
end:
  return trace << 8 | (uint64_t)on;
}

int main(void) {
  static const char *const numerals[] = {"0", "-12.5e3", "  7", ".5", ".", "-:", "1.", "3e", "3e+7x", "12 e5", "8e-123456", "--1", "1.5.", "/", "3e:", "./", " -.25E-2  "};
  static const char *const lists[] = {"", "one two,three", "'a b' c''d 'it''s'", "'open", ",, ,", "''", "x'y'z'", "' '''"};
  char to[64];
  for (unsigned i = 0; i < 17; ++i) mix((uint64_t)numeral(numerals[opaque(i)]));
  for (unsigned i = 0; i < 8; ++i) {
    mix((uint64_t)split(lists[opaque(i)], to));
    mix_text(to);
  }
  for (int round = 0; round < 60; ++round) {
    int8_t readings[40];
    for (int i = 0; i < 40; ++i) readings[i] = (int8_t)((i * (round % 11 + 1) * 7 + round * 3) % (40 + round) - 10);
    mix(heater(readings, opaque_int(round * 2 % 41), round % 12, round % 12 + 8));
  }
  return report();
}
