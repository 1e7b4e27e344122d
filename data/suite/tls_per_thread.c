// Thread-local variables of several models and initial values: each thread starts with the initialiser, sees only its own changes,
// and has its own addresses, also when they are handed to another thread.
#include <pthread.h>

#include "checksum.h"

static int plain_global = 5;
static const int *const initial = &plain_global;

__thread int counter = 40;
static _Thread_local unsigned history[6] = {1, 2, 3};
static __thread char name[8] = "thread";
static __thread struct { short a; long long b; } __attribute__((packed)) mixed = {-2, 1LL << 40};
static __thread const int *pointer = &plain_global;
static __thread double rate __attribute__((tls_model("initial-exec"))) = 1.25;
__thread unsigned char flag __attribute__((tls_model("local-exec")));
__thread long long zeroed __attribute__((tls_model("global-dynamic")));
static _Thread_local _Alignas(64) int aligned_one = 9;

static __attribute__((noinline)) int next(void) {
  static __thread int calls = 100;
  return ++calls;
}

static __attribute__((noinline)) int *own_counter(void) { return &counter; }

// The address of a thread-local is the same at both places, and the store must be seen through it.
static __attribute__((noinline)) int through_address(int value) {
  int *address = own_counter();
  counter = value;
  *address += 2;
  int first = counter;
  *own_counter() = first * 3;
  return *address + (address == &counter);
}

void remember(unsigned value) {
  for (int i = 5; i > 0; --i) history[i] = history[i - 1];
  history[0] = value;
  flag ^= 1;
  if (flag) zeroed -= value;
}

static unsigned long long everything(void) {
  unsigned long long sum = (unsigned long long)counter;
  for (int i = 0; i < 6; ++i) sum = sum * 31 + history[i];
  for (int i = 0; i < 8; ++i) sum = sum * 31 + (unsigned char)name[i];
  sum = sum * 31 + (unsigned long long)mixed.a;
  sum = sum * 31 + (unsigned long long)mixed.b;
  sum = sum * 31 + (unsigned long long)(*pointer + (pointer == initial));
  sum = sum * 31 + (unsigned long long)(rate * 8);
  sum = sum * 31 + flag;
  sum = sum * 31 + (unsigned long long)zeroed;
  return sum * 31 + (unsigned long long)aligned_one + ((uintptr_t)&aligned_one % 64 == 0);
}

struct visit {
  int id;
  int *callers_counter;
  unsigned long long at_start, at_end;
  int nexts, result, distinct;
};

static void *visit(void *argument) {
  struct visit *v = argument;
  v->at_start = everything();
  for (int i = 0; i < v->id + 2; ++i) {
    remember((unsigned)(i * 10 + v->id));
    v->nexts = v->nexts * 3 + next();
    name[i % 6] = (char)('A' + v->id);
    mixed.b >>= 1;
    mixed.a = (short)(mixed.a * 3);
    rate += 0.5;
    aligned_one *= 2;
  }
  static const int other_place = 77;
  if (v->id & 1) pointer = &other_place;
  v->result = through_address(v->id * 11);
  v->distinct = v->callers_counter != &counter;
  *v->callers_counter += v->id + counter;  // another thread's variable; that thread waits in join
  v->at_end = everything();
  return v;
}

int main(void) {
  mix((uint64_t)next());
  counter = opaque_int(1000);
  remember((unsigned)opaque(3));
  for (int id = 0; id < 6; ++id) {
    pthread_t thread;
    struct visit v = {.id = opaque_int(id), .callers_counter = own_counter()};
    if (pthread_create(&thread, 0, visit, &v)) return 4;
    pthread_join(thread, 0);
    mix(v.at_start);
    mix(v.at_end);
    mix((uint64_t)(v.nexts + v.result * 2 + v.distinct));
    mix((uint64_t)counter);
    mix(everything());
  }
  struct visit here = {.id = opaque_int(2), .callers_counter = own_counter()};
  visit(&here);
  mix(here.at_end);
  mix((uint64_t)(here.nexts + here.distinct));
  mix((uint64_t)next());
  return report();
}
