// Switches on scattered values, which become trees of comparisons: extreme and negative keys,
// neighbours of keys, clusters between gaps, and signed against unsigned order.
#include "checksum.h"

static __attribute__((noinline)) int tag_of(uint32_t code) {
  switch (code) {
    case 0: return 1;
    case 7: return 2;
    case 0x41424344: return 3;
    case 0x44434241: return 4;
    case 0x7fffffff: return 5;
    case 0x80000000: return 6;
    case 0x80000001: return 7;
    case 0xdeadbeef: return 8;
    case 0xfffffffe: return 9;
    case 0xffffffff: return 10;
    default: return 0;
  }
}

// The same places as signed numbers: the order of the tree is another.
static int signed_tag(int32_t code) {
  int tag = 100;
  switch (code) {
    case INT32_MIN: ++tag; break;
    case INT32_MIN + 1: tag += 2; break;
    case -2: tag += 3; break;
    case -1: tag += 4; break;
    case 0: tag += 5; break;
    case 7: tag += 6; break;
    case 1094861636: tag += 7; break;
    case INT32_MAX: tag += 8; break;
  }
  return tag;
}

// Clusters that are worth a table each, one bit test, and single keys in between.
static unsigned clusters(int x) {
  switch (x) {
    case -300: return 1;
    case -12: case -10: case -8: case -7: case -3: return 2;
    case 100: return 31;
    case 101: return 37;
    case 102: return 41;
    case 103: return 43;
    case 104: return 31;
    case 105: return 53;
    case 5000: case 5002: case 5004: case 5031: return 3;
    case 5001: case 5003: return 4;
    case 70000: return 5;
  }
  return 6;
}

// A price list by product number, with effects in the arms and two arms that call.
static int stock[4];

static __attribute__((noinline)) int reorder(int which, int amount) {
  stock[which & 3] += amount;
  return stock[which & 3] * 2;
}

int sell(int product, int amount) {
  int price;
  switch (product) {
    case 10017: price = 250; break;
    case 10171: price = 99; stock[0] -= amount; break;
    case 11003: price = reorder(1, 5); break;
    case 20480: price = 1250; stock[2] -= 2 * amount; amount += amount > 10; break;
    case 20481: price = 1250; stock[2] -= amount; break;
    case 90210: price = amount > 3 ? reorder(3, -amount) : 17; break;
    default: return -1;
  }
  return price * amount;
}

// The value comes from a computation that keeps only some keys possible.
static int masked(uint32_t x) {
  switch (x & 0x8421) {
    case 0x8421: return 15;
    case 0x8400: return 12;
    case 0x0021: return 3;
    case 0x0020: return 2;
    case 0x8001: return 9;
    case 0x0802: return 77;  // cannot be
    default: return (int)(x % 7) + 20;
  }
}

// Characters packed in a word as they stand in a text.
static int keyword(const char *s) {
  uint64_t word = 0;
  for (int i = 0; i < 8 && s[i]; ++i) word = word << 8 | (unsigned char)s[i];
  switch (word) {
    case 0x6966: return 1;              // if
    case 0x656c7365: return 2;          // else
    case 0x7768696c65: return 3;        // while
    case 0x72657475726e: return 4;      // return
    case 0x636f6e74696e7565: return 5;  // continue
    case 0: return 6;
  }
  return 0;
}

int main(void) {
  static const uint32_t keys[] = {0,          7,          0x41424344, 0x44434241, 0x7fffffff, 0x80000000, 0xdeadbeef,   (uint32_t)-300,
                                  (uint32_t)-8, 100,        104,        5000,       5003,       5031,       70000,        10017,
                                  10171,      11003,      20480,      90210,      0x8421,     0x8400,     0x21,         0xfffffffe};
  static const char *const words[] = {"if", "else", "while", "return", "continue", "continued", "", "elsf", "fi", "iff"};
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; ++i)
    for (uint32_t near = 0; near < 14; ++near) {
      uint32_t key = (uint32_t)opaque(keys[i] + near - 5);
      mix((uint64_t)(tag_of(key) * 1000 + signed_tag((int32_t)key)));
      mix(clusters((int)key));
      mix((uint64_t)sell((int)key, (int)(near + i) % 17));
      mix((uint64_t)sell((int)key, (int)near % 3));
      mix((uint64_t)masked(key * (near | 1)));
    }
  for (int i = 0; i < 4; ++i) mix((uint64_t)stock[i]);
  for (unsigned i = 0; i < 10; ++i) mix((uint64_t)keyword(words[opaque(i)]));
  return report();
}
