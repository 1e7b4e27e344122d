// Division of multi-word numbers by multi-word numbers, with an estimated quotient digit that is corrected once or
// twice, in 16-bit words so that the rare corrections happen; each result is multiplied back and compared.
#include "checksum.h"

typedef uint16_t word;

static int leading_zeros(word value) {
  int count = 0;
  while (!(value & 0x8000)) value = (word)(value << 1), ++count;
  return count;
}

static word shift_up(word *to, const word *from, int count, int amount) {
  word carry = 0;
  for (int i = 0; i < count; ++i) {
    uint32_t wide = (uint32_t)from[i] << amount | carry;
    to[i] = (word)wide;
    carry = (word)(wide >> 16);
  }
  return carry;
}

static __attribute__((noinline)) void shift_down(word *words, int count, int amount) {
  for (int i = 0; i < count; ++i) {
    uint32_t above = i + 1 < count ? words[i + 1] : 0;
    words[i] = (word)((above << 16 | words[i]) >> amount);
  }
}

struct corrections {
  int estimate, borrow;
};

/// Needs a divisor of two words or more, with its top word not zero, and no longer than the dividend.
static void divide(word *quotient, word *rest, const word *dividend, int m, const word *divisor, int n,
                   struct corrections *seen) {
  word u[12], v[12];
  int amount = leading_zeros(divisor[n - 1]);
  shift_up(v, divisor, n, amount);
  u[m] = shift_up(u, dividend, m, amount);
  for (int j = m - n; j >= 0; --j) {
    uint32_t top = (uint32_t)u[j + n] << 16 | u[j + n - 1];
    uint32_t digit = top / v[n - 1], left = top % v[n - 1];
    while (digit > 0xffff || digit * v[n - 2] > (left << 16 | u[j + n - 2])) {
      --digit;
      ++seen->estimate;
      left += v[n - 1];
      if (left > 0xffff) break;
    }
    int64_t borrow = 0;
    for (int i = 0; i < n; ++i) {
      int64_t difference = (int64_t)u[i + j] - borrow - (int64_t)(digit * v[i] & 0xffff);
      u[i + j] = (word)difference;
      borrow = (int64_t)(digit * v[i] >> 16) - (difference >> 16);
    }
    int64_t last = (int64_t)u[j + n] - borrow;
    u[j + n] = (word)last;
    if (last < 0) {  // one too many: give one divisor back
      --digit;
      ++seen->borrow;
      uint32_t carry = 0;
      for (int i = 0; i < n; ++i) {
        carry += (uint32_t)u[i + j] + v[i];
        u[i + j] = (word)carry;
        carry >>= 16;
      }
      u[j + n] = (word)(u[j + n] + carry);
    }
    quotient[j] = (word)digit;
  }
  shift_down(u, n, amount);
  memcpy(rest, u, (size_t)n * sizeof *rest);
}

/// quotient * divisor + rest, which must give the dividend again.
int multiplies_back(const word *quotient, const word *rest, const word *dividend, int m, const word *divisor, int n) {
  word total[24] = {0};
  memcpy(total, rest, (size_t)n * sizeof *rest);
  for (int i = 0; i <= m - n; ++i) {
    uint32_t carry = 0;
    for (int j = 0; j < n || carry; ++j) {
      carry += (uint32_t)total[i + j] + (j < n ? (uint32_t)quotient[i] * divisor[j] : 0);
      total[i + j] = (word)carry;
      carry >>= 16;
    }
  }
  for (int i = m; i < 24; ++i)
    if (total[i]) return 0;
  return memcmp(total, dividend, (size_t)m * sizeof *total) == 0;
}

int main(void) {
  static const word pieces[] = {0, 0xffff, 0x8000, 1, 0x7fff, 0xfffe, 0x8001, 2, 0, 0xffff};
  uint32_t state = (uint32_t)opaque(77);
  struct corrections seen = {0, 0};
  for (int round = 0; round < 500; ++round) {
    word dividend[12], divisor[12], quotient[12], rest[12];
    int m = 2 + round % 9, n = 2 + round / 9 % (m - 1);
    for (int i = 0; i < 12; ++i) {
      state = state * 1103515245u + 12345u;
      dividend[i] = state >> 30 ? pieces[(state >> 16) % 10] : (word)(state >> 14);
      divisor[i] = state >> 28 & 3 ? pieces[(state >> 20) % 10] : (word)(state >> 12);
    }
    if (divisor[n - 1] == 0) divisor[n - 1] = (word)(round % 3 ? 0x8000 : 1);
    divide(quotient, rest, dividend, m, divisor, n, &seen);
    for (int i = 0; i <= m - n; ++i) mix(quotient[i]);
    for (int i = 0; i < n; ++i) mix(rest[i]);
    mix(multiplies_back(quotient, rest, dividend, m, divisor, n));
  }
  mix(seen.estimate), mix(seen.borrow);
  return report();
}
