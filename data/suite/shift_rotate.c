// Rotations of 8, 16, 32 and 64 bits to both sides by constants and variables, written in the forms that are
// recognised as rotations and in forms that are not (or must not be), inside a mixing function and a small cipher.
#include "checksum.h"

static uint32_t left32(uint32_t value, unsigned amount) { return value << (amount & 31) | value >> (-amount & 31); }
static uint32_t right32(uint32_t value, unsigned amount) {
  return amount %= 32, amount ? value >> amount | value << (32 - amount) : value;
}
static uint64_t left64(uint64_t value, unsigned amount) {
  return (value << (amount & 63)) + (value >> (63 - (amount & 63)) >> 1);
}
static uint8_t left8(uint8_t value, unsigned amount) {
  return (uint8_t)(value << (amount & 7) | value >> (-amount & 7));
}
static __attribute__((noinline)) uint16_t right16(uint16_t value, unsigned amount) {
  unsigned doubled = value * 0x10001u;
  return (uint16_t)(doubled >> (amount & 15));
}
/// Nearly rotations: a wrong mask, a sign that is copied, two different words.
static uint32_t near_rotation(uint32_t value, unsigned amount) {
  return value << (amount & 31) | value >> (-amount & 15);
}
static uint32_t signed_rotation(uint32_t value, unsigned amount) {
  return value << (amount & 31) | (uint32_t)((int32_t)value >> (-amount & 31));
}
uint32_t funnel(uint32_t high, uint32_t low, unsigned amount) {
  return (uint32_t)(((uint64_t)high << 32 | low) << (amount & 31) >> 32);
}
static uint16_t wide_rotation(uint16_t value, unsigned amount) {
  return (uint16_t)((unsigned)value << amount | value >> (16 - amount));
}

static __attribute__((noinline)) uint64_t one_at_a_time(uint64_t value, int steps) {
  for (; steps > 0; --steps) value = value >> 63 | value << 1;
  for (; steps < 0; ++steps) value = value << 63 | value >> 1;
  return value;
}

#define QUARTER(a, b, c, d) \
  a += b, d = left32(d ^ a, 17), c += d, b = left32(b ^ c, 11), \
  a += b, d = left32(d ^ a, 9), c += d, b = left32(b ^ c, 5)

static void scramble(uint32_t state[8], int rounds) {
  for (int i = 0; i < rounds; ++i) {
    QUARTER(state[0], state[2], state[4], state[6]);
    QUARTER(state[1], state[3], state[5], state[7]);
    uint32_t first = state[0];
    for (int j = 0; j < 7; ++j) state[j] = state[j + 1] ^ (uint32_t)i;
    state[7] = first;
  }
}

/// A block of two words, encrypted with rotations by amounts that depend on the data, and decrypted again.
struct key {
  uint32_t words[10];
};

static void encrypt(const struct key *key, uint32_t *a, uint32_t *b) {
  *a += key->words[0], *b += key->words[1];
  for (int i = 2; i < 10; i += 2) {
    *a = left32(*a ^ *b, *b) + key->words[i];
    *b = left32(*b ^ *a, *a) + key->words[i + 1];
  }
}

static __attribute__((noinline)) void decrypt(const struct key *key, uint32_t *a, uint32_t *b) {
  for (int i = 8; i >= 2; i -= 2) {
    *b = right32(*b - key->words[i + 1], *a) ^ *a;
    *a = right32(*a - key->words[i], *b) ^ *b;
  }
  *a -= key->words[0], *b -= key->words[1];
}

/// The smallest of all rotations of a byte, and how many different ones there are.
static unsigned necklace(uint8_t byte) {
  uint8_t least = byte, turned = byte;
  unsigned period = 0;
  do {
    turned = left8(turned, 1);
    if (turned < least) least = turned;
    ++period;
  } while (turned != byte);
  return period << 8 | least;
}

int main(void) {
  uint64_t value = opaque(0x0123456789abcdef);
  for (unsigned i = 0; i < 140; ++i) {
    unsigned amount = (unsigned)opaque(i);
    value = value * 0xd1342543de82ef95u + i;
    uint32_t word = (uint32_t)(value >> 20);
    mix(left32(word, amount) | (uint64_t)right32(word, amount) << 32);
    mix(left64(value, amount)), mix(left64(left64(value, amount), 64 - amount % 64));
    mix(left8((uint8_t)word, amount) | (uint64_t)right16((uint16_t)word, amount) << 8 |
        (uint64_t)wide_rotation((uint16_t)word, amount % 16 + 1) << 24);
    mix(near_rotation(word, amount) ^ (uint64_t)signed_rotation(word, amount) << 32);
    mix(funnel(word, (uint32_t)value, amount) ^ (uint64_t)funnel(word, word, amount) << 32);
    mix(one_at_a_time(value, (int)amount - 70));
    mix(left32(left32(word, 13), 7) + left32(left32(word, 30), 2) + right32(left32(word, 9), 9));
  }
  uint32_t state[8];
  for (uint32_t i = 0; i < 8; ++i) state[i] = (uint32_t)opaque(i * 0x9e3779b9u);
  for (int rounds = 0; rounds < 24; rounds = rounds * 2 + 1) {
    scramble(state, rounds);
    for (int i = 0; i < 8; ++i) mix(state[i]);
  }
  struct key key;
  memset(&key, 0x3b, sizeof key);
  for (int i = 0; i < 10; ++i) key.words[i] += state[i % 8] >> i;
  for (uint32_t i = 0; i < 80; ++i) {
    uint32_t a = i * 0x01000193, b = (uint32_t)opaque(~i);
    encrypt(&key, &a, &b);
    mix((uint64_t)a << 32 | b);
    if (i % 4 == 0) b ^= 1u << (i % 32);
    decrypt(&key, &a, &b);
    mix((uint64_t)a << 32 | b);
  }
  for (int byte = 0; byte < 256; ++byte) mix(necklace((uint8_t)opaque_int(byte)));
  return report();
}
