// Unions: a tagged value whose members overlap, bytes and words that look at one another, and the bits of doubles
// taken apart through a union; each is written by one member and read by another, also in copies and loops.
#include "checksum.h"

union bits64 {
  double real;
  uint64_t whole;
  int64_t signed_whole;
  uint32_t halves[2];
  uint16_t quarters[4];
  uint8_t bytes[8];
  float singles[2];
  struct {
    uint64_t fraction : 52, exponent : 11, sign : 1;
  } parts;
};

enum kind { kind_none, kind_integer, kind_real, kind_text, kind_pair };

struct value {
  enum kind kind;
  union {
    int64_t integer;
    double real;
    char text[12];
    struct {
      int16_t first;
      int32_t second;
    } pair;
  } as;
};

static struct value convert(struct value v, enum kind to) {
  struct value result;
  memset(&result, 0, sizeof result);
  result.kind = to;
  int64_t number = v.kind == kind_integer ? v.as.integer
                   : v.kind == kind_real  ? (int64_t)v.as.real
                   : v.kind == kind_text  ? v.as.text[0] * 256 + v.as.text[1]
                   : v.kind == kind_pair  ? v.as.pair.first + (int64_t)v.as.pair.second
                                          : 0;
  switch (to) {
  case kind_integer: result.as.integer = number; break;
  case kind_real: result.as.real = v.kind == kind_real ? v.as.real / 2 : (double)number + 0.5; break;
  case kind_text:
    for (int i = 0; i < 11; ++i, number /= 26) result.as.text[i] = (char)('a' + (number % 26 + 26) % 26);
    break;
  case kind_pair:
    result.as.pair.first = (int16_t)(number >> 32);
    result.as.pair.second = (int32_t)number;
    break;
  default: break;
  }
  return result;
}

/// Changes a double through its parts.
static __attribute__((noinline)) double tinker(double real, int how) {
  union bits64 u = {.real = real};
  switch (how) {
  case 0: u.parts.sign ^= 1; break;
  case 1: u.parts.exponent += 3; break;
  case 2: u.halves[0] = ~u.halves[0]; break;
  case 3: u.bytes[7] &= 0x7f; u.bytes[0] |= 1; break;
  case 4: u.whole += u.quarters[3] & 1 ? 1 : 2; break;
  case 5: u.parts.fraction >>= 1; break;
  case 6: u.parts.exponent = 1023; return u.real - 1;
  default: return u.signed_whole < 0 ? -u.real : u.real * (u.parts.exponent > 1023 ? 0.5 : 2.0);
  }
  return u.real;
}

/// Interleaved writes to small members and reads of large ones.
uint64_t overlapping(union bits64 *u, int rounds) {
  uint64_t sum = 0;
  for (int i = 0; i < rounds; ++i) {
    u->bytes[i % 8] = (uint8_t)(i * 37);
    sum += u->whole;
    u->quarters[i % 4] ^= (uint16_t)(sum >> 40);
    u->halves[i & 1] += u->bytes[(i + 3) % 8];
    if (i % 5 == 2) u->signed_whole >>= 3;
    sum ^= u->halves[1] * 3u + u->quarters[0];
  }
  return sum;
}

/// Sorts doubles by their bits as integers.
static void sort_by_bits(double *list, int count) {
  union bits64 a, b;
  for (int i = 1; i < count; ++i)
    for (int j = i; j > 0; --j) {
      a.real = list[j - 1], b.real = list[j];
      int64_t x = a.signed_whole ^ (int64_t)((uint64_t)(a.signed_whole >> 63) >> 1);
      int64_t y = b.signed_whole ^ (int64_t)((uint64_t)(b.signed_whole >> 63) >> 1);
      if (x <= y) break;
      list[j - 1] = b.real, list[j] = a.real;
    }
}

int main(void) {
  static const double reals[] = {0.0, -0.0, 1.0, -1.0, 1.5, -2.75, 1e100, -1e-100, 3.14159, 123456789.0, -0.1, 7e-5};
  struct value v = {kind_integer, {.integer = (int64_t)opaque(123456789012)}};
  for (int i = 0; i < 150; ++i) {
    v = convert(v, (enum kind)((i * 7 + i / 11) % 5));
    if (i % 23 == 5) v = (struct value){kind_text, {.text = "hello"}};
    mix(v.kind);
    if (v.kind == kind_integer) mix(v.as.integer);
    if (v.kind == kind_real) mix_double(v.as.real);
    if (v.kind == kind_text) mix_text(v.as.text);
    if (v.kind == kind_pair) mix(v.as.pair.first), mix(v.as.pair.second);
  }
  volatile double one = 1.0;
  double list[12];
  for (int i = 0; i < 12; ++i) {
    for (int how = 0; how < 8; ++how) mix_double(tinker(reals[i] * one, how));
    list[i] = reals[i] * one;
    sort_by_bits(list, i + 1);
    for (int j = 0; j <= i; ++j) mix_double(list[j]);
    union bits64 u = {.real = reals[i]};
    mix(overlapping(&u, i * 3)), mix(u.whole);
  }
  return report();
}
