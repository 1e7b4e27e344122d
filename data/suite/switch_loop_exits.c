// Loops that are left, continued or restarted from within a switch: break of the switch against
// break of the loop, returns of different values, loops inside the cases, loops over the switch.
#include "checksum.h"

// A tiny pattern language: literals, ? one, * any run, [ab] sets, \ escapes. Several ways to be done.
static __attribute__((noinline)) int match(const char *p, const char *s) {
  const char *star_p = NULL, *star_s = NULL;
  for (;;) {
    switch (*p) {
      case '*':
        do ++p;
        while (*p == '*');
        if (!*p) return 2;
        star_p = p;
        star_s = s;
        continue;
      case '?':
        if (!*s) return 0;
        break;
      case '[': {
        int hit = 0;
        while (*++p != ']') {
          if (!*p) return -1;
          if (*p == *s) hit = 1;
        }
        if (hit) break;
        goto backtrack;
      }
      case '\\':
        if (!*++p) return -2;
      default:
        if (*p == *s) break;
        goto backtrack;
      case 0:
        if (!*s) return 1;
      backtrack:
        if (!star_p || !*star_s) return 0;
        p = star_p;
        s = ++star_s;
        continue;
    }
    ++p, ++s;
  }
}

// Records of commands; the loop ends by a flag, a count, a return or a jump behind a second loop.
static int64_t script(const char *s, int budget) {
  int64_t value = 0, kept = 0;
  int depth = 0;
  while (*s && budget > 0) {
    int repeat = 1;
    switch (*s++) {
      case '+': ++value; break;
      case '-':
        if (--value < -20) goto negative;
        break;
      case 'x':
        while (*s >= '0' && *s <= '9') repeat = *s++ - '0';
        for (int i = 0; i < repeat; ++i) {
          if (value > 100000) break;
          value = value * 2 + i;
        }
        budget -= repeat;
        break;
      case '(': ++depth; kept = value; continue;
      case ')':
        if (!depth--) return -1;
        value ^= kept;
        continue;
      case '.': return value * 10 + depth;
      case '!': budget = 0; break;
      default: value = -value - 3;
    }
    --budget;
  }
  for (; depth > 0; --depth) value = value * 3 + 1;
  return value * 10 + budget;
negative:
  return kept - 1000000;
}

// The switch encloses the loops: each case runs another one, with shared counters, and some end early.
int folded(int mode, const int8_t *v, int n) {
  int i = 0, sum = 0;
  switch (mode) {
    case 0:
      for (; i < n; ++i) {
        if (v[i] == 0) break;
        sum += v[i];
      }
      break;
    case 1:
      while (i < n && v[i] >= 0) sum ^= v[i++];
      if (i == n) return sum;  // else go on as in the next case
    case 2:
      do sum = sum % 1000000 * 3 - v[i];
      while (++i < n && sum < 500);
      break;
    case 3:
      for (i = n; i-- > 0;) switch (v[i] & 3) {
          case 0: sum += i; continue;
          case 1: sum -= v[i]; break;
          case 2: if (v[i] > 60) return sum; break;
          case 3: goto out;
        }
  }
  sum += 7;
out:
  return sum % 100000 * 100 + i;
}

int main(void) {
  static const char *const patterns[] = {"", "*", "a*c", "?b*", "[ab]*[c]", "*ab?", "\\*x", "a\\", "[ab", "**b**", "a*b*c*d", "*?*?"};
  static const char *const subjects[] = {"", "abc", "aXbXc", "bb", "*x", "xxab1ab2", "acbd", "abcabcd", "x"};
  for (unsigned p = 0; p < 12; ++p)
    for (unsigned s = 0; s < 9; ++s) mix((uint64_t)match(patterns[opaque(p)], subjects[opaque(s)]));
  static const char *const scripts[] = {"", "+++x3.", "++(x5+)x2", ")", "----------------------", "((+x9x9q(-", "+!+++", "++q++q(x01)q--!", "+++++(+++++)x"};
  for (unsigned i = 0; i < 9; ++i)
    for (int budget = 0; budget < 30; budget += 1 + budget / 3) mix((uint64_t)script(scripts[i], opaque_int(budget)));
  for (int round = 0; round < 80; ++round) {
    int8_t v[20];
    for (int i = 0; i < 20; ++i) v[i] = (int8_t)((i * 37 + round * 11) % (round % 3 ? 97 : 60) - (round % 4 ? 20 : 0));
    if (round % 6 == 1) for (int i = 0; i < 20; ++i) v[i] &= 0x7c | (round & 2);
    for (int mode = 0; mode < 5; ++mode) mix((uint64_t)folded(opaque_int(mode), v, 1 + round % 20));
  }
  return report();
}
