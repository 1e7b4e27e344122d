// Loops over two sorted lists with two or three counters: merge, intersect, difference, a join with
// repeated keys, and a partition from both ends that ends where the counters meet.
#include "checksum.h"

// Three loops in a row share their counters.
static __attribute__((noinline)) int merge(const int *a, int na, const int *b, int nb, int *to) {
  int i = 0, k = 0, n = 0, from_b = 0;
  while (i < na && k < nb) {
    if (b[k] < a[i]) {
      to[n++] = b[k++];
      from_b += n;
    } else {
      to[n++] = a[i++];
    }
  }
  while (i < na) to[n++] = a[i++];
  while (k < nb) to[n++] = b[k++], from_b -= k;
  return from_b;
}

// Equal elements pair off one to one; a difference in the exit decides about the rest.
static int intersect(const int *a, const int *a_end, const int *b, const int *b_end, int *to) {
  int *start = to;
  for (; a != a_end && b != b_end;) {
    int order = (*a > *b) - (*a < *b);
    if (order == 0) *to++ = *a;
    a += order <= 0;
    b += order >= 0;
  }
  if (a == a_end) return (int)(to - start);
  return -(int)(to - start) - 1;
}

int difference(const int *a, int na, const int *b, int nb, int *to) {
  int n = 0, k = 0;
  for (int i = 0; i < na; ++i) {
    while (k < nb && b[k] < a[i]) ++k;
    if (k == nb) {
      while (i < na) to[n++] = a[i++];
      break;
    }
    if (b[k] != a[i]) to[n++] = a[i];
  }
  return n;
}

// All pairs of equal keys: the inner counter goes back to where the group began.
static uint64_t join(const int *a, int na, const int *b, int nb) {
  uint64_t hash = 0;
  int group = 0;
  for (int i = 0; i < na; ++i) {
    while (group < nb && b[group] < a[i]) ++group;
    for (int k = group; k < nb && b[k] == a[i]; ++k) hash = hash * 41 + (uint64_t)(i * 40 + k);
  }
  return hash;
}

// Hoare's partition with both counters moving inwards by loops whose ends are guarded by the pivot.
static int partition(int *v, int low, int high) {
  int pivot = v[low + (high - low) / 2], i = low - 1, k = high + 1;
  for (;;) {
    do ++i;
    while (v[i] < pivot);
    do --k;
    while (v[k] > pivot);
    if (i >= k) return k;
    int t = v[i];
    v[i] = v[k];
    v[k] = t;
  }
}

static void sort(int *v, int low, int high) {
  while (low < high) {
    int middle = partition(v, low, high);
    if (middle - low < high - middle) {
      sort(v, low, middle);
      low = middle + 1;
    } else {
      sort(v, middle + 1, high);
      high = middle;
    }
  }
}

// Two counters close in on a pair with the wanted sum; each step rules out one of them.
static int pair_sum(const int *v, int n, int wanted) {
  int i = 0, k = n - 1, closest = 1 << 20;
  while (i < k) {
    int gap = v[i] + v[k] - wanted;
    if (gap == 0) return i * 64 + k;
    if ((gap < 0 ? -gap : gap) < closest) closest = gap < 0 ? -gap : gap;
    if (gap < 0)
      ++i;
    else
      --k;
  }
  return -closest;
}

int main(void) {
  int a[24], b[24], to[48];
  for (int round = 0; round < 50; ++round) {
    int na = opaque_int(round % 25), nb = opaque_int(round * 7 % 23);
    for (int i = 0; i < na; ++i) a[i] = (i * i * 11 + round * 3) % (7 + round);
    for (int i = 0; i < nb; ++i) b[i] = (i * 17 + round * round) % 31 - (round % 9 == 4 ? 100 : 0);
    sort(a, 0, na - 1);
    sort(b, 0, nb - 1);
    mix((uint64_t)merge(a, na, b, nb, to));
    for (int i = 0; i < na + nb; i += 2) mix((uint64_t)to[i]);
    int n = intersect(a, a + na, b, b + nb, to);
    mix((uint64_t)n);
    for (int i = 0; i < (n < 0 ? ~n : n); ++i) mix((uint64_t)to[i]);
    n = difference(a, na, b, nb, to);
    mix((uint64_t)n);
    for (int i = 0; i < n; i += 2) mix((uint64_t)to[i]);
    mix(join(a, na, b, nb));
    for (int wanted = 0; wanted < 40; wanted += 9) mix((uint64_t)pair_sum(a, na, opaque_int(wanted)));
  }
  return report();
}
