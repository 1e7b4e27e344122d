// Ladders of cases that fall through: the tail bytes of a hash, levels that include those below,
// defaults in the middle, loops and declarations between cases.
#include "checksum.h"

// Whole groups of four by a loop, then one to three bytes by falling through.
static __attribute__((noinline)) uint32_t hash_bytes(const uint8_t *p, unsigned n) {
  uint32_t h = n * 0x9e3779b1u;
  for (; n >= 4; n -= 4, p += 4) h = (h ^ (p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24)) * 0x85ebca77u;
  switch (n) {
    case 3: h ^= (uint32_t)p[2] << 16;
    case 2: h ^= (uint32_t)p[1] << 8;
    case 1: h ^= p[0]; h *= 0x27d4eb2fu;
    case 0: h ^= h >> 15;
  }
  return h;
}

// Each level adds its rights to those of the levels under it.
static unsigned rights(int level, unsigned asked) {
  unsigned granted = 0, steps = 0;
  switch (level) {
    case 5: granted |= 0x80; ++steps;
    case 4: granted |= 0x40 | (asked & 0x1000); ++steps;
    case 3:
      if (asked & 0x20) break;
      granted |= 0x18;
      ++steps;
    default: granted |= 0x04; ++steps;  // all levels that are not named, and what falls in from above
    case 1: granted |= 0x02; ++steps;
    case 0: break;
    case -1: return 0xffff;
  }
  return granted << 4 | steps;
}

// The default stands first and falls into the cases behind it.
static int default_first(int x) {
  int y = 1;
  switch (x) {
    default: y = 100;
    case 3: y += x;
    case 4: y *= 2; break;
    case 8: y = -y;
    case 9: y -= 5;
  }
  return y;
}

// Reads a variable number of fields; a loop and an early exit lie between the cases.
int fields(const uint8_t *p, unsigned version, int out[5]) {
  int n = 0;
  switch (version) {
    case 4:
      for (unsigned i = 0; i < 3; ++i) out[0] += p[n++];
    case 3: {
      int extra = p[n++];
      if (extra > 200) return -n;
      out[1] = extra * 2;
    }
    case 2:
      do out[2] += p[n];
      while (p[n++] & 1 && n < 5);
      if (version == 2) break;
    case 1: out[3] = p[n++]; break;
    case 0: break;
    default: out[4] = 1; return 0;
  }
  out[4] += n;
  return n;
}

// Leap days: the months of the year added up from the last to the first.
static int day_of_year(int year, int month, int day) {
  switch (month) {
    case 12: day += 30;
    case 11: day += 31;
    case 10: day += 30;
    case 9: day += 31;
    case 8: day += 31;
    case 7: day += 30;
    case 6: day += 31;
    case 5: day += 30;
    case 4: day += 31;
    case 3: day += 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    case 2: day += 31;
    case 1: return day;
  }
  return -1;
}

// Falls through into a second switch's arm by way of the variable.
static unsigned cascade(unsigned x) {
  unsigned hash = 0;
  for (unsigned k = x; k; k /= 3) {
    switch (k % 3) {
      case 2: hash += 7;
      case 1: hash *= 3; if (hash & 16) continue;
    }
    hash ^= k;
  }
  return hash;
}

int main(void) {
  uint8_t bytes[32];
  for (unsigned i = 0; i < 32; ++i) bytes[i] = (uint8_t)opaque(i * 73 + 5);
  for (unsigned n = 0; n < 24; ++n) mix(hash_bytes(bytes + n % 5, (unsigned)opaque(n)));
  for (int level = -3; level < 9; ++level)
    for (unsigned asked = 0; asked < 0x2000; asked += 0x0528) mix(rights(opaque_int(level), (unsigned)opaque(asked)));
  for (int x = 0; x < 12; ++x) mix((uint64_t)default_first(opaque_int(x)));
  for (unsigned version = 0; version < 7; ++version)
    for (unsigned from = 0; from < 20; from += 2) {
      int out[5] = {0};
      mix((uint64_t)fields(bytes + from, (unsigned)opaque(version), out));
      for (int i = 0; i < 5; ++i) mix((uint64_t)out[i]);
    }
  static const int years[] = {1900, 2000, 2023, 2024};
  for (int i = 0; i < 4; ++i)
    for (int month = 0; month < 14; ++month) mix((uint64_t)day_of_year(opaque_int(years[i]), opaque_int(month), month * 2 + 1));
  for (unsigned x = 0; x < 300; x += 7) mix(cascade((unsigned)opaque(x)));
  return report();
}
