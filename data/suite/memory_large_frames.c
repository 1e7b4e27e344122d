// Functions with frames of many kilobytes: arrays far apart in one frame, large offsets, several pages touched out of order, big
// structures returned and passed by value, and recursion that needs such frames.
#include "checksum.h"

struct page { unsigned words[1024]; };
struct wide { struct page page; unsigned char tail[3001]; };

static __attribute__((noinline)) unsigned far_apart(unsigned seed, int n) {
  unsigned near[4] = {seed, seed + 1, seed + 2, seed + 3};
  volatile unsigned char pages[9 * 4096];
  unsigned far[4] = {7, 8, 9, 10};
  for (int i = 0; i < 9; ++i) pages[(i * 5 % 9) * 4096 + i] = (unsigned char)(seed + (unsigned)i);
  pages[sizeof pages - 1] = 77;
  for (int i = 0; i < n; ++i) far[i & 3] += near[(i + 1) & 3] + pages[(i * 5 % 9) * 4096 + i];
  return far[0] + 3 * far[1] + 5 * far[2] + 7 * far[3] + pages[sizeof pages - 1];
}

static __attribute__((noinline)) struct page make_page(unsigned seed) {
  struct page p;
  for (unsigned i = 0; i < 1024; ++i) p.words[i] = seed * i ^ i >> 3;
  return p;
}

static __attribute__((noinline)) unsigned sum_page(struct page p, unsigned from, unsigned step) {
  unsigned sum = 0;
  for (unsigned i = from; i < 1024; i += step) {
    sum = sum * 3 + p.words[i];
    p.words[i] = 0;
  }
  return sum + p.words[from];
}

static unsigned two_pages(unsigned seed) {
  struct page first = make_page(seed), second = make_page(seed + 1), *chosen = seed & 1 ? &first : &second;
  chosen->words[1023] = 5;
  struct page third = *chosen;
  first = second;
  second.words[0] = 99;
  return sum_page(first, 1, 50) + sum_page(second, 0, 70) * 3 + sum_page(third, 3, 60) * 5;
}

static __attribute__((noinline)) struct wide turned(struct wide w, int by) {
  struct wide result = w;
  for (int i = 0; i < 3001; ++i) result.tail[(i + by) % 3001] = w.tail[i];
  result.page.words[by] += w.tail[by];
  return result;
}

// The only use of most of the array is in one branch.
static __attribute__((noinline)) int seldom_large(const unsigned char *text, int n) {
  if (n < 4) return n * 7;
  unsigned short places[256][20];
  unsigned char counts[256];
  memset(counts, 0, sizeof counts);
  for (int i = 0; i < n; ++i)
    if (counts[text[i]] < 20) places[text[i]][counts[text[i]]++] = (unsigned short)i;
  int result = 0;
  for (int c = 0; c < 256; ++c)
    for (int k = 1; k < counts[c]; ++k) result = (result * 3 + places[c][k] - places[c][k - 1]) % 100003;
  return result;
}

static __attribute__((noinline)) unsigned deep(int depth, unsigned *above) {
  unsigned here[700];
  for (int i = 0; i < 700; i += 10) here[i] = (unsigned)(i + depth) + (above ? above[i] : 0);
  unsigned below = depth > 0 ? deep(depth - 1, here) : 1;
  unsigned sum = below;
  for (int i = 0; i < 700; i += 70) sum = sum * 5 + here[i];
  if (above) above[0] ^= sum;
  return sum;
}

// Long strings built on the stack and copied to and fro between scopes.
static __attribute__((noinline)) unsigned paragraphs(int count) {
  char all[20000];
  size_t used = 0;
  for (int i = 0; i < count; ++i) {
    char one[5000];
    memset(one, 'a' + i, (size_t)(200 * i % 4999));
    one[200 * i % 4999] = 0;
    size_t length = strlen(one);
    if (used + length >= sizeof all) {
      memmove(all, all + length, used - length);
      used -= length;
    }
    memcpy(all + used, one, length);
    used += length;
  }
  unsigned sum = (unsigned)used;
  for (size_t i = 0; i < used; i += 97) sum = sum * 31 + (unsigned char)all[i];
  return sum;
}

int main(void) {
  static const unsigned char text[] = "a text in which some letters come again and others are missing altogether";
  struct wide w;
  memset(&w, 0, sizeof w);
  for (int i = 0; i < 3001; ++i) w.tail[i] = (unsigned char)opaque_int(i * 7);
  for (int n = 0; n < 9; ++n) {
    mix(far_apart((unsigned)opaque((uint64_t)n), opaque_int(n)));
    mix(two_pages((unsigned)opaque((uint64_t)n * 3)));
    w = turned(w, opaque_int(n * 300 % 1000));
    mix(w.page.words[300] + w.tail[n * 100] + w.tail[3000]);
    mix((uint64_t)seldom_large(text, opaque_int(n * n)));
    mix(deep(opaque_int(n), 0));
    mix(paragraphs(opaque_int(n * 4)));
  }
  return report();
}
