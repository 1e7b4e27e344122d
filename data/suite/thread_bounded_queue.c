// Producers and consumers around a bounded queue with a mutex and two condition variables; the sums do not depend on who takes what.
#include <pthread.h>

#include "checksum.h"

enum { capacity = 5, producers = 2, consumers = 2, per_producer = 120 };

struct item {
  int origin;
  unsigned number;
  unsigned char payload[6];
};

struct queue {
  pthread_mutex_t lock;
  pthread_cond_t not_empty, not_full;
  struct item items[capacity];
  int head, count, closed;
};

static struct queue queue = {.lock = PTHREAD_MUTEX_INITIALIZER,
                             .not_empty = PTHREAD_COND_INITIALIZER,
                             .not_full = PTHREAD_COND_INITIALIZER};
static int peak;

static __attribute__((noinline)) void push(struct queue *q, struct item item) {
  pthread_mutex_lock(&q->lock);
  while (q->count == capacity) pthread_cond_wait(&q->not_full, &q->lock);
  q->items[(q->head + q->count) % capacity] = item;
  ++q->count;
  if (q->count > peak) peak = q->count;
  pthread_cond_signal(&q->not_empty);
  pthread_mutex_unlock(&q->lock);
}

static __attribute__((noinline)) int pop(struct queue *q, struct item *item) {
  int taken = 0;
  pthread_mutex_lock(&q->lock);
  while (q->count == 0 && !q->closed) pthread_cond_wait(&q->not_empty, &q->lock);
  if (q->count > 0) {
    *item = q->items[q->head];
    q->items[q->head].number = 0;
    q->head = (q->head + 1) % capacity;
    --q->count;
    taken = 1;
    pthread_cond_signal(&q->not_full);
  }
  pthread_mutex_unlock(&q->lock);
  return taken;
}

struct producer { int id; unsigned sent; };

struct consumer {
  unsigned taken, bad;
  unsigned long long sum_by_origin[producers];
  unsigned last[producers];
};

static unsigned char seal(const struct item *i) {
  unsigned char seal = (unsigned char)(i->origin * 7 + 1);
  for (int k = 0; k < 5; ++k) seal = (unsigned char)(seal * 3 + i->payload[k]);
  return seal;
}

static void *produce(void *argument) {
  struct producer *p = argument;
  for (unsigned n = 1; n <= per_producer; ++n) {
    struct item item = {p->id, n, {0}};
    for (int k = 0; k < 5; ++k) item.payload[k] = (unsigned char)(n >> k ^ (unsigned)p->id);
    item.payload[5] = seal(&item);
    push(&queue, item);
    p->sent += n * n;
  }
  return p;
}

static void *consume(void *argument) {
  struct consumer *c = argument;
  struct item item;
  while (pop(&queue, &item)) {
    ++c->taken;
    c->bad += item.payload[5] != seal(&item);
    c->bad += item.number <= c->last[item.origin];  // each producer's numbers only grow
    c->last[item.origin] = item.number;
    c->sum_by_origin[item.origin] += (unsigned long long)item.number * (item.payload[5] + 1u);
  }
  return c;
}

int main(void) {
  pthread_t makers[producers], takers[consumers];
  struct producer p[producers] = {{0}};
  struct consumer c[consumers] = {{0}};
  for (int i = 0; i < consumers; ++i)
    if (pthread_create(&takers[i], 0, consume, &c[i])) return 4;
  for (int i = 0; i < producers; ++i) {
    p[i].id = opaque_int(i);
    if (pthread_create(&makers[i], 0, produce, &p[i])) return 4;
  }
  for (int i = 0; i < producers; ++i) {
    void *result;
    pthread_join(makers[i], &result);
    mix(((struct producer *)result)->sent);
  }
  pthread_mutex_lock(&queue.lock);
  queue.closed = 1;
  pthread_cond_broadcast(&queue.not_empty);
  pthread_mutex_unlock(&queue.lock);
  unsigned long long sums[producers] = {0};
  unsigned taken = 0, bad = 0;
  for (int i = 0; i < consumers; ++i) {
    void *result;
    pthread_join(takers[i], &result);
    struct consumer *done = result;
    taken += done->taken, bad += done->bad;
    for (int o = 0; o < producers; ++o) sums[o] += done->sum_by_origin[o];
  }
  for (int o = 0; o < producers; ++o) mix(sums[o]);
  mix(taken);
  mix(bad);
  mix((uint64_t)queue.count);
  mix(peak >= 1 && peak <= capacity);
  return report();
}
