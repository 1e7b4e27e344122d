// Validation with many early returns through several layers of small functions, whose error codes are
// passed on, translated or dropped, and whose outputs are partly written when they fail.
#include "checksum.h"

enum status { ok, short_input, bad_magic, bad_length, bad_sum, too_deep, not_found, warned };

struct view {
  const uint8_t *at, *end;
};

struct item {
  uint8_t kind, flags;
  uint16_t length;
  uint32_t value;
};

#define TRY(expression)                   \
  do {                                    \
    enum status s_ = (expression);        \
    if (s_ != ok && s_ != warned) return s_; \
  } while (0)

static enum status byte(struct view *v, uint8_t *to) {
  if (v->at == v->end) return short_input;
  *to = *v->at++;
  return ok;
}

static enum status word(struct view *v, uint16_t *to) {
  uint8_t high, low;
  TRY(byte(v, &high));
  TRY(byte(v, &low));
  *to = (uint16_t)((high == 0xee ? 0 : high) << 8 | low);
  return high == 0xee ? warned : ok;
}

static __attribute__((noinline)) enum status header(struct view *v, struct item *to) {
  TRY(byte(v, &to->kind));
  if ((to->kind & 0xf0) != 0x50) return bad_magic;
  TRY(byte(v, &to->flags));
  enum status s = word(v, &to->length);
  if (s == short_input && to->flags & 1) to->length = 1;
  else if (s == short_input) return s;
  if (to->length > v->end - v->at) return bad_length;
  return s == warned ? warned : ok;
}

// Goes down into nested items; what the inner levels found is summed even when the outer one fails.
static enum status parse(struct view *v, unsigned depth, uint32_t *sum, unsigned *count) {
  struct item item = {0, 0, 0, 0};
  if (depth > 3) return too_deep;
  enum status s = header(v, &item);
  if (s == bad_magic && depth > 0) return ok;
  if (s != ok && s != warned) return s;
  struct view body = {v->at, v->at + item.length};
  ++*count;
  switch (item.kind & 3) {
    case 0:
      while (body.at < body.end) {
        uint8_t b;
        TRY(byte(&body, &b));
        item.value = item.value * 3 + b;
      }
      break;
    case 1:
      do TRY(parse(&body, depth + 1, &item.value, count));
      while (body.at < body.end && item.flags & 2);
      break;
    case 2: {
      uint16_t expected;
      enum status inner = word(&body, &expected);
      if (inner == short_input) return s == warned ? warned : bad_sum;
      for (uint8_t b; byte(&body, &b) == ok;) item.value += b;
      if ((item.value ^ expected) & 3 && !(item.flags & 4)) return bad_sum;
      break;
    }
    default: return item.flags & 8 ? ok : not_found;
  }
  *sum = *sum * 31 + item.value;
  v->at += item.length;
  return s;
}

// The first field that fails decides; the later ones are not looked at. All run in the last function.
static int check_range(int x, int low, int high, int code) { return x < low ? -code : x > high ? code : 0; }

int check_date(int year, int month, int day, int *days) {
  int bad;
  if ((bad = check_range(year, 1583, 9999, 1))) return bad;
  if ((bad = check_range(month, 1, 12, 2))) return bad;
  *days = month == 2 ? 28 + (year % 4 == 0 && (year % 100 || year % 400 == 0)) : 30 + ((month ^ month >> 3) & 1);
  if ((bad = check_range(day, 1, *days, 3))) return bad;
  return year == 1583 ? 4 : 0;
}

int main(void) {
  uint8_t bytes[64];
  unsigned seen[8] = {0};
  uint32_t seed = (uint32_t)opaque(11);
  for (int round = 0; round < 400; ++round) {
    for (unsigned i = 0; i < sizeof bytes; ++i) {
      seed = seed * 134775813u + 1;
      bytes[i] = (uint8_t)(seed >> 24);
      if (i % 4 == 0) bytes[i] = (uint8_t)(0x50 | (bytes[i] & (round & 1 ? 1 : 3)));
      if (i % 4 == 2) bytes[i] = round % 9 == 8 ? 0xee : 0;
      if (i % 4 == 3) bytes[i] = (uint8_t)(bytes[i] % (48 - i / 2));
    }
    if (round % 17 == 0) bytes[0] = (uint8_t)round;
    for (unsigned i = 0; round % 19 == 5 && i < 64; i += 4) bytes[i] = 0x51, bytes[i + 3] = (uint8_t)(54 - i / 4 * (round % 5 + 4) % 50);
    struct view v = {bytes, bytes + round % 65};
    uint32_t sum = 1;
    unsigned count = 0;
    enum status s = parse(&v, 0, &sum, &count);
    ++seen[s];
    mix(s);
    mix(sum);
    mix(count * 100 + (unsigned)(v.at - bytes));
  }
  static const int years[] = {1582, 1583, 1600, 1700, 1996, 1999, 9999, 10000};
  for (int i = 0; i < 8 * 14 * 7; ++i) {
    int days = -1;
    mix((uint64_t)check_date(years[i % 8], opaque_int(i / 8 % 14), i / 8 / 14 * 6 - 2 + i % 3, &days) * 64 + (uint64_t)days);
  }
  for (int i = 0; i < 8; ++i) mix(seen[i]);
  return report();
}
