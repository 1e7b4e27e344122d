// Plain data handed from thread to thread by atomic flags: release and acquire, fences with relaxed accesses, sequence locks, a
// ticket lock and a spin lock. What arrives must be whole, whatever the interleaving.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "checksum.h"

enum { rounds = 7, rewrites = 200 };

struct parcel { unsigned a, b; unsigned long long c; };

static struct parcel parcel;
static atomic_int full;           // 0: empty, 1: to the consumer
static unsigned fenced_data[2];   // plain
static atomic_uint fenced_turn;
static _Atomic unsigned guarded[4], sequence;
static atomic_uint next_ticket, now_serving;
static atomic_flag spin = ATOMIC_FLAG_INIT;
static unsigned long long under_ticket, under_spin;
static atomic_int stop;
static unsigned torn;

static __attribute__((noinline)) void wait_until(atomic_int *flag, int value) {
  while (atomic_load_explicit(flag, memory_order_acquire) != value) sched_yield();
}

static void locked_work(unsigned long long by) {
  unsigned mine = atomic_fetch_add_explicit(&next_ticket, 1, memory_order_relaxed);
  while (atomic_load_explicit(&now_serving, memory_order_acquire) != mine) sched_yield();
  under_ticket = under_ticket + by;
  atomic_store_explicit(&now_serving, mine + 1, memory_order_release);

  while (atomic_flag_test_and_set_explicit(&spin, memory_order_acquire)) sched_yield();
  under_spin += by * 3;
  atomic_flag_clear_explicit(&spin, memory_order_release);
}

static void *produce(void *unused) {
  for (unsigned i = 0; i < rounds; ++i) {
    wait_until(&full, 0);
    parcel = (struct parcel){i, i * i, ~(unsigned long long)i};
    atomic_store_explicit(&full, 1, memory_order_release);

    while (atomic_load_explicit(&fenced_turn, memory_order_relaxed) != 2 * i) sched_yield();
    atomic_thread_fence(memory_order_acquire);
    fenced_data[0] = fenced_data[1] + i;  // answers to what the consumer left
    fenced_data[1] = i ^ 0x55;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&fenced_turn, 2 * i + 1, memory_order_relaxed);
    locked_work(i);
  }
  return unused;
}

// A sequence lock: odd while the writer is at work.
static void *rewrite(void *unused) {
  for (unsigned i = 1; i <= rewrites; ++i) {
    unsigned s = atomic_load_explicit(&sequence, memory_order_relaxed);
    atomic_store_explicit(&sequence, s + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    for (unsigned k = 0; k < 4; ++k) atomic_store_explicit(&guarded[k], i * (k + 1), memory_order_relaxed);
    atomic_store_explicit(&sequence, s + 2, memory_order_release);
    if (i % 50 == 0) locked_work(1);
  }
  atomic_store(&stop, 1);
  return unused;
}

static __attribute__((noinline)) unsigned snapshot(unsigned copy[4]) {
  for (;;) {
    unsigned before = atomic_load_explicit(&sequence, memory_order_acquire);
    for (int k = 0; k < 4; ++k) copy[k] = atomic_load_explicit(&guarded[k], memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    unsigned after = atomic_load_explicit(&sequence, memory_order_relaxed);
    if (before == after && !(before & 1)) return before / 2;
    sched_yield();
  }
}

int main(void) {
  pthread_t producer, writer;
  if (pthread_create(&producer, 0, produce, 0) || pthread_create(&writer, 0, rewrite, 0)) return 4;
  unsigned previous = 0;
  for (unsigned i = 0; i < rounds; ++i) {
    wait_until(&full, 1);
    mix(parcel.a);
    mix(parcel.b);
    mix(parcel.c);
    atomic_store_explicit(&full, 0, memory_order_release);

    while (atomic_load_explicit(&fenced_turn, memory_order_relaxed) != 2 * i + 1) sched_yield();
    atomic_thread_fence(memory_order_acquire);
    mix(fenced_data[0] * 1000 + fenced_data[1]);
    fenced_data[1] += 7;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&fenced_turn, 2 * i + 2, memory_order_relaxed);

    unsigned copy[4], version = snapshot(copy);
    for (unsigned k = 0; k < 4; ++k) torn += copy[k] != version * (k + 1);
    torn += version < previous;
    previous = version;
    locked_work(opaque(2));
  }
  while (!atomic_load_explicit(&stop, memory_order_relaxed)) sched_yield();
  pthread_join(producer, 0);
  pthread_join(writer, 0);
  mix(torn);
  mix(under_ticket);
  mix(under_spin);
  mix(atomic_load(&now_serving));
  return report();
}
