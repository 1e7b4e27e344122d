// Computed goto by distances between labels kept in small integers, by labels chosen with selects,
// by labels returned into variables, and two functions with equal bodies but different tables.
#include "checksum.h"

// Formatting directives, dispatched by a table of 32-bit distances from the first label.
static __attribute__((noinline)) int format(char *to, const char *directives, const int *values) {
  static const int distance[8] = {&&plain - &&plain, &&number - &&plain, &&hexadecimal - &&plain, &&repeat - &&plain,
                                  &&upper - &&plain, &&skip - &&plain,   &&plain - &&plain,       &&stop - &&plain};
  static const char codes[] = ".dxru_-";
  char *start = to;
  int count = 1;
  for (;;) {
    const char *found = *directives ? strchr(codes, *directives) : codes + 7;
    if (!found) return -1;
    goto *(&&plain + distance[found - codes]);
  plain:
    while (count-- > 0) *to++ = *directives;
    count = 1;
    goto next;
  number:
    to += sprintf(to, "%d", *values++);
    goto next;
  hexadecimal:
    to += sprintf(to, "%x", (unsigned)*values++);
    goto next;
  repeat:
    count = *values++ & 7;
    goto next;
  upper:
    for (char *p = start; p < to; ++p)
      if (*p >= 'a' && *p <= 'f') *p = (char)(*p - 32);
  skip:
    if (count > 1) {
      --count;
      goto skip;
    }
  next:
    ++directives;
  }
stop:
  *to = 0;
  return (int)(to - start);
}

// Where to go on is a variable, as a return address would be: one block serves three callers.
static uint32_t shared_block(uint32_t x, uint32_t y) {
  void *back = &&first;
  uint32_t t = x;
  goto blend;
first:
  x = t;
  back = x & 1 ? &&second : &&third;
  t = y;
  goto blend;
second:
  y = t ^ 0x55;
  if (y & 2) {
    back = &&done;
    t = x + y;
    goto blend;
  }
third:
  x += t * 3;
  back = x > y ? &&done : &&last;
blend:
  t = (t ^ t >> 15) * 0x2c1b3c6du;
  goto *back;
last:
  t += 99;
done:
  return t + x + y;
}

// Equal text, but the tables differ in their order; the functions must not become one.
#define WALK(name, l0, l1, l2)                                                  \
  static __attribute__((noinline)) unsigned name(const uint8_t *v, unsigned n) { \
    static const void *const table[] = {&&l0, &&l1, &&l2, &&end};               \
    unsigned sum = 1, i = 0;                                                    \
    goto *table[n ? v[0] % 3 : 3];                                              \
  add: sum += v[i] * 5u; goto more;                                             \
  shift: sum = sum << 3 ^ v[i]; goto more;                                      \
  fold: sum ^= sum >> 4; goto more;                                             \
  more:                                                                         \
    if (++i >= n) goto end;                                                     \
    goto *table[v[i] % 3];                                                      \
  end: return sum;                                                              \
  }
WALK(walk_a, add, shift, fold)
WALK(walk_b, shift, fold, add)
WALK(walk_c, add, fold, shift)

// A schedule in an array of labels which the blocks rewrite: each block replaces its own successor.
int self_schedule(int seed, int fuel) {
  void *plan[4] = {&&a, &&b, &&a, &&c};
  int at = 0, x = seed;
  goto *plan[0];
a:
  x = x * 3 + 1;
  plan[(at + 2) & 3] = x & 1 ? &&b : &&c;
  goto step;
b:
  x ^= at << 4;
  plan[(at + 1) & 3] = x & 4 ? plan[at] : &&a;
  goto step;
c:
  x /= 2;
  plan[x & 3] = &&a;
step:
  if (--fuel <= 0 || x > 100000) return x * 4 + at;
  at = (at + 1) & 3;
  goto *plan[at];
}

int main(void) {
  static const char *const directives[] = {"", "d.x.d", "r.r-dxu", "x_r_u.", "d?", "...---", "xxxu", "r.d"};
  uint8_t bytes[29];
  for (unsigned round = 0; round < 32; ++round) {
    int values[4] = {opaque_int((int)round * 91 - 700), 3, (int)round * 0x0abcde, 10};
    char to[80] = "";
    mix((uint64_t)format(to, directives[opaque(round % 8)], values));
    mix_text(to);
    mix(shared_block((uint32_t)opaque(round * 12345), round * 7919));
    for (unsigned i = 0; i < 29; ++i) bytes[i] = (uint8_t)opaque(i * (round + 1) * 11 % 253);
    unsigned n = round % 30;
    mix(walk_a(bytes, n) * 1000003u + walk_b(bytes, n));
    mix(walk_c(bytes, n));
    mix((uint64_t)self_schedule(opaque_int((int)round), (int)round * 2));
  }
  return report();
}
