// Workers that pass through barriers between phases: each phase reads what its neighbours wrote in the phase before, so no value may
// be kept over a barrier. Join results, pthread_once and thread-specific keys besides.
#include <pthread.h>
#include <stdlib.h>

#include "checksum.h"

enum { workers = 3, width = 30, phases = 12 };

static pthread_barrier_t barrier;
static unsigned rows[2][width];
static unsigned carry[workers];
static int active_row;
static unsigned phase_sums[phases];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int once_calls, destroyed;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void destroy(void *value) {
  pthread_mutex_lock(&lock);
  destroyed += *(int *)value;
  pthread_mutex_unlock(&lock);
  free(value);
}

static void set_up(void) {
  ++once_calls;
  if (pthread_key_create(&key, destroy)) exit(5);
}

static __attribute__((noinline)) void bump_own(int by) {
  int *own = pthread_getspecific(key);
  if (!own) {
    own = calloc(1, sizeof *own);
    if (!own) exit(5);
    pthread_setspecific(key, own);
  }
  *own += by;
}

static __attribute__((noinline)) void step(const unsigned *from, unsigned *to, int first, int last) {
  for (int i = first; i < last; ++i) {
    unsigned left = from[(i + width - 1) % width], right = from[(i + 1) % width];
    to[i] = left * 3 + (from[i] ^ right >> 1) + 1;
  }
}

struct job { int id, first, last; unsigned seen; };

static void *run(void *argument) {
  struct job *job = argument;
  pthread_once(&once, set_up);
  for (int phase = 0; phase < phases; ++phase) {
    int row = active_row;
    step(rows[row], rows[!row], job->first, job->last);
    carry[job->id] = rows[!row][job->last - 1];
    bump_own(phase);
    // One of the waiting threads, no matter which, does the serial part.
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
      active_row = !row;
      for (int w = 0; w < workers; ++w) phase_sums[phase] = phase_sums[phase] * 5 + carry[w];
    }
    pthread_barrier_wait(&barrier);
    job->seen = job->seen * 7 + phase_sums[phase] + carry[(job->id + 1) % workers] + (unsigned)active_row;
    pthread_barrier_wait(&barrier);
  }
  if (job->id == 1) pthread_exit((void *)(uintptr_t)(job->seen | 1));
  return (void *)(uintptr_t)job->seen;
}

int main(void) {
  if (pthread_barrier_init(&barrier, 0, workers)) return 4;
  pthread_t threads[workers];
  struct job jobs[workers];
  for (int i = 0; i < width; ++i) rows[0][i] = (unsigned)opaque((uint64_t)i * i * 2654435761u);
  for (int w = 0; w < workers; ++w) {
    jobs[w] = (struct job){w, opaque_int(w * width / workers), opaque_int((w + 1) * width / workers), 0};
    if (pthread_create(&threads[w], 0, run, &jobs[w])) return 4;
  }
  for (int w = 0; w < workers; ++w) {
    void *result = 0;
    mix((uint64_t)pthread_join(threads[w], &result));
    mix((uint64_t)(uintptr_t)result);
  }
  pthread_barrier_destroy(&barrier);
  for (int i = 0; i < width; ++i) mix(rows[active_row][i]);
  for (int phase = 0; phase < phases; ++phase) mix(phase_sums[phase]);
  mix((uint64_t)once_calls);
  mix((uint64_t)destroyed);
  return report();
}
