// Keys that an optimiser shifts, rotates, subtracts or inverts before the jump: multiples, powers of
// two, a tested value that is itself a product, a sum, a difference, an exclusive or, a selection.
#include "checksum.h"

// All keys are multiples of 16 with an offset; the values between must go to the default.
static __attribute__((noinline)) int spaced(unsigned x) {
  switch (x) {
    case 0x105: return 3;
    case 0x115: return 14;
    case 0x125: return 15;
    case 0x135: return 92;
    case 0x145: return 65;
    case 0x155: return 35;
    case 0x165: return 89;
  }
  return -1;
}

// One bit each: the number of the bit is the better key, but zero and two bits are no keys.
static int power(uint32_t x) {
  switch (x) {
    case 1: return 10;
    case 2: return 21;
    case 4: return 34;
    case 8: return 41;
    case 16: return 59;
    case 32: return 66;
    case 0x80000000: return 71;
    default: return 0;
  }
}

// Negative multiples, tested as signed numbers.
static int negative_steps(int x) {
  switch (x) {
    case -40: return 4;
    case -30: return 13;
    case -20: return 2;
    case -10: return 19;
    case 0: return 7;
    case 10: return 11;
    case 20: return 5;
    default: return 0;
  }
}

// The value is shifted, widened and biased in front of the switch; some of that can be undone.
static int biased(uint8_t x) {
  switch (x * 2 - 6) {
    case -6: return 1;
    case -4: return 2;
    case 0: return 3;
    case 5: return 4;  // odd: cannot be
    case 250: return 5;
    case 504: return 6;
    default: return x & 3;
  }
}

int wrapped(uint8_t x) {
  switch ((uint8_t)(x * 3 + 250)) {
    case 250: return 1;
    case 0: return 2;
    case 1: return 3;
    case 254: return 4;
    case 255: return 5;
    case 3 ... 9: return 6;
    default: return 7;
  }
}

// By a remainder, and by the opposite of one.
static int remainders(int x) {
  int sum;
  switch (x % 6) {
    case -5: sum = 1; break;
    case -1: sum = 2; break;
    case 0: sum = 3; break;
    case 2: sum = 4; break;
    case 5: sum = 5; break;
    default: sum = 6; break;
  }
  switch (~x & 12) {
    case 0: return sum;
    case 4: return -sum;
    case 8: return sum * 16;
    default: return sum * 16 + 1;
  }
}

// The key comes from a selection: its possible values are few, and known.
static unsigned selected(int a, int b, unsigned x) {
  unsigned key = a ? (b ? 3 : 12) : (b ? x >> 2 & 1 : 40);
  switch (key ^ 1) {
    case 0: return x + 1;
    case 1: return x + 20;
    case 2: return x + 300;
    case 13: return x + 4000;
    case 41: return x + 50000;
    default: return 0;
  }
}

// The tested value is compared again in the arms.
static int known_inside(unsigned x) {
  switch (x) {
    case 0: return x == 0 ? 5 : 6;
    case 1: case 2: case 3: return x > 2 ? (int)x * 9 : x != 0;
    case 4: if (x & 3) return -8;
    default: return x < 5 ? (int)x + 70 : (int)(x >> 1);
  }
}

int main(void) {
  for (unsigned x = 0; x < 300; ++x) {
    unsigned value = (unsigned)opaque(x);
    mix((uint64_t)(spaced(value + 0xf0) + spaced(value * 16 + 5) + spaced((value << 28) + 0x115)));
    mix((uint64_t)(power(value) * 1000 + power(1u << (value & 31))));
    mix((uint64_t)negative_steps(opaque_int((int)x - 150)));
    if (x < 256) mix((uint64_t)(biased((uint8_t)value) * 100 + wrapped((uint8_t)value)));
    mix((uint64_t)remainders(opaque_int((int)x * 7 - 1000)));
    mix(selected((int)(value & 1), (int)(value & 2), value));
    mix((uint64_t)known_inside(value % 11));
  }
  return report();
}
