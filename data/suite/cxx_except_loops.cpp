// Loops that exceptions, break, continue, return and goto leave or go on with, with objects to destroy at each door.
#include "checksum.h"

struct Bad { int at; };
struct Fatal { int at; int depth; };

struct Slot {
  unsigned *sum;
  int key;
  Slot(unsigned *s, int k) : sum(s), key(k) { *sum += k; }
  ~Slot() { *sum = *sum * 3 - key; }
};

static __attribute__((noinline)) int fetch(const int *data, int i) {
  if (data[i] % 11 == 7) throw Bad{i};
  if (data[i] % 31 == 30) throw Fatal{i, data[i]};
  return data[i];
}

// try inside the loop: every failure is counted, and the loop goes on.
static __attribute__((noinline)) unsigned tolerant(const int *data, int count, int *failures) {
  unsigned sum = 1;
  for (int i = 0; i < count; ++i) {
    Slot outer(&sum, i);
    try {
      Slot inner(&sum, data[i]);
      if (data[i] % 5 == 0) continue;
      sum ^= fetch(data, i);
      if (sum % 13 == 12) break;
    } catch (const Bad &bad) {
      *failures += 1;
      if (*failures > 3) return sum + bad.at;
    } catch (const Fatal &fatal) {
      sum += fatal.depth;
      continue;
    }
  }
  return sum;
}

// The loop inside the try; variables of the loop are read in the handler.
unsigned strict(const int *data, int count) {
  unsigned sum = 5;
  int i = 0, last = -1;
  try {
    for (; i < count; i += 1 + (sum & 1)) {
      Slot slot(&sum, i);
      last = fetch(data, i);
      sum += last;
    }
  } catch (const Bad &bad) {
    return sum * 100 + bad.at + i + last;
  } catch (Fatal &) {
    return -(sum * 100 + i + last);
  }
  return sum;
}

// A retry loop around a call, with a limit that grows; do-while and goto.
static unsigned retrying(const int *data, int count, unsigned limit) {
  int position = 0, attempts = 0;
  unsigned taken = 0;
again:
  try {
    Slot slot(&taken, attempts);
    do {
      taken += fetch(data, position) % 17;
      if (taken > limit) goto full;
      ++position;
    } while (position < count);
  } catch (const Bad &bad) {
    position = bad.at + 1;
    ++attempts;
    if (position < count) goto again;
    return taken + 7000;
  } catch (const Fatal &) {
    if (++attempts > 4) return taken + 9000;
    position += 2;
    if (position < count) goto again;
  }
  return taken;
full:
  return taken + 5000 + attempts;
}

// Nested loops and nested tries: the inner handler leaves the outer loop in one case.
static __attribute__((noinline)) unsigned grid(const int *data, int rows, int columns) {
  unsigned sum = 0;
  for (int row = 0; row < rows; ++row) {
    Slot row_slot(&sum, row);
    try {
      for (int column = 0; column < columns; ++column) {
        Slot cell(&sum, column);
        try {
          sum += fetch(data, row * columns + column);
        } catch (const Bad &bad) {
          if (bad.at % 3 == 0) throw Fatal{bad.at, row};
          if (bad.at % 3 == 1) break;
          sum -= 4;
        }
      }
      sum ^= 0x40;
    } catch (const Fatal &fatal) {
      sum += fatal.depth * 19;
      if (sum & 4) goto out;
    }
  }
  return sum;
out:
  return ~sum;
}

int main() {
  int data[48];
  for (int round = 0; round < 12; ++round) {
    unsigned state = (unsigned)opaque(round * 77 + 5);
    for (int &value : data) value = (int)((state = state * 1103515245u + 12345u) >> 18) % 997;
    static const int counts[] = {0, 1, 2, 5, 9, 24, 48};
    for (int count : counts) {
      int failures = 0;
      mix(tolerant(data, opaque_int(count), &failures));
      mix(failures);
      mix(strict(data, opaque_int(count)));
      mix(retrying(data, opaque_int(count) < 48 ? count + 1 : count, (unsigned)opaque(round * 30)));
    }
    mix(grid(data, opaque_int(6), opaque_int(8)));
    mix(grid(data, opaque_int(12), opaque_int(round % 4)));
  }
  return report();
}
