// Walks over graphs in adjacency lists and bit rows: breadth first with a queue, reach by whole rows,
// strongly connected parts by recursion, topological order, and cheapest ways with a bucket queue of bit sets.
#include "checksum.h"

enum { most_nodes = 40, most_edges = 160 };
struct graph {
  int nodes, edges;
  short first[most_nodes], next[most_edges];
  unsigned char to[most_edges], cost[most_edges];
  uint64_t row[most_nodes];
};

static void add_edge(struct graph *g, int from, int to, int cost) {
  if (g->edges == most_edges || g->row[from] >> to & 1) return;
  int e = g->edges++;
  g->to[e] = (unsigned char)to;
  g->cost[e] = (unsigned char)cost;
  g->next[e] = g->first[from];
  g->first[from] = (short)e;
  g->row[from] |= 1ull << to;
}

static __attribute__((noinline)) void build(struct graph *g, int nodes, int step, int shape) {
  *g = (struct graph){.nodes = nodes};
  for (int i = 0; i < most_nodes; ++i) g->first[i] = -1;
  for (int i = 0; i < nodes; ++i) {
    if (shape & 1) add_edge(g, i, (i * step + 1) % nodes, i % 7 + 1);
    if (shape & 2 && i + 1 < nodes) add_edge(g, i, i + 1, 9);
    if (shape & 4 && i) add_edge(g, i, i / 2, 3);
    if (shape & 8) add_edge(g, i, nodes - 1 - i, i & 3);
  }
}

static __attribute__((noinline)) unsigned breadth(const struct graph *g, int start) {
  unsigned char queue[most_nodes], distance[most_nodes];
  int head = 0, tail = 0;
  memset(distance, 255, sizeof distance);
  distance[start] = 0;
  queue[tail++] = (unsigned char)start;
  unsigned sum = 0;
  while (head < tail) {
    int n = queue[head++];
    sum = sum * 5 + distance[n];
    for (int e = g->first[n]; e >= 0; e = g->next[e])
      if (distance[g->to[e]] == 255) distance[g->to[e]] = distance[n] + 1, queue[tail++] = g->to[e];
  }
  return sum * 64 + (unsigned)tail;
}

// The same reach by whole rows of bits.
static __attribute__((noinline)) uint64_t reach(const struct graph *g, int start) {
  uint64_t seen = 1ull << start, fresh = seen;
  while (fresh) {
    uint64_t found = 0;
    for (; fresh; fresh &= fresh - 1) found |= g->row[__builtin_ctzll(fresh)];
    fresh = found & ~seen;
    seen |= fresh;
  }
  return seen;
}

struct walk { int clock, stack[most_nodes], depth, enter[most_nodes], low[most_nodes], part[most_nodes], parts; };

static void connect(const struct graph *g, struct walk *w, int n) {
  w->enter[n] = w->low[n] = ++w->clock;
  w->stack[w->depth++] = n;
  for (int e = g->first[n]; e >= 0; e = g->next[e]) {
    int to = g->to[e];
    if (!w->enter[to]) connect(g, w, to);
    if (!w->part[to] && w->low[to] < w->low[n]) w->low[n] = w->low[to];
  }
  if (w->low[n] != w->enter[n]) return;
  ++w->parts;
  int top;
  do w->part[top = w->stack[--w->depth]] = w->parts;
  while (top != n);
}

static __attribute__((noinline)) unsigned order(const struct graph *g, int *left_over) {
  int incoming[most_nodes] = {0}, ready[most_nodes], count = 0, done = 0;
  for (int e = 0; e < g->edges; ++e) ++incoming[g->to[e]];
  for (int n = 0; n < g->nodes; ++n)
    if (!incoming[n]) ready[count++] = n;
  unsigned sum = 3;
  while (count) {
    int n = ready[--count];
    ++done;
    sum = sum * 41 + (unsigned)n;
    for (int e = g->first[n]; e >= 0; e = g->next[e])
      if (--incoming[g->to[e]] == 0) ready[count++] = g->to[e];
  }
  *left_over = g->nodes - done;
  return sum;
}

static __attribute__((noinline)) unsigned cheapest(const struct graph *g, int start) {
  unsigned price[most_nodes], sum = 0;
  uint64_t bucket[10] = {[0] = 1ull << start};  // nodes whose price is `now` to `now + 9`
  for (int n = 0; n < most_nodes; ++n) price[n] = n == start ? 0 : 9999;
  for (unsigned now = 0, idle = 0; idle < 10; ++now) {
    uint64_t *here = &bucket[now % 10];
    idle = *here ? 0 : idle + 1;
    while (*here) {
      int n = __builtin_ctzll(*here);
      *here &= *here - 1;
      if (price[n] != now) continue;
      sum = sum * 3 + now + (unsigned)n;
      for (int e = g->first[n]; e >= 0; e = g->next[e])
        if (now + g->cost[e] < price[g->to[e]]) price[g->to[e]] = now + g->cost[e], bucket[price[g->to[e]] % 10] |= 1ull << g->to[e];
    }
  }
  return sum;
}

int main(void) {
  struct graph g;
  for (int i = 0; i < 32; ++i) {
    build(&g, opaque_int(1 + i * 11 % most_nodes), opaque_int(2 + i % 5), opaque_int(i % 16));
    int start = opaque_int(i) % g.nodes, left_over;
    mix(breadth(&g, start)), mix(reach(&g, start)), mix(cheapest(&g, start));
    struct walk w = {0};
    for (int n = 0; n < g.nodes; ++n)
      if (!w.enter[n]) connect(&g, &w, n);
    for (int n = 0; n < g.nodes; ++n) mix((uint64_t)(w.part[n] * 100 + w.low[n]));
    mix(order(&g, &left_over)), mix((uint64_t)left_over);
  }
  return report();
}
