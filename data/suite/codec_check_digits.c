// Check digits and sums of own making: a doubling rule, a permutation group of ten, polynomial remainders of 16
// and 24 bits by bits and by tables, sums that roll along a window, and a code that corrects one bit.
#include "checksum.h"

static int doubling_digit(const char *digits) {
  int sum = 0, twice = 1;
  for (size_t i = strlen(digits); i-- > 0; twice = !twice) {
    int d = digits[i] - '0';
    if (twice) d = d > 4 ? 2 * d - 9 : 2 * d;
    sum += d;
  }
  return sum * 9 % 10;
}

/// The symmetries of a pentagon: below five are rotations, the rest reflections.
static int combine(int a, int b) {
  return a < 5 ? (b < 5 ? (a + b) % 5 : (a + b) % 5 + 5) : (b < 5 ? (a - b + 5) % 5 + 5 : (a - b + 5) % 5);
}
static __attribute__((noinline)) int group_digit(const char *digits) {
  static const uint8_t start[10] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  int check = 0, place = 1;
  for (size_t i = strlen(digits); i-- > 0; ++place) {
    int d = digits[i] - '0';
    for (int k = place % 8; k > 0; --k) d = start[d];
    check = combine(check, d);
  }
  return check == 0 || check > 4 ? check : 5 - check;
}

static uint32_t remainder_bits(const uint8_t *v, int n, uint32_t polynomial, int width) {
  uint32_t top = 1u << (width - 1), state = 0x5a5a & (2 * top - 1);
  for (int i = 0; i < n; ++i)
    for (int bit = 7; bit >= 0; --bit) {
      uint32_t out = ((state & top) != 0) ^ (v[i] >> bit & 1);
      state = (state << 1 & (2 * top - 1)) ^ (out ? polynomial : 0);
    }
  return state;
}
static void fill_table(uint32_t table[256], uint32_t polynomial, int width) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t r = i << (width - 8);
    for (int bit = 0; bit < 8; ++bit) r = r >> (width - 1) & 1 ? r << 1 ^ polynomial : r << 1;
    table[i] = r & ((1u << width) - 1);
  }
}
uint32_t remainder_table(const uint8_t *v, int n, const uint32_t table[256], int width) {
  uint32_t mask = (1u << width) - 1, state = 0x5a5a & mask;
  while (n-- > 0) state = (state << 8 & mask) ^ table[(state >> (width - 8) ^ *v++) & 255];
  return state;
}

/// Two sums modulo 251, with the remainders taken late; and the same for a window that moves on by a byte.
static uint32_t pair_of_sums(const uint8_t *v, int n) {
  uint32_t a = 1, b = 0;
  while (n > 0) {
    int block = n < 37 ? n : 37;
    for (n -= block; block > 0; --block) a += *v++, b += a;
    a %= 251, b %= 251;
  }
  return b << 8 | a;
}
static __attribute__((noinline)) uint32_t roll(uint32_t sums, uint8_t out, uint8_t in, int n) {
  uint32_t a = sums & 255, b = sums >> 8;
  a = (a + in + 251 * 2 - out) % 251;
  b = (b + a + 251u * (unsigned)(n + 2) - (unsigned)n * out - 1) % 251;
  return b << 8 | a;
}
/// Eleven bits of data in fifteen, the places 1, 2, 4 and 8 hold parities, place 0 the parity of all.
static uint16_t protect(uint16_t data) {
  uint16_t word = 0;
  int place = 3, syndrome = 0;
  for (int bit = 0; bit < 11; ++bit, ++place) {
    while ((place & (place - 1)) == 0) ++place;
    if (data >> bit & 1) word |= (uint16_t)(1 << place), syndrome ^= place;
  }
  for (int k = 0; k < 4; ++k) word |= (uint16_t)((syndrome >> k & 1) << (1 << k));
  return (uint16_t)(word | __builtin_parity(word));
}
static int correct(uint16_t word, uint16_t *data) {  // how many bits were wrong, 2 meaning two or more
  int syndrome = 0, odd = __builtin_parity(word), result = 0, bit = 0;
  for (int place = 1; place < 16; ++place)
    if (word >> place & 1) syndrome ^= place;
  if (odd) word ^= (uint16_t)(1 << syndrome), result = 1;
  else if (syndrome) result = 2;
  *data = 0;
  for (int place = 3; place < 16; ++place)
    if (place & (place - 1)) *data |= (uint16_t)((word >> place & 1) << bit++);
  return result;
}

int main(void) {
  static const struct {
    uint32_t polynomial;
    int width;
  } kinds[] = {{0x8d95, 16}, {0x5d6dcb, 24}, {0x1b, 8}, {0x6815, 15}};
  uint8_t v[150];
  char digits[24];
  uint32_t table[256];
  uint64_t number = opaque(7);
  for (int i = 0; i < 150; ++i) v[i] = (uint8_t)opaque((uint64_t)(i * i * 11 + i % 3));
  for (int i = 0; i < 80; ++i, number = number * 11 + (unsigned)i) {
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (int change = 0; change < 3; ++change) {
      mix(doubling_digit(digits) * 10 + group_digit(digits));
      char *p = digits + i % (int)strlen(digits), t = p[0];
      if (change == 0) *p = (char)('0' + (t - '0' + 1 + i) % 10);
      else if (p[1]) p[0] = p[1], p[1] = t;
    }
    mix(pair_of_sums(v + i % 7, i));
    for (unsigned k = (unsigned)i % 4; k < 4; k += 3) {
      fill_table(table, kinds[k].polynomial, kinds[k].width);
      mix(remainder_bits(v, i, kinds[k].polynomial, kinds[k].width)), mix(remainder_table(v, i, table, kinds[k].width));
    }
  }
  uint32_t sums = pair_of_sums(v, 60);
  for (int i = 0; i + 60 < 150; ++i)
    sums = roll(sums, v[i], v[i + 60], 60), mix(sums), mix(sums == pair_of_sums(v + i + 1, 60));
  for (unsigned data = 0; data < 2048; data += 13) {
    uint16_t word = protect((uint16_t)opaque(data)), back;
    mix(word);
    for (unsigned wrong = 0; wrong < 3; ++wrong)
      mix(correct((uint16_t)(word ^ (wrong > 0) << data % 16 ^ (wrong > 1) << data / 16 % 16), &back)), mix(back);
  }
  return report();
}
