// Loops with many exits to one block, each bringing another value of the same variable: the old one,
// the new one, the index, a constant, a pointer, a double.
#include "checksum.h"

static int steps;

static __attribute__((noinline)) int seek(const int *v, int n, int key) {
  int i = 0, last = -7, result;
  for (;;) {
    if (i >= n) {
      result = last;
      break;
    }
    int x = v[i];
    if (x == key) {
      result = i;
      break;
    }
    if (x < 0) {
      result = i + 1;
      break;
    }
    if (x > 3 * key) {
      result = ~i;
      break;
    }
    if (++steps % 29 == 0) {
      result = -1000;
      break;
    }
    last = x;
    i += 1 + (x & 1);
  }
  return result * 2 + (result == last);
}

// The address that leaves is the previous, the present, the next cell, or none.
static const int *boundary(const int *v, const int *end, int low, int high) {
  const int *at = v, *before = NULL, *result = NULL;
  while (at != end) {
    result = before;
    if (*at < low) goto merged;
    result = at + 1 == end ? v : at + 1;
    if (*at > high) goto merged;
    if (before && *before == *at) {
      result = at;
      goto merged;
    }
    before = at++;
  }
  result = before ? before - (before - v) / 2 : NULL;
merged:
  return result;
}

// A root by halving; leaves with the middle, an end, or the width.
double bisect(double low, double high, double goal, double slack) {
  double answer, middle = low;
  for (int i = 0;; ++i) {
    double previous = middle;
    middle = (low + high) * 0.5;
    double value = middle * middle * middle - 2 * middle;
    if (value == goal) {
      answer = middle;
      break;
    }
    if (high - low < slack) {
      answer = previous;
      break;
    }
    if (i == 18) {
      answer = high - low;
      break;
    }
    if (value < goal)
      low = middle;
    else
      high = middle;
  }
  return answer + 1;
}

// Two results at once, each defined on another path; the narrow one wraps.
static inline void drain(uint8_t level, uint8_t pull, unsigned *ticks, uint8_t *left) {
  unsigned t = 0;
  uint8_t now = level;
  do {
    uint8_t was = now;
    now = (uint8_t)(now - pull);
    if (now > was) {
      *left = was;
      *ticks = t;
      return;
    }
    if (now == 0) {
      level = was;
      break;
    }
    level = (uint8_t)(level ^ now);
  } while (++t < 100);
  *left = level;
  *ticks = t + 1000;
}

int main(void) {
  int v[40];
  for (int round = 0; round < 30; ++round) {
    int n = opaque_int(round + 3), low = round % 4 * 6, high = 30 - round;
    for (int i = 0; i < n; ++i) v[i] = (i * (round + 5) + round) % 37;
    if (round % 3 == 0) v[n / 2] = -3;
    if (round % 3 == 1) v[n - 1] = v[n - 2];
    for (int key = 1; key < 36; key += 2 + round % 3) mix((uint64_t)seek(v, n, key));
    for (int from = 0; from <= n; from += (n + 1) / 2) {
      const int *edge = boundary(v + from, v + n, from ? 0 : low, high);
      mix(edge ? (uint64_t)(edge - v) : 777);
    }
    mix_double(bisect(1, 1 + opaque_int(round), 4, round % 5 ? 1e-3 * round : 1e-9));
    unsigned ticks;
    uint8_t left;
    for (int pull = 0; pull < 256; pull += 17) {
      drain((uint8_t)opaque((unsigned)round * 9), (uint8_t)pull, &ticks, &left);
      mix(ticks);
      mix(left);
    }
  }
  mix((uint64_t)steps);
  return report();
}
