// Threads that share atomics: sums, compare-and-exchange loops, flags with acquire and release, a spin lock, a ticket
// lock, a lock-free stack and a bounded ring; what is checked does not depend on the interleaving.
#include "checksum.h"
#include <atomic>
#include <thread>

static constexpr int workers = 2;

static std::atomic<long> total{0}, largest{-1};
static std::atomic<unsigned char> small{0};
static std::atomic<unsigned> bits{0};
static std::atomic<int> ready{0};
static std::atomic_flag spin = ATOMIC_FLAG_INIT;
static std::atomic<unsigned> tickets{0}, serving{0};
static long under_spin, under_ticket;

static void start_together() {
  ready.fetch_add(1);
  while (ready.load(std::memory_order_acquire) < workers) std::this_thread::yield();
}

static void add_many(int id, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    total.fetch_add(i & 7, std::memory_order_relaxed);
    small++;
    if (i % 16 == 0) bits.fetch_xor(1u << ((id * 5 + i / 16) % 32));
    long value = (i * 7919L + id * 31) % 100003, seen = largest.load(std::memory_order_relaxed);
    while (seen < value && !largest.compare_exchange_weak(seen, value, std::memory_order_acq_rel)) {}
  }
}

static void locked(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    while (spin.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
    long old = under_spin;
    under_spin = old + (i % 3);
    spin.clear(std::memory_order_release);
    unsigned ticket = tickets.fetch_add(1, std::memory_order_relaxed);
    while (serving.load(std::memory_order_acquire) != ticket) std::this_thread::yield();
    ++under_ticket;
    serving.store(ticket + 1, std::memory_order_release);
  }
}

// A stack onto which all push and which is emptied as a whole.
struct Node { int value; Node *next; };
static std::atomic<Node *> head{nullptr};
static void push(Node *node) {
  node->next = head.load(std::memory_order_relaxed);
  while (!head.compare_exchange_weak(node->next, node, std::memory_order_release, std::memory_order_relaxed)) {}
}
static long drain(int *count) {
  long sum = 0;
  for (Node *node = head.exchange(nullptr, std::memory_order_acquire); node; node = node->next) {
    sum += node->value;
    ++*count;
  }
  return sum;
}

// One writer, one reader.
struct Ring {
  long slots[8];
  std::atomic<unsigned> written{0}, read{0};
  bool put(long v) {
    unsigned w = written.load(std::memory_order_relaxed);
    if (w - read.load(std::memory_order_acquire) == 8) return false;
    slots[w % 8] = v;
    written.store(w + 1, std::memory_order_release);
    return true;
  }
  bool get(long *v) {
    unsigned r = read.load(std::memory_order_relaxed);
    if (r == written.load(std::memory_order_acquire)) return false;
    *v = slots[r % 8];
    read.store(r + 1, std::memory_order_release);
    return true;
  }
};

// All operations on one thread, with the values that they give back.
template <typename T>
static void operations(T start, T x) {
  std::atomic<T> a{start};
  const T results[] = {a.fetch_add(x), a.fetch_sub(3), a += 5, a.exchange(x), a.fetch_and(0x5c), a.fetch_or(0x23), a ^= 0x11};
  for (T result : results) mix((uint64_t)result);
  T expected = start;
  mix(a.compare_exchange_strong(expected, 1));
  mix((uint64_t)expected);
  mix(a.compare_exchange_strong(expected, x));
  mix((uint64_t)a--);
  mix((uint64_t)a.load() + a.is_lock_free());
}

int main() {
  for (int i = 0; i < 9; ++i) {
    operations<int>(opaque_int(i * 100), opaque_int(i - 5));
    operations<unsigned char>((unsigned char)opaque(i * 40), (unsigned char)opaque(i + 250));
    operations<long>((long)opaque(i) << 33, opaque_int(-i));
    operations<short>((short)opaque_int(i * 5000), (short)opaque_int(i));
  }
  int rounds = opaque_int(12000), items = opaque_int(300), count = 0;
  Node nodes[workers][300];
  Ring ring;
  long order = 1;
  auto body = [&](int id) {
    start_together();
    add_many(id, rounds);
    locked(items);
    for (int i = 0; i < items; ++i) { nodes[id][i].value = i * (id + 1); push(&nodes[id][i]); }
    for (long i = 0; i < items;) {
      if (id == 0) {
        if (ring.put(i * i)) ++i; else std::this_thread::yield();
      } else {
        long got;
        if (ring.get(&got)) { order = (order * 31 + got) % 1000000007; ++i; } else std::this_thread::yield();
      }
    }
  };
  std::thread other(body, 1);
  body(0);
  other.join();
  mix(total.load());
  mix(largest.load() * 1000 + small.load());
  mix(bits.load());
  mix(under_spin * 10000 + under_ticket);
  mix(drain(&count));
  mix(count * 1000L + order);
  return report();
}
