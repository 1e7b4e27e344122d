// Values made before or inside loops but used only in a cold branch or behind the loop: moving them
// down is right only if nothing between changes what they are made of.
#include "checksum.h"

static int scale = 3;
static uint32_t log_words[32], logged;

static __attribute__((noinline)) void note(uint32_t word) {
  ++logged;
  log_words[logged & 31] ^= word * 0x85ebca6bu + logged;
}

// `before` is read ahead of the loop that overwrites the cell; the branch that uses it is rare.
static uint32_t read_early(uint32_t *cell, const uint8_t *v, int count) {
  uint32_t before = *cell * 7, rare = 0;
  for (int i = 0; i < count; ++i) {
    *cell += v[i];
    if (v[i] == 200) {
      rare += before;
      note(before);
    }
  }
  return rare;
}

// Only the last round's value is used behind the loop, with the memory of that round.
static __attribute__((noinline)) int last_round(int *v, int count) {
  int product = -1;
  for (int i = 0; i < count; ++i) {
    product = v[i] * scale + i;
    v[(i + 1) % count] ^= product & 15;
    if (i % 5 == 4) scale ^= 1;
  }
  return product;
}

// The quotient is needed on one way out only; the divisor changes before the other.
int one_way_out(const uint8_t *v, int count, int divisor, int goal) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    int quotient = sum / divisor;
    sum += v[i];
    if (sum > goal) return quotient;
    divisor += quotient & 1;
    if (v[i] == 13) return -divisor;
  }
  return sum;
}

// An expensive value per round that only some rounds use, after a call that changes its source.
struct sample {
  uint32_t raw, gain;
};

static void recalibrate(struct sample *s) { s->gain = s->gain * 5 + 1; }

static uint32_t samples(struct sample *s, const uint8_t *v, int count) {
  uint32_t sum = 0;
  for (int i = 0; i < count; ++i) {
    uint32_t cooked = (s->raw ^ s->raw >> 7) * s->gain;
    s->raw += v[i];
    if (v[i] & 8) recalibrate(s);
    switch (v[i] & 3) {
      case 0: sum += cooked; break;
      case 1: sum ^= s->gain; break;
      default: break;
    }
  }
  return sum;
}

// Invariants that only the branches of an inner loop use; one branch alters one of them.
static uint64_t nested(uint32_t a, uint32_t b, unsigned outer, unsigned inner) {
  uint64_t hash = 0;
  for (unsigned i = 0; i < outer; ++i) {
    uint32_t product = a * b + i, mask = a ^ b >> 3;
    for (unsigned k = 0; k < inner; ++k) {
      if ((i + k) % 7 == 6)
        hash += product;
      else if ((i * k) % 5 == 3)
        hash = hash * 3 ^ mask;
      if (k == 4) a += 11;
    }
    hash += a;
  }
  return hash;
}

// The pointer's target is read before the loop moves on, used after.
static int trailing(const int *v, int count, int stop) {
  const int *at = v, *const end = v + count;
  int behind = 0, before_that = 0;
  while (at < end) {
    before_that = behind;
    behind = *at++;
    if (behind == stop) break;
  }
  return before_that * 100 + behind;
}

int main(void) {
  uint8_t v[40];
  for (int round = 0; round < 50; ++round) {
    int count = opaque_int(round % 41);
    for (int i = 0; i < 40; ++i) v[i] = (uint8_t)((i * (2 * round + 7) + opaque_int(9)) % 211);
    uint32_t cell = (uint32_t)opaque((unsigned)round);
    if (round % 4 == 1) v[round / 3] = 200;
    mix(read_early(&cell, v, count));
    mix(cell);
    int w[7];
    for (int i = 0; i < 7; ++i) w[i] = v[i] - 40;
    mix((uint64_t)last_round(w, count % 8));
    for (int i = 0; i < 7; ++i) mix((uint64_t)w[i]);
    mix((uint64_t)one_way_out(v, count, 1 + round % 6, opaque_int(round * 60)));
    struct sample s = {cell, (uint32_t)opaque(3)};
    mix(samples(&s, v, count));
    mix(s.raw ^ s.gain);
    mix(nested((uint32_t)opaque(cell), 29, (unsigned)round % 6, (unsigned)count % 9));
    mix((uint64_t)trailing(w, round % 8, w[round % 7]));
  }
  for (int i = 0; i < 32; ++i) mix(log_words[i]);
  mix((uint64_t)scale);
  return report();
}
