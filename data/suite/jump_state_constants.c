// Automata in the form of a switch in a loop whose next state is a constant, a selection between two
// constants, or not known: copies of the loop for each state must keep all other variables in step.
#include "checksum.h"

// All next states are constants or selections; the counters are shared by the states.
static __attribute__((noinline)) unsigned lights(const uint8_t *cars, unsigned n, unsigned *waits) {
  int state = 0, timer = 0;
  unsigned passed = 0;
  for (unsigned i = 0; i < n; ++i) {
    switch (state) {
      case 0:
        passed += cars[i] & 3;
        state = ++timer > 3 || cars[i] > 200 ? 1 : 0;
        break;
      case 1:
        timer = 0;
        state = cars[i] & 1 ? 2 : 3;
        break;
      case 2:
        ++*waits;
        if (cars[i] < 128) break;
        state = 3;
        // and on to the red light
      case 3:
        *waits += cars[i] & 3;
        timer += cars[i] >> 6;
        state = timer >= 4 ? 4 : 3;
        break;
      case 4:
        timer = i & 1;
        state = 0;
    }
    if (state == 3 && passed > 6) passed -= 5;
  }
  return passed * 8 + (unsigned)state;
}

// One state is unknown in advance: it is computed, so this path cannot be threaded.
static unsigned mixed_states(const uint8_t *v, unsigned n) {
  unsigned state = 1, hash = 0, visits[5] = {0};
  while (n--) {
    ++visits[state];
    switch (state) {
      case 0: state = hash & 8 ? 2 : 1; break;
      case 1: hash = hash * 7 + *v; state = 3; break;
      case 2: state = (hash + *v) % 5; break;
      case 3: hash ^= *v; state = *v > 90 ? 2 : 4; break;
      default: hash += visits[2]; state = *v & 4 ? 1 : 0; break;
    }
    ++v;
  }
  return hash * 31 + state + visits[0] * 3 + visits[4] * 5;
}

// The state passes through a second variable and an inner loop before it is tested again.
uint32_t delayed(uint32_t seed, int rounds) {
  int state = 2, pending = 1;
  uint32_t out = 0;
  do {
    int next = pending;
    switch (state) {
      case 1:
        for (int k = 0; k < 3; ++k) {
          if (seed >> k & 1) { next = 3; break; }
          out += 3;
        }
        pending = next == 3 ? 2 : 3;
        break;
      case 2: pending = 3; out = out << 1 ^ seed; break;
      case 3: out -= seed >> 5; pending = seed & 32 ? 1 : 2; break;
    }
    state = next;
    seed = seed * 1103515245u + 12345u;
  } while (--rounds > 0);
  return out * 16 + (uint32_t)(state * 4 + pending);
}

// Ends from within some states, with different values; the character is not consumed in one of them.
static int quoted_fields(const char *s) {
  enum { start, bare, inside, after, bad } state = start;
  int fields = 0, size = 0;
  for (;;) {
    char c = *s;
    switch (state) {
      case start:
        ++fields;
        if (c == '"') { state = inside; break; }
        state = bare;
        continue;
      case bare:
        if (!c) return fields * 100 + size;
        if (c == '"') state = bad;
        else if (c == ';') state = start;
        else ++size;
        break;
      case inside:
        if (!c) return -fields;
        if (c == '"') state = after;
        else size += 2;
        break;
      case after:
        if (c == '"') { size += 2; state = inside; break; }
        if (c == ';') { state = start; break; }
        state = c ? bad : bare;
        if (!c) continue;
        break;
      case bad:
        if (!c) return -1000 - size;
        if (c == '\n') state = start;
    }
    ++s;
  }
}

int main(void) {
  static const char *const texts[] = {"", "a;b;c", "\"x;y\";z", "\"say \"\"hi\"\"\";;", "a\"b\nc", "\"open", "\"end\"", "\"x\"y;z\n;\"\"", "\"a\"b"};
  uint8_t v[50];
  unsigned waits = 0;
  for (unsigned round = 0; round < 45; ++round) {
    for (unsigned i = 0; i < 50; ++i) v[i] = (uint8_t)opaque(i * i * 7 + i * round * 31 + round * 3);
    mix(lights(v, round + 6, &waits));
    mix(waits);
    mix(mixed_states(v, (unsigned)opaque(round)));
    mix(delayed((uint32_t)opaque(round * 7919), (int)round));
    mix((uint64_t)quoted_fields(texts[round % 9]));
  }
  return report();
}
