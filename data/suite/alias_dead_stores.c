// Stores that look dead but are seen: by a callee, on one path only, by a partial overwrite, by the caller after an early return.
#include <stdlib.h>

#include "checksum.h"

struct message {
  int length;
  short flags;
  char body[26];
};

static struct message outbox;
static int progress;
static int log_of_progress[64], logged;

static __attribute__((noinline)) void log_progress(void) {
  if (logged < 64) log_of_progress[logged++] = progress;
}

static __attribute__((noinline)) int staged(int steps) {
  progress = -1;  // seen only if steps is 0 or negative, or by the log
  if (steps < 0) return 0;
  for (int i = 0; i < steps; ++i) {
    progress = i;
    if (i % 4 == 3) log_progress();
    progress = 2 * i;
    if (i == 9) return 2;
  }
  progress += 1000;
  log_progress();
  progress = 0;
  return 1;
}

// Each field is written twice; which first write survives depends on the argument.
static __attribute__((noinline)) void compose(struct message *m, int kind, const char *text) {
  memset(m, '#', sizeof *m);
  m->length = 7;
  m->flags = 1;
  size_t length = strlen(text);
  if (kind & 1) m->length = (int)length;
  if (kind & 2) m->flags = (short)(kind << 8);
  if (length < sizeof m->body) memcpy(m->body, text, length + 1);
  m->body[sizeof m->body - 1] = 0;
  if (kind & 4) memset(m->body + 2, '-', 3);
  if (kind & 8) *m = (struct message){.length = 1, .body = "reset"};
}

static unsigned message_sum(const struct message *m) {
  unsigned sum = (unsigned)m->length * 3 + (unsigned)m->flags;
  for (size_t i = 0; i < sizeof m->body; ++i) sum = sum * 17 + (unsigned char)m->body[i];
  return sum;
}

// Overlapping stores of different widths into one buffer.
static __attribute__((noinline)) void layers(unsigned char *buffer, int at, int cut) {
  memset(buffer, 0x11, 32);
  uint64_t wide = 0x2222222222222222u;
  uint32_t narrow = 0x33333333u;
  memcpy(buffer + at, &wide, 8);
  memcpy(buffer + at + 2, &narrow, 4);
  buffer[at + 3] = 0x44;
  if (cut) memset(buffer + at + 1, 0, (size_t)cut);
  memcpy(buffer + at + 6, &narrow, 4);
}

// The store before the free is dead, but not the one that is read through the second pointer before.
static __attribute__((noinline)) int before_free(int value) {
  int *heap = malloc(4 * sizeof *heap);
  if (!heap) exit(3);
  int *also = heap + (value & 1);
  heap[0] = value;
  heap[1] = value + 1;
  *also = 50;
  int result = heap[0] * 100 + heap[1];
  heap[0] = 1234;
  result += *also;
  *also = 4321;
  free(heap);
  return result;
}

static int out_parameter(int x, int *result) {
  *result = -x;
  if (x % 3 == 0) return 0;
  *result = x * 2;
  if (x % 3 == 1) return 1;
  *result += 5;
  return 2;
}

int main(void) {
  for (int steps = -1; steps < 14; ++steps) {
    mix((uint64_t)staged(opaque_int(steps)));
    mix((uint64_t)progress);
  }
  for (int i = 0; i < logged; ++i) mix((uint64_t)log_of_progress[i]);
  static const char *const texts[] = {"", "a", "twelve chars", "a text longer than the body holds"};
  for (int kind = 0; kind < 16; ++kind) {
    for (int t = 0; t < 4; ++t) {
      compose(&outbox, opaque_int(kind), texts[t]);
      mix(message_sum(&outbox));
      mix((uint64_t)outbox.length);
    }
  }
  for (int at = 0; at < 16; at += 5) {
    for (int cut = 0; cut < 8; ++cut) {
      unsigned char buffer[32];
      layers(buffer, opaque_int(at), opaque_int(cut));
      for (int i = 0; i < 32; ++i) mix(buffer[i]);
    }
  }
  for (int x = 0; x < 9; ++x) {
    int result = 99;
    mix((uint64_t)before_free(opaque_int(x)));
    mix((uint64_t)out_parameter(opaque_int(x), &result));
    mix((uint64_t)result);
  }
  return report();
}
