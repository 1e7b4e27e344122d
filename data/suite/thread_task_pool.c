// A pool of threads that runs tasks from a shared list; tasks spawn tasks, results are gathered under locks, a read-write lock guards
// a table, and a turn variable makes three threads alternate in a fixed order.
#include <pthread.h>

#include "checksum.h"

enum { most_tasks = 200, pool = 3 };

struct task {
  unsigned long long (*work)(unsigned, unsigned);
  unsigned from, to;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct task tasks[most_tasks];
static int waiting, running, handed_out;
static unsigned long long total;

static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static unsigned table[16];

static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static int turn;
static char script[64];
static int script_length;

static unsigned long long sum_cubes(unsigned from, unsigned to) {
  unsigned long long sum = 0;
  for (unsigned long long i = from; i < to; ++i) sum += i * i * i;
  return sum;
}

static unsigned long long count_odd_bits(unsigned from, unsigned to) {
  unsigned long long count = 0;
  for (unsigned i = from; i < to; ++i) count += (unsigned)__builtin_parity(i);
  return count * 1000003;
}

static void add_task(struct task task) {  // with the lock held
  if (waiting < most_tasks) tasks[waiting++] = task;
}

static __attribute__((noinline)) unsigned long long table_work(unsigned from, unsigned to) {
  unsigned long long seen = 0;
  for (unsigned i = from; i < to; ++i) {
    pthread_rwlock_rdlock(&table_lock);
    seen += table[i % 16] - table[i % 16];
    pthread_rwlock_unlock(&table_lock);
    pthread_rwlock_wrlock(&table_lock);
    table[i % 16] += i;
    pthread_rwlock_unlock(&table_lock);
  }
  return seen + 1;
}

// Until there is neither a waiting nor a running task.
static void *serve(void *unused) {
  pthread_mutex_lock(&lock);
  for (;;) {
    while (waiting == 0 && running > 0) pthread_cond_wait(&changed, &lock);
    if (waiting == 0) break;
    struct task task = tasks[--waiting];
    ++running;
    ++handed_out;
    if (task.to - task.from > 16) {
      unsigned middle = task.from + (task.to - task.from) / 3;
      add_task((struct task){task.work, task.from, middle});
      add_task((struct task){task.work, middle, task.to});
      pthread_cond_broadcast(&changed);
      task.to = task.from;
    }
    pthread_mutex_unlock(&lock);
    unsigned long long result = task.from < task.to ? task.work(task.from, task.to) : 0;
    pthread_mutex_lock(&lock);
    total += result;
    if (--running == 0) pthread_cond_broadcast(&changed);
  }
  pthread_mutex_unlock(&lock);
  return unused;
}

static void *recite(void *argument) {
  const char *mine = argument;
  for (int i = 0; mine[i]; ++i) {
    pthread_mutex_lock(&turn_lock);
    while (turn % 3 != mine[0] - 'a') pthread_cond_wait(&turn_changed, &turn_lock);
    script[script_length++] = mine[i];
    ++turn;
    pthread_cond_broadcast(&turn_changed);
    pthread_mutex_unlock(&turn_lock);
  }
  return 0;
}

static int run_all(void *(*body)(void *), char *const *arguments) {
  pthread_t threads[pool];
  for (int t = 0; t < pool; ++t)
    if (pthread_create(&threads[t], 0, body, arguments ? arguments[t] : 0)) return 0;
  for (int t = 0; t < pool; ++t) pthread_join(threads[t], 0);
  return 1;
}

int main(void) {
  add_task((struct task){sum_cubes, 0, (unsigned)opaque(200)});
  add_task((struct task){count_odd_bits, (unsigned)opaque(100), 300});
  add_task((struct task){table_work, 0, (unsigned)opaque(150)});
  if (!run_all(serve, 0)) return 4;
  mix(total);
  mix((uint64_t)handed_out);
  for (int i = 0; i < 16; ++i) mix(table[i]);
  char first[] = "a1234567", second[] = "bABCDEFG", third[] = "c.,;:-+*", *parts[] = {first, second, third};
  if (!run_all(recite, parts)) return 4;
  mix_text(script);
  puts(script);
  return report();
}
