// Multi-word numbers: addition and subtraction with carries through the builtins and by comparison, multiplication
// by words and by numbers, division by words, comparison, and decimal output of factorials and powers.
#include "checksum.h"

enum { most_words = 20 };

struct number {
  int count;  // words in use; no leading zero words
  uint32_t words[most_words];
};

static void trim(struct number *n) {
  while (n->count && n->words[n->count - 1] == 0) --n->count;
}

static void add(struct number *to, const struct number *by) {
  uint32_t carry = 0;
  int count = to->count > by->count ? to->count : by->count;
  for (int i = 0; i < count; ++i) {
    uint32_t a = i < to->count ? to->words[i] : 0, b = i < by->count ? by->words[i] : 0, sum;
    uint32_t first = __builtin_add_overflow(a, b, &sum);
    carry = first | __builtin_add_overflow(sum, carry, &sum);
    to->words[i] = sum;
  }
  if (carry && count < most_words) to->words[count++] = 1;
  to->count = count;
}

/// Leaves the difference, and returns whether the second number was the greater one.
static __attribute__((noinline)) int subtract(struct number *from, const struct number *by) {
  uint32_t borrow = 0;
  for (int i = 0; i < from->count; ++i) {
    uint32_t a = from->words[i], b = i < by->count ? by->words[i] : 0;
    from->words[i] = a - b - borrow;
    borrow = a < b || (a == b && borrow);
  }
  int below = borrow || by->count > from->count;
  trim(from);
  return below;
}

void multiply_word(struct number *n, uint32_t factor, uint32_t addend) {
  uint64_t carry = addend;
  for (int i = 0; i < n->count; ++i) {
    carry += (uint64_t)n->words[i] * factor;
    n->words[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry && n->count < most_words) n->words[n->count++] = (uint32_t)carry;
  trim(n);
}

static uint32_t divide_word(struct number *n, uint32_t divisor) {
  uint64_t rest = 0;
  for (int i = n->count; i-- > 0;) {
    rest = rest << 32 | n->words[i];
    n->words[i] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  trim(n);
  return (uint32_t)rest;
}

static __attribute__((noinline)) struct number product(const struct number *a, const struct number *b) {
  struct number result = {0};
  for (int i = 0; i < a->count; ++i) {
    uint32_t carry = 0;
    int j = 0;
    for (; j < b->count && i + j < most_words; ++j) {
      uint64_t term = (uint64_t)a->words[i] * b->words[j] + result.words[i + j] + carry;
      result.words[i + j] = (uint32_t)term;
      carry = (uint32_t)(term >> 32);
    }
    if (i + j < most_words) result.words[i + j] = carry;
  }
  result.count = a->count + b->count < most_words ? a->count + b->count : most_words;
  trim(&result);
  return result;
}

static int compare(const struct number *a, const struct number *b) {
  if (a->count != b->count) return a->count < b->count ? -1 : 1;
  for (int i = a->count; i-- > 0;)
    if (a->words[i] != b->words[i]) return a->words[i] < b->words[i] ? -1 : 1;
  return 0;
}

static void print(struct number n) {
  char text[220], *at = text + sizeof text - 1;
  *at = 0;
  do {
    uint32_t part = divide_word(&n, 1000000000);
    for (int i = 0; i < 9 && (n.count || part || i == 0); ++i, part /= 10) *--at = (char)('0' + part % 10);
  } while (n.count);
  mix_text(at);
}

int main(void) {
  struct number factorial = {1, {(uint32_t)opaque(1)}}, previous = {0}, sum = {0};
  for (uint32_t i = 1; i <= 60; ++i) {
    multiply_word(&factorial, i, 0);
    add(&sum, &factorial);
    print(factorial);
    mix(compare(&factorial, &previous));
    previous = sum;
  }
  struct number old = {0}, young = {1, {(uint32_t)opaque(1)}};
  for (int i = 0; i < 400; ++i) {  // Fibonacci numbers, with checks of the identity for neighbours
    struct number next = old;
    add(&next, &young);
    if (i % 16 == 0 && i < 256) {
      struct number square = product(&young, &young), cross = product(&old, &next), difference = square;
      mix(subtract(&difference, &cross));
      mix(difference.count), mix(difference.count ? difference.words[0] : 0);
    }
    old = young, young = next;
    if (next.count > 4) next.count = 4;
    mix(divide_word(&next, 97));
  }
  print(young);
  for (uint32_t base = 2; base < 40; base += 7) {
    struct number power = {1, {1}}, down = {0};
    for (int i = 0; i < 50; ++i) multiply_word(&power, (uint32_t)opaque(base), (uint32_t)i % 2);
    down = power;
    while (down.count) mix(divide_word(&down, base * base + 1));
    print(power);
    mix(subtract(&power, &sum)), print(power);
  }
  return report();
}
