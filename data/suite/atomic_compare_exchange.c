// Compare-exchange in loops and alone, strong and weak, succeeding and failing, with the expected value updated on failure;
// from several threads too, with results that do not depend on who wins.
#include <pthread.h>
#include <stdatomic.h>

#include "checksum.h"

static _Atomic unsigned long long total, maximum, minimum = ~0ull;
static _Atomic unsigned char narrow;
static _Atomic unsigned packed;  // the low half counts, the high half sums
static atomic_int ready;

static __attribute__((noinline)) void raise_maximum(unsigned long long value) {
  unsigned long long seen = atomic_load_explicit(&maximum, memory_order_relaxed);
  while (seen < value &&
         !atomic_compare_exchange_weak_explicit(&maximum, &seen, value, memory_order_acq_rel, memory_order_relaxed)) {
  }
}

static void lower_minimum(unsigned long long value) {
  unsigned long long seen = minimum;
  do {
    if (seen <= value) return;
  } while (!atomic_compare_exchange_strong(&minimum, &seen, value));
}

// Two counters in one word: neither may lose an update.
static __attribute__((noinline)) int add_packed(unsigned amount) {
  unsigned old = atomic_load(&packed), wanted;
  int tries = 0;
  do {
    ++tries;
    wanted = ((old + 1) & 0xffff) | (((old >> 16) + amount) << 16);
  } while (!atomic_compare_exchange_weak(&packed, &old, wanted));
  return tries > 0;
}

static __attribute__((noinline)) void saturating_increment(_Atomic unsigned char *cell, unsigned char top) {
  unsigned char old = atomic_load_explicit(cell, memory_order_acquire);
  while (old < top)
    if (atomic_compare_exchange_strong_explicit(cell, &old, (unsigned char)(old + 1), memory_order_seq_cst,
                                                memory_order_acquire))
      return;
}

struct outcome { int done; unsigned expected, cell; };

// Alone, so the outcome is known: succeeds if and only if the guess is right.
static __attribute__((noinline)) struct outcome attempt(unsigned start, unsigned guess, unsigned wanted) {
  _Atomic unsigned cell;
  atomic_init(&cell, start);
  struct outcome o = {0, guess, 0};
  o.done = atomic_compare_exchange_strong_explicit(&cell, &o.expected, wanted, memory_order_release, memory_order_relaxed);
  o.cell = cell;
  return o;
}

// The expected value lives in memory that others see; a failure changes it there.
static unsigned legacy_builtins(unsigned *cell, unsigned rounds) {
  unsigned sum = 0;
  for (unsigned i = 0; i < rounds; ++i) {
    unsigned old = __sync_val_compare_and_swap(cell, i, i + 1 + i % 3 / 2);
    sum = sum * 7 + old;
    sum += __sync_bool_compare_and_swap(cell, i + 2, i + 1);
    sum ^= __sync_add_and_fetch(cell, 0);
    unsigned expected = i;
    if (!__atomic_compare_exchange_n(cell, &expected, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) sum += expected;
    __atomic_store_n(cell, i + 1 + sum % 2, __ATOMIC_RELEASE);
  }
  return sum;
}

static void *work(void *argument) {
  unsigned long long id = *(int *)argument;
  atomic_fetch_add(&ready, 1);
  while (atomic_load_explicit(&ready, memory_order_relaxed) < 3) {
  }
  for (unsigned long long i = 0; i < 2000; ++i) {
    unsigned long long value = i * 37 % 2003 * 8 + id, seen = atomic_load(&total);
    raise_maximum(value);
    lower_minimum(value + 5);
    while (!atomic_compare_exchange_weak(&total, &seen, seen + value)) {
    }
    if (i % 4 == 0) add_packed((unsigned)(i + id) % 5);
    if (i % 50 == 0) saturating_increment(&narrow, 77);
  }
  return argument;
}

int main(void) {
  pthread_t threads[3];
  int ids[3];
  for (int t = 0; t < 3; ++t) {
    ids[t] = opaque_int(t);
    if (pthread_create(&threads[t], 0, work, &ids[t])) return 4;
  }
  for (int t = 0; t < 3; ++t) {
    void *result;
    pthread_join(threads[t], &result);
    mix((uint64_t)((int *)result - ids));
  }
  mix(total);
  mix(maximum);
  mix(minimum);
  mix(packed);
  mix(narrow);
  for (unsigned start = 0; start < 4; ++start)
    for (unsigned guess = 0; guess < 4; ++guess) {
      struct outcome o = attempt((unsigned)opaque(start), (unsigned)opaque(guess), 50 + start);
      mix((uint64_t)o.done * 10000 + o.expected * 100 + o.cell);
    }
  unsigned cell = 0;
  for (unsigned rounds = 0; rounds < 12; ++rounds) mix(legacy_builtins(&cell, (unsigned)opaque(rounds)));
  return report();
}
