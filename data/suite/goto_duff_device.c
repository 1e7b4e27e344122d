// Unrolled loops entered in their middle by a switch (Duff's device): upwards, downwards, with a
// break and a continue inside, for zero trips, over two dimensions, and with do-while in a case.
#include "checksum.h"

static uint32_t mailbox_log;

static __attribute__((noinline)) void mailbox(uint8_t byte) { mailbox_log = (mailbox_log << 3 | mailbox_log >> 29) + byte; }

// All bytes go to one place, as to a device; nothing happens for a count of zero.
static __attribute__((noinline)) void send(const uint8_t *from, unsigned count) {
  unsigned rounds = (count + 7) / 8;
  if (!count) return;
  switch (count % 8) {
    case 0: do { mailbox(*from++);
    case 7: mailbox(*from++);
    case 6: mailbox(*from++);
    case 5: mailbox(*from++);
    case 4: mailbox(*from++);
    case 3: mailbox(*from++);
    case 2: mailbox(*from++);
    case 1: mailbox(*from++);
            } while (--rounds > 0);
  }
}

// The remainder is served by the first, incomplete round of a loop that counts down to it.
static uint64_t polynomial(const uint8_t *c, unsigned count, uint64_t x) {
  uint64_t sum = 0;
  switch (count & 3) {
    while (count) {
      count -= 4;
      sum = sum * x + *c++;
      case 3: sum = sum * x + *c++;
      case 2: sum = sum * x + *c++;
      case 1: sum = sum * x + *c++;
      case 0: count &= ~3u;
    }
  }
  return sum;
}

// A break leaves the loop, not the switch around it; a zero byte ends the copy in any of four places.
static int copy_text(char *to, const char *from, int room) {
  char *start = to;
  switch (room & 3) {
    case 0:
      while (room > 0) {
        if (!(*to++ = *from++)) break;
        --room;
    case 3:
        if (!(*to++ = *from++)) break;
        --room;
    case 2:
        if (*from == '\n') {
          ++from;
          --room;
          continue;
        }
        if (!(*to++ = *from++)) break;
        --room;
    case 1:
        if (!(*to++ = *from++)) break;
        --room;
      }
  }
  if (to == start || to[-1]) *to++ = 0;
  return (int)(to - start) * 16 + room;
}

// Two counters: the outer loop is entered in the middle of a row, the inner one at its end.
unsigned from_cell(const uint8_t *cells, unsigned width, unsigned height, unsigned row, unsigned column, int late) {
  unsigned hash = 5, r = row, c = column;
  if (r >= height || c >= width) return 0;
  switch (late) {
    case 2: hash += 1000;
    case 1: goto behind;
  }
  for (; r < height; ++r) {
    for (c = 0; c < width; ++c) {
      hash = hash * 3 + cells[r * width + c];
      if (hash % 13 == 0) break;
    behind:
      hash ^= c << 8;
    }
    hash += r;
  }
  return hash;
}

// The entry is chosen by the address' alignment: single bytes up to it, then words of four.
static uint32_t aligned_sum(const uint8_t *base, unsigned offset, unsigned count) {
  const uint8_t *p = base + offset, *end = p + count;
  uint32_t sum = 1;
  switch (offset & 3) {
    case 1: if (p < end) sum = sum * 5 + *p++;
    case 2: if (p < end) sum = sum * 5 + *p++;
    case 3: if (p < end) sum = sum * 5 + *p++;
    default:
      for (; end - p >= 4; p += 4) {
        uint32_t word;
        memcpy(&word, p, 4);
        sum = sum * 625 + word;
      }
  }
  while (p < end) sum = sum * 5 + *p++;
  return sum;
}

int main(void) {
  uint8_t bytes[72];
  static const char *const texts[] = {"", "a", "ab\ncd", "line\n\nend of it", "0123456789abcdef", "\n\n\n\n"};
  for (unsigned i = 0; i < sizeof bytes; ++i) bytes[i] = (uint8_t)opaque(i * i * 3 + 11);
  for (unsigned count = 0; count < 42; ++count) {
    send(bytes + count / 3, (unsigned)opaque(count));
    mix(mailbox_log);
    mix(polynomial(bytes, (unsigned)opaque(count), count + 2));
    mix(aligned_sum(bytes, count % 5, (unsigned)opaque(count / 2)));
    mix(from_cell(bytes, 1 + count % 9, 1 + count % 7, (unsigned)opaque(count % 4), count % 5, opaque_int((int)count % 3)));
    char to[40];
    for (unsigned t = 0; t < 6; ++t) {
      mix((uint64_t)copy_text(to, texts[t], 1 + (int)opaque(count % 17)));
      mix_text(to);
    }
  }
  return report();
}
