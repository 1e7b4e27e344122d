// Loops that count down: unsigned to and past zero, pointers walked backwards, shrinking bounds,
// and results that need the counter's last value.
#include "checksum.h"

typedef unsigned __int128 wide;

static __attribute__((noinline)) size_t last_of(const char *text, size_t n, char wanted) {
  while (n-- > 0)
    if (text[n] == wanted) return n;
  return n;  // all ones: the counter wrapped
}

// Digits are written from the end of the buffer to its front.
static char *decimal(uint64_t value, char *end) {
  *--end = 0;
  do *--end = (char)('0' + value % 10);
  while (value /= 10);
  return end;
}

// Sorts by insertion, moving from the back; the inner counter may reach -1.
static void insertion(short *v, int n) {
  for (int i = 1; i < n; ++i) {
    short moved = v[i];
    int k;
    for (k = i - 1; k >= 0 && v[k] > moved; --k) v[k + 1] = v[k];
    v[k + 1] = moved;
  }
}

// Exchange sort whose bound jumps down to the last place of an exchange.
unsigned shrinking(unsigned char *v, unsigned n) {
  unsigned bound = n, passes = 0;
  while (bound > 1) {
    unsigned last = 0;
    for (unsigned i = bound - 1; i > 0; --i)
      if (v[n - bound + i] < v[n - bound + i - 1]) {
        unsigned char t = v[n - bound + i];
        v[n - bound + i] = v[n - bound + i - 1];
        v[n - bound + i - 1] = t;
        last = bound - i;
      }
    bound = last ? bound - 1 : 0;
    ++passes;
  }
  return passes;
}

// Polynomial with 32-bit coefficients by Horner's rule, highest first, counted with a signed step of two.
static uint64_t horner(const uint32_t *c, int degree, uint64_t x) {
  uint64_t even = 0, odd = 0;
  for (int i = degree & ~1; i >= 0; i -= 2) even = even * (x * x) + c[i];
  for (int i = (degree - 1) | 1; i >= 1; i -= 2) odd = odd * (x * x) + c[i];
  return even + odd * x;
}

// Long division from the top limb down: the remainder is carried against the direction of memory.
static uint32_t divide_limbs(uint32_t *limbs, unsigned n, uint32_t by) {
  uint64_t rest = 0;
  uint32_t *p = limbs + n;
  while (p != limbs) {
    wide part = (wide)rest << 32 | *--p;
    *p = (uint32_t)(part / by);
    rest = (uint64_t)(part % by);
  }
  return (uint32_t)rest;
}

static int trailing(int n) {
  int m = n;
  while (--m > 0 && n % m)
    ;
  return m * 1000 + n;
}

int main(void) {
  static const char text[] = "a man, a plan, a canal";
  for (size_t n = 0; n < sizeof text; n += 3)
    for (const char *w = "anz,"; *w; ++w) mix(last_of(text, opaque(n), *w));
  char room[24];
  for (uint64_t v = opaque(0), k = 0; k < 24; ++k, v = v * 7 + k) mix_text(decimal(v, room + sizeof room));
  mix_text(decimal(opaque(UINT64_MAX), room + sizeof room));
  for (int n = 0; n < 24; ++n) {
    short v[24];
    unsigned char w[24];
    uint32_t limbs[8];
    for (int i = 0; i < n; ++i) v[i] = (short)((i * opaque_int(73) + n * 11) % 31 - 15);
    for (int i = 0; i < n; ++i) w[i] = (unsigned char)((i * 41 + n * opaque_int(29)) & 63);
    insertion(v, n);
    mix(shrinking(w, (unsigned)n));
    for (int i = n; i--;) mix((uint64_t)(v[i] * 256 + w[i]));
    for (unsigned i = 0; i < 8; ++i) limbs[i] = (uint32_t)opaque(i * 0x9abcdef1u + (unsigned)n);
    mix(horner(limbs, n % 8, (uint64_t)n * 3 + 1));
    mix(divide_limbs(limbs, (unsigned)n % 9, (uint32_t)opaque(3 + (unsigned)n * 0x0abcdefu)));
    for (unsigned i = 8; i; --i) mix(limbs[i - 1]);
    mix((uint64_t)trailing(opaque_int(n * n)));
  }
  return report();
}
