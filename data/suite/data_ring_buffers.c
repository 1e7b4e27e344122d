// Ring buffers: one over bytes with records of variable length that wrap around, one with free-running unsigned counters, one that
// overwrites its oldest entry and answers moving sums; each is followed by a plain model.
#include "checksum.h"

struct byte_ring { unsigned char bytes[37]; unsigned read, used; };

static __attribute__((noinline)) unsigned put_bytes(struct byte_ring *r, const void *from, unsigned n) {
  unsigned room = sizeof r->bytes - r->used, write = (r->read + r->used) % sizeof r->bytes;
  if (n > room) return 0;
  unsigned first = sizeof r->bytes - write < n ? sizeof r->bytes - write : n;
  memcpy(r->bytes + write, from, first);
  memcpy(r->bytes, (const char *)from + first, n - first);
  r->used += n;
  return n;
}

static __attribute__((noinline)) unsigned get_bytes(struct byte_ring *r, void *to, unsigned n) {
  if (n > r->used) n = r->used;
  for (unsigned i = 0; i < n; ++i) {
    ((unsigned char *)to)[i] = r->bytes[r->read];
    if (++r->read == sizeof r->bytes) r->read = 0;
  }
  r->used -= n;
  return n;
}

// A record: its length, its type, its text. A record that does not fit leaves nothing behind.
static int put_record(struct byte_ring *r, unsigned char type, const char *text) {
  unsigned char length = (unsigned char)strlen(text);
  struct byte_ring before = *r;
  if (put_bytes(r, &length, 1) && put_bytes(r, &type, 1) && (length == 0 || put_bytes(r, text, length))) return 1;
  *r = before;
  return 0;
}

static int get_record(struct byte_ring *r, char *text) {
  unsigned char head[2];
  if (get_bytes(r, head, 2) < 2) return -1;
  text[get_bytes(r, text, head[0])] = 0;
  return head[1];
}

// The counters never wrap at the capacity, only at the end of their type.
struct counter_ring { int cells[8]; unsigned char head, tail; };
static __attribute__((noinline)) int push(struct counter_ring *r, int value) {
  if ((unsigned char)(r->head - r->tail) == 8) return 0;
  r->cells[r->head++ & 7] = value;
  return 1;
}
static int pop(struct counter_ring *r, int *value) {
  if (r->head == r->tail) return 0;
  *value = r->cells[r->tail++ & 7];
  return 1;
}

struct window { short samples[5]; unsigned next, filled; long sum; };
static __attribute__((noinline)) long slide(struct window *w, short sample) {
  if (w->filled == 5)
    w->sum -= w->samples[w->next];
  else
    ++w->filled;
  w->samples[w->next] = sample;
  w->sum += sample;
  w->next = (w->next + 1) % 5;
  return w->sum;
}

static __attribute__((noinline)) short extreme(const struct window *w, int sign) {
  short best = 0;
  for (unsigned i = 0; i < w->filled; ++i) {
    short s = w->samples[(w->next + 5 - w->filled + i) % 5];
    if (i == 0 || (sign > 0 ? s > best : s < best)) best = s;
  }
  return best;
}

int main(void) {
  static const char *const texts[] = {"", "a", "some words", "four", "the longest of these texts", "xyz", "0123456789"};
  struct byte_ring records = {.read = (unsigned)opaque(30)};
  char text[40];
  int refused = 0;
  for (int i = 0; i < 54; ++i) {
    int v = opaque_int(i);
    if (!put_record(&records, (unsigned char)(v + 1), texts[v * 5 % 7])) ++refused;
    for (int k = v & 8 ? 2 : v % 4 == 0; k > 0; --k) {
      mix((uint64_t)get_record(&records, text));
      mix_text(text);
    }
    mix(records.read * 100 + records.used);
  }
  mix((uint64_t)refused);
  while (get_record(&records, text) >= 0) mix_text(text);

  struct counter_ring ring = {{0}, (unsigned char)opaque(250), 250};
  int model[64], model_head = 0, model_tail = 0, wrong = 0;
  for (int i = 0; i < 64; ++i) {
    for (int k = 0; k < i % 5; ++k) {
      int done = push(&ring, i * 10 + k);
      wrong += done != (model_head - model_tail < 8);
      if (done) model[model_head++ % 64] = i * 10 + k;
    }
    for (int k = 0; k < (i * 3) % 7 - 2; ++k) {
      int value = -1, done = pop(&ring, &value);
      wrong += done != (model_head > model_tail);
      if (done) wrong += value != model[model_tail++ % 64];
      mix((uint64_t)value);
    }
  }
  mix((uint64_t)wrong);
  mix((uint64_t)(ring.head * 256 + ring.tail));

  struct window w = {.next = 0};
  for (int i = 0; i < 40; ++i) {
    mix((uint64_t)slide(&w, (short)opaque_int(i * i * 37 % 1001 - 500)));
    mix((uint64_t)(extreme(&w, 1) * 1000 + extreme(&w, -1)));
  }
  return report();
}
