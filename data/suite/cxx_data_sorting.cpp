// std::sort, an insertion sort by upper_bound and rotate, merge, rotate, heaps, unique, binary searches and permutations with
// comparators in several forms; orders are total or the algorithm stable, so that every result is determined.
#include "checksum.h"
#include <algorithm>

struct Record {
  short key, order;
  float weight;
};
static bool by_key(const Record &a, const Record &b) { return a.key < b.key; }
struct ByAll {
  bool descending;
  bool operator()(const Record &a, const Record &b) const {
    if (a.key != b.key) return descending ? a.key > b.key : a.key < b.key;
    if (a.weight != b.weight) return a.weight < b.weight;
    return a.order < b.order;
  }
};

static unsigned digest(const Record *r, long n) {
  unsigned sum = (unsigned)n;
  for (long i = 0; i < n; ++i) sum = sum * 31 + (unsigned)(r[i].key * 1000 + r[i].order) + (unsigned)(r[i].weight * 4);
  return sum;
}
static void fill(Record *r, int n, int spread, unsigned seed) {
  for (int i = 0; i < n; ++i) {
    seed = seed * 1664525u + 1013904223u;
    r[i] = Record{(short)((seed >> 16) % (unsigned)spread), (short)i, (float)(seed >> 24 & 7) * 0.25f};
  }
}

static void records(int n, int spread) {
  Record a[80], b[80], c[160];
  fill(a, n, spread, (unsigned)opaque(n * 77));
  std::copy(a, a + n, b);
  std::sort(a, a + n, ByAll{spread % 2 == 0});
  mix(digest(a, n));
  for (int i = 0; i < n; ++i) std::rotate(std::upper_bound(b, b + i, b[i], by_key), b + i, b + i + 1);  // Stable.
  mix(digest(b, n));
  std::sort(a, a + n, ByAll{false});
  mix(digest(c, std::merge(a, a + n, b, b + n, c, by_key) - c));  // Equal keys: those of a first.
  Record *middle = std::find_if(c, c + 2 * n, [spread](const Record &r) { return r.key > spread / 3; });
  std::rotate(c, middle, c + 2 * n);
  mix(digest(c, 2 * n) + (unsigned)(middle - c));
  Record wanted{(short)opaque_int(spread / 2), 0, 0};
  mix((std::lower_bound(b, b + n, wanted, by_key) - b) * 100 + (std::upper_bound(b, b + n, wanted, by_key) - b));
  Record *end = std::unique(b, b + n, [](const Record &x, const Record &y) { return x.key == y.key; });
  mix(digest(b, end - b));
  std::reverse(b, end);
  mix(std::is_sorted(b, end, by_key));
  mix(digest(b, end - b));
}

static void numbers(int n) {
  int v[64], w[64];
  for (int i = 0; i < n; ++i) v[i] = w[i] = (i * 37 + 11) % 67 - opaque_int(20);  // All different.
  std::sort(w, w + n, [](int a, int b) { return (a ^ 5) < (b ^ 5); });
  for (int i = 0; i < n; ++i) mix(w[i]);
  std::make_heap(v, v + n);
  for (int i = n; i > n / 2; --i) { std::pop_heap(v, v + i); mix(v[i - 1]); }
  for (int i = 0; i < n / 2; i += 3) { v[i] += 100; std::make_heap(v, v + n / 2); mix(v[0]); }
  mix(std::count_if(w, w + n, [](int x) { return x > 0; }) * 100 + (std::find(w, w + n, 3) - w));
  mix(n ? *std::max_element(w, w + n, [](int a, int b) { return a % 10 != b % 10 ? a % 10 < b % 10 : a < b; }) : -1);
  mix(std::lexicographical_compare(v, v + n / 2, w, w + n) + std::equal(v, v + n / 2, w) * 2);
  std::sort_heap(v, v + n / 2);
  mix(std::is_sorted(v, v + n / 2));
}

int main() {
  for (int n = 0; n < 80; n += 1 + n / 4)
    for (int spread = 1; spread < 30; spread += 9) records(opaque_int(n), spread);
  for (int n = 0; n < 64; n += 1 + n / 5) numbers(opaque_int(n));
  int letters[] = {1, 2, 2, 3, opaque_int(1)}, count = 0;
  std::sort(letters, letters + 4);
  do {
    int number = 0;
    for (int letter : letters) number = number * 10 + letter;
    mix(number);
  } while (++count < 50 && std::next_permutation(letters, letters + 5));
  mix(count);
  return report();
}
