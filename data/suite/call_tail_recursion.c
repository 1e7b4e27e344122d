// Recursion that may become a loop or a jump, and recursion that may not: accumulators before and after the call, locals whose
// address is passed on, mutual recursion, several recursive calls, results used after the call.
#include "checksum.h"

static __attribute__((noinline)) unsigned long sum_after(unsigned n) { return n == 0 ? 0 : n + sum_after(n - 1); }
static unsigned long product_after(unsigned n) {
  if (n < 2) return 1;
  return n % 7 * product_after(n - 1) + 0;
}
// Subtraction does not associate.
static __attribute__((noinline)) long difference_after(long n) { return n <= 0 ? 0 : n * n - difference_after(n - 1); }

static __attribute__((noinline)) unsigned greatest_divisor(unsigned a, unsigned b) { return b ? greatest_divisor(b, a % b) : a; }

// Swapped parameters: all new values must be computed from the old ones.
static __attribute__((noinline)) unsigned shuffle(unsigned a, unsigned b, unsigned c, int n) {
  if (n <= 0) return a * 100 + b * 10 + c;
  if (n % 3 == 0) return shuffle(c, a, b, n - 1);
  if (n % 3 == 1) return shuffle(b, a, c + a, n - 1);
  return shuffle(a + 1, c, b, n - 2);
}

// The address of this frame's local goes into the recursion, so the frame must stay.
static __attribute__((noinline)) int link(int n, int *outer) {
  int mine = n * 2;
  if (outer) *outer += mine;
  if (n == 0) return outer ? *outer : -1;
  return link(n - 1, &mine);
}
static __attribute__((noinline)) int linked_sum(int n, int *outer) {
  int mine = n;
  int result = n == 0 ? 7 : linked_sum(n - 1, &mine);
  if (outer) *outer += mine;
  return result + mine;
}

static unsigned even_steps(unsigned n, unsigned seen);
static unsigned odd_steps(unsigned n, unsigned seen) { return n == 1 ? seen : even_steps(n * 3 + 1, seen + 1); }
static unsigned even_steps(unsigned n, unsigned seen) {
  while (n % 2 == 0) n /= 2, seen += 10;
  return odd_steps(n, seen);
}

static char path[300];
static int path_length;
static __attribute__((noinline)) void move_disks(int n, char from, char to, char spare) {
  if (n == 0) return;
  move_disks(n - 1, from, spare, to);
  if (path_length < 298) path[path_length++] = from, path[path_length++] = to;
  move_disks(n - 1, spare, to, from);
}

static unsigned nested_twice(unsigned m, unsigned n) {  // the argument of a recursive call is one
  if (m == 0) return n + 1;
  if (n == 0) return nested_twice(m - 1, 1);
  return nested_twice(m - 1, nested_twice(m, n - 1));
}

struct step { int x, y; };
static __attribute__((noinline)) int walk(struct step at, const char *way, int visits) {  // a structure as the loop state
  switch (*way) {
    case 0: return at.x * 100 + at.y * 10 + visits;
    case 'n': ++at.y; break;
    case 's': --at.y; break;
    case 'e': ++at.x; break;
    case 'w': --at.x; break;
    default: return walk((struct step){at.y, at.x}, way + 1, visits);
  }
  return walk(at, way + 1, visits + (at.x == 0 || at.y == 0));
}

static __attribute__((noinline)) double series(double x, int n, double term) {
  if (n > 14) return 0;
  return term + series(x, n + 1, term * x / (n + 1));
}

int digits(unsigned value, char *to) {  // work on both sides of the call
  int before = 0;
  if (value >= 10) before = digits(value / 10, to);
  to[before] = (char)('0' + value % 10);
  to[before + 1] = 0;
  return before + 1;
}

int main(void) {
  for (int n = 0; n < 40; n = n < 8 ? n + 1 : n * 3 / 2) {
    unsigned u = (unsigned)opaque((uint64_t)n);
    mix(sum_after(u * 5));
    mix(product_after(u));
    mix((uint64_t)difference_after((long)u));
    mix(greatest_divisor(u * 12, 90 - u));
    mix(shuffle(1, 2, 3, (int)u));
    mix((uint64_t)link((int)u, 0));
    mix((uint64_t)linked_sum((int)u, 0));
    mix(even_steps(u + 1, 0) + 3 * odd_steps(2 * u + 1, 0));
    mix(nested_twice(u % 3, u % 6));
    mix_double(series(u / 8.0, 0, 1));
    char text[12];
    mix((uint64_t)digits(u * 99999u, text));
    mix_text(text);
    static const char way[] = "nneexsswwnexeennwsxnnwwwsssseeexn";
    mix((uint64_t)walk((struct step){(int)u % 4, 0}, way + (u % 33), 0));
  }
  move_disks(opaque_int(6), 'a', 'b', 'c');
  path[path_length] = 0;
  mix_text(path);
  return report();
}
