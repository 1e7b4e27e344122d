// Algorithms on a directed graph held in linked arrays: depth-first order, strongly connected parts, topological layers,
// union by rank, minimum spanning weight and bipartite colouring; each with several early exits.
#include "checksum.h"

struct Stack { int size = 0, items[40]; };

class Graph {
 public:
  static constexpr int most = 40, most_edges = 90;
  explicit Graph(int nodes) : nodes_(nodes) { for (int &h : head_) h = -1; }
  bool connect(int from, int to, int weight) {
    if (edges_ == most_edges || from == to) return false;
    edge_[edges_] = {from, to, weight, head_[from]};
    head_[from] = edges_++;
    return true;
  }
  template <typename Visit>
  void each(int node, Visit visit) const {
    for (int e = head_[node]; e >= 0; e = edge_[e].next) visit(edge_[e].to, edge_[e].weight);
  }

  // Tarjan's parts with a stack of one's own; the number of parts, and the part of each node.
  int parts(int *part) const {
    int index[most] = {}, low[most], at[most], counter = 0, found = 0;
    Stack open, path;
    for (int i = 0; i < nodes_; ++i) part[i] = -1;
    for (int root = 0; root < nodes_; ++root) {
      if (index[root]) continue;
      path.items[path.size++] = root;
      while (path.size > 0) {
        int v = path.items[path.size - 1];
        if (!index[v]) index[v] = low[v] = ++counter, at[v] = head_[v], open.items[open.size++] = v;
        bool deeper = false;
        for (; at[v] >= 0 && !deeper; at[v] = deeper ? at[v] : edge_[at[v]].next) {
          int to = edge_[at[v]].to;
          if (!index[to]) { path.items[path.size++] = to; deeper = true; }
          else if (part[to] < 0 && low[to] < low[v]) low[v] = low[to];
        }
        if (deeper) continue;
        --path.size;
        if (low[v] != index[v]) continue;
        do { part[open.items[--open.size]] = found; } while (part[v] < 0);
        ++found;
      }
    }
    return found;
  }
  // Peels off the nodes without predecessors, layer by layer; what is left lies on or behind a cycle.
  int layers(int *layer) const {
    int waiting[most] = {}, left = nodes_, depth = 0;
    for (int e = 0; e < edges_; ++e) ++waiting[edge_[e].to];
    for (int i = 0; i < nodes_; ++i) layer[i] = waiting[i] ? -1 : 0;
    for (bool any = true; any; ++depth) {
      any = false;
      for (int i = 0; i < nodes_; ++i) {
        if (layer[i] != depth) continue;
        --left;
        each(i, [&](int to, int) { if (--waiting[to] == 0) { layer[to] = depth + 1; any = true; } });
      }
    }
    return left;
  }
  // Two colours for the undirected view, or the first node that cannot have one.
  int colour(signed char *colours) const {
    for (int i = 0; i < nodes_; ++i) colours[i] = 0;
    for (int start = 0; start < nodes_; ++start) {
      if (colours[start]) continue;
      colours[start] = 1;
      for (bool changed = true; changed;) {
        changed = false;
        for (int e = 0; e < edges_; ++e) {
          signed char &a = colours[edge_[e].from], &b = colours[edge_[e].to];
          if (a && a == b) return edge_[e].to;
          if (!a == !b) continue;
          (a ? b : a) = (signed char)-(a ? a : b);
          changed = true;
        }
      }
    }
    return -1;
  }
  // Least total weight that joins all; the edges in order of weight by selection.
  long spanning(int *joined) const {
    int parent[most], rank[most] = {};
    bool used[most_edges] = {};
    long total = *joined = 0;
    for (int i = 0; i < nodes_; ++i) parent[i] = i;
    auto find = [&parent](int v) { while (parent[v] != v) v = parent[v] = parent[parent[v]]; return v; };
    for (int round = 0; round < edges_; ++round) {
      int best = -1;
      for (int e = 0; e < edges_; ++e) if (!used[e] && (best < 0 || edge_[e].weight < edge_[best].weight)) best = e;
      used[best] = true;
      int a = find(edge_[best].from), b = find(edge_[best].to);
      if (a == b) continue;
      if (rank[a] == rank[b]) ++rank[a];
      (rank[a] < rank[b] ? parent[a] : parent[b]) = rank[a] < rank[b] ? b : a;
      total += edge_[best].weight;
      if (++*joined == nodes_ - 1) break;
    }
    return total;
  }
 private:
  struct Edge { int from, to, weight, next; };
  int nodes_, edges_ = 0, head_[most];
  Edge edge_[most_edges];
};

int main() {
  for (int n = 1; n < 36; n += 3)
    for (int density = 0; density < 4; ++density) {
      Graph graph(opaque_int(n));
      unsigned state = (unsigned)opaque(n * 31 + density);
      for (int i = 0; i < n * density; ++i) {
        state = state * 1664525u + 1013904223u;
        int from = (int)(state >> 20) % n, to = (int)(state >> 8 & 0xfff) % n;
        bool swapped = density == 1 && from > to;
        mix(graph.connect(swapped ? to : from, swapped ? from : to, (int)(state >> 27)));
      }
      int part[Graph::most], layer[Graph::most], joined;
      signed char colours[Graph::most];
      mix(graph.parts(part));
      mix(graph.layers(layer));
      mix(graph.colour(colours));
      mix(graph.spanning(&joined));
      for (int i = 0; i < n; ++i) mix(part[i] * 10000 + layer[i] * 10 + colours[i]);
      mix(joined);
    }
  return report();
}
