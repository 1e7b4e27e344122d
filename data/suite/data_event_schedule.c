// A discrete event simulation: a priority queue with stable order among equal times, events that create, move and cancel events, a
// bit set of free servers, and statistics by kind.
#include "checksum.h"

enum kind { arrival, departure, inspection, breakdown, kinds };
struct event { unsigned time, order; enum kind kind; int subject; };
enum { most_events = 76, servers = 70 };

static struct event heap[most_events];
static int heap_size, position[most_events];  // where an event with a given handle lies in the heap
static int handles[most_events];
static unsigned next_order;
static uint64_t free_servers[2], broken[2];
static unsigned counts[kinds], waiting, longest_wait, refused;

static inline int earlier(const struct event *a, const struct event *b) {
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void set(int at, struct event e, int handle) {
  heap[at] = e;
  handles[at] = handle;
  position[handle] = at;
}

static __attribute__((noinline)) void sift(int at, struct event e, int handle) {
  while (at > 0 && earlier(&e, &heap[(at - 1) / 2])) {
    set(at, heap[(at - 1) / 2], handles[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  for (int child; (child = 2 * at + 1) < heap_size; at = child) {
    if (child + 1 < heap_size && earlier(&heap[child + 1], &heap[child])) ++child;
    if (!earlier(&heap[child], &e)) break;
    set(at, heap[child], handles[child]);
  }
  set(at, e, handle);
}

static int schedule(unsigned time, enum kind kind, int subject) {
  static int next_handle;
  if (heap_size == most_events) return ++refused, -1;
  do next_handle = (next_handle + 1) % most_events;
  while (position[next_handle] >= 0);
  struct event e = {time, next_order++, kind, subject};
  ++heap_size;
  sift(heap_size - 1, e, next_handle);
  return next_handle;
}

static __attribute__((noinline)) struct event cancel(int handle) {
  int at = position[handle];
  struct event gone = heap[at];
  position[handle] = -1;
  --heap_size;
  if (at < heap_size) sift(at, heap[heap_size], handles[heap_size]);
  return gone;
}

static __attribute__((noinline)) int claim_server(void) {
  for (int w = 0; w < 2; ++w) {
    uint64_t usable = free_servers[w] & ~broken[w];
    if (!usable) continue;
    int bit = __builtin_ctzll(usable);
    free_servers[w] &= ~(1ull << bit);
    return w * 64 + bit;
  }
  return -1;
}

static unsigned draw(void) {
  static unsigned state = 77;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void handle_event(struct event e) {
  ++counts[e.kind];
  switch (e.kind) {
    case arrival: {
      if (e.subject > 0) schedule(e.time + draw() % 4, arrival, e.subject - 1);
      int server = claim_server();
      if (server < 0)
        ++waiting;
      else
        schedule(e.time + 1 + draw() % 90, departure, server);
      break;
    }
    case departure:
      free_servers[e.subject / 64] |= 1ull << (e.subject % 64);
      if (waiting > longest_wait) longest_wait = waiting;
      if (waiting && draw() % 2) --waiting, schedule(e.time, arrival, 0);
      break;
    case inspection:  // postpones a departure, withdraws a breakdown
      for (int h = e.subject; h < most_events; h += 17) {
        if (position[h] < 0) continue;
        enum kind k = heap[position[h]].kind;
        if (k == departure || k == breakdown) {
          struct event moved = cancel(h);
          if (k == departure) schedule(moved.time + 5, departure, moved.subject);
          else counts[breakdown] += 1000;
        }
      }
      if (e.subject < 12) schedule(e.time + 40, inspection, e.subject + 1);
      break;
    default: broken[e.subject / 64] ^= 1ull << (e.subject % 64); break;
  }
}

int main(void) {
  memset(position, -1, sizeof position);
  free_servers[0] = ~0ull, free_servers[1] = (1ull << (servers - 64)) - 1;
  schedule(0, arrival, opaque_int(400));
  schedule((unsigned)opaque(3), arrival, 200);
  schedule(30, inspection, opaque_int(0));
  for (int i = 0; i < 30; ++i) schedule((unsigned)opaque((uint64_t)i * 25), breakdown, i * 3 % servers);
  unsigned now = 0, backwards = 0;
  while (heap_size) {
    struct event e = cancel(handles[0]);
    backwards += e.time < now;
    now = e.time;
    handle_event(e);
    mix(e.time * 8 + (unsigned)e.kind);
  }
  for (int k = 0; k < kinds; ++k) mix(counts[k]);
  mix(backwards), mix(now), mix(waiting), mix(longest_wait), mix(refused), mix(next_order);
  mix(free_servers[0] ^ broken[0]), mix((uint64_t)__builtin_popcountll(broken[0]) + free_servers[1]);
  return report();
}
