// thread_local objects with constructors and destructors, in functions, namespaces, classes and templates: each thread
// has its own, built on first use and destroyed at its end, whichever way the threads interleave.
#include "checksum.h"
#include <atomic>
#include <thread>

static std::atomic<int> built{0}, gone{0};
static std::atomic<unsigned> farewell_sum{0};

struct Local {
  int value;
  unsigned trace = 1;
  explicit Local(int v) : value(v) { built.fetch_add(1, std::memory_order_relaxed); }
  ~Local() {
    gone.fetch_add(1);
    farewell_sum.fetch_add(trace * 3 + (unsigned)value);
  }
  void touch(int x) { trace = trace * 31 + (unsigned)x; }
};

static thread_local int plain = 5;
static thread_local int dynamic = opaque_int(30);
thread_local Local global_local(dynamic + 1);
static thread_local int *pointer_to_own = &plain;

struct Worker {
  static thread_local int runs;
  static thread_local Local state;
  static int next() { return ++runs * 10 + state.value; }
};
thread_local int Worker::runs = 0;
thread_local Local Worker::state(global_local.value * 2);

template <typename T>
struct Cache {
  static inline thread_local T slots[4] = {};
  static T put(int i, T v) { T old = slots[i & 3]; slots[i & 3] = v; return old; }
};

static Local &on_first_use(int v) {
  static thread_local Local local(v);
  local.touch(v);
  return local;
}

// Recursion with a depth counter per thread; the exception must leave it balanced.
static thread_local int depth, deepest;
static __attribute__((noinline)) long descend(int n) {
  struct Level { Level() { if (++depth > deepest) deepest = depth; } ~Level() { --depth; } } level;
  if (n <= 0) return depth;
  if (n % 7 == 6) throw n + depth;
  return descend(n - 1) * 3 % 10007 + descend(n / 2 - 1);
}

static unsigned long work(int id, int rounds) {
  unsigned long sum = (unsigned long)(id + dynamic + global_local.value + Worker::state.value);  // All are built now.
  for (int i = 0; i < rounds; ++i) {
    plain += id + i;
    sum = sum * 33 + (unsigned long)(*pointer_to_own + dynamic++);
    sum = sum * 33 + (unsigned long)Cache<int>::put(i, i * id);
    sum ^= (unsigned long)Cache<long>::put(i + id, (long)sum & 0xffff);
    if (i % 3 == 0) sum += (unsigned long)Worker::next();
    if (i % 4 == id % 4) sum += (unsigned long)on_first_use(i + id).value;
    global_local.touch(i);
    try { sum += (unsigned long)descend(i % 12);
    } catch (int thrown) { sum ^= (unsigned long)thrown << 20; }
  }
  return sum * 100 + (unsigned long)(depth * 10 + deepest) + global_local.trace;
}

int main() {
  mix(plain + dynamic * 100);
  for (int round = 0; round < 3; ++round) {
    unsigned long results[4] = {};
    std::thread threads[4];
    for (int id = 0; id < 4; ++id)
      threads[id] = std::thread([&results, id, round] { results[id] = work(id + 1, opaque_int(4 + round * 5 + id)); });
    mix(work(9, opaque_int(round + 3)));  // The main thread goes on in its own variables.
    for (std::thread &thread : threads) thread.join();
    for (unsigned long result : results) mix(result);
    mix((unsigned)gone.load());
    mix(farewell_sum.load());
  }
  mix(plain + dynamic * 1000);
  mix(*pointer_to_own);
  mix((unsigned)built.load() * 100 + (unsigned)gone.load());
  mix(Worker::next());
  return report();
}
