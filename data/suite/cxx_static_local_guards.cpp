// Static locals of functions: built on first use, once, also in recursion, templates, lambdas, inline and member
// functions; tried again after a constructor that throws; destroyed in reverse order of completion after main.
#include "checksum.h"

static int builds;
static unsigned farewell = 7;

struct Cell {
  int id, order;
  explicit Cell(int i) : id(i), order(++builds) {}
  Cell(int i, int limit) : id(i), order(++builds) { if (builds % limit) throw i; }
  ~Cell() { farewell = farewell * 101 + (unsigned)(id * 7 + order); }
};
struct Report { ~Report() { printf("farewell %08x\n", farewell); } };

static Cell &first_use(int id) {
  static Cell cell(id);  // The argument of the first call only.
  return cell;
}

// Fails until the count of attempts is right.
static __attribute__((noinline)) int stubborn(int id) {
  static Cell cell(id, 4);
  return cell.id * 100 + cell.order;
}

// The initialiser calls others with statics of their own, and itself only after its own is done.
static int depth_table(int n) {
  static Cell base(n);
  if (n <= 0) return base.id;
  static const int doubled = depth_table(0) * 2 + base.order;
  return doubled + depth_table(n - 1);
}

template <typename T, int n>
static int &counter_of() {
  static int counter = n + (int)sizeof(T) + builds;
  return counter;
}

inline int inline_sequence() {
  static int next = first_use(900).order;
  return next++;
}

struct Factory {
  static Cell &shared(int id) { static Cell cell(id + 1); return cell; }
  int member(int x) {
    static int calls, sum = x;  // One constant, one dynamic.
    return sum = (sum * 3 + ++calls) % 10007;
  }
  virtual ~Factory() = default;
  virtual int make(int x) {
    static Cell *const cell = new Cell(x);
    return cell->id + cell->order;
  }
};
struct Better : Factory {
  int make(int x) override {
    static const Cell cell(x * 2);
    return cell.id - Factory::make(x + 1);
  }
};

// Statics in branches and loops: which are built depends on the path.
static int branches(int kind, int n) {
  int sum = 0;
  switch (kind) {
    case 0: { static Cell a(n); sum += a.id; break; }
    case 1: { static Cell b(n + 1); sum += b.order; if (n & 1) break; }
      [[fallthrough]];
    case 2:
      for (int i = 0; i < n; ++i) {
        if (i % 3 == 2) continue;
        static int total = n * 1000;
        total += i;
        sum = total;
      }
      break;
    default: static const char *const names[] = {"x", n > 5 ? "large" : "small"}; sum = names[kind & 1][0];
  }
  return sum;
}

static int lambdas(int n) {
  int sum = 0;
  auto each = [](auto x) { static auto kept = x; kept += x; return (int)kept; };  // One per type.
  for (int i = 0; i < n; ++i) sum = sum * 2 % 100003 + (i % 2 ? each(i) : each((short)i)) + each(i * 0.5);
  return sum;
}

static const Cell *lookup(const char *name) {
  static const struct { const char *name; Cell cell; } table[] = {{"one", Cell(1)}, {"two", Cell(builds)}, {"three", Cell(3)}};
  for (const auto &row : table) if (!strcmp(row.name, name)) return &row.cell;
  static const Cell missing(-1);
  return &missing;
}

int main() {
  static Report report_at_end;
  mix(counter_of<char, 3>() + counter_of<long, 3>() * 10);
  for (int round = 0; round < 12; ++round) {
    int n = opaque_int(round);
    try { mix(stubborn(n + 30));
    } catch (int id) { mix(id + 5000); }
    mix(inline_sequence());
    if (n % 3 == 1) mix(first_use(n).id * 10 + first_use(n + 1).order);
    mix(depth_table(opaque_int(n % 4 + 1)));
    mix(counter_of<int, 1>()++ * 100 + counter_of<int, 2>() + counter_of<char, 3>()++);
    Factory plain;
    Better better;
    Factory *const factories[] = {&better, &plain};
    mix(factories[opaque_int(n) % 2]->make(n));
    mix(plain.member(n) + Factory::shared(n).id);
    mix(better.member(n + 1));
    mix(branches(opaque_int(n % 5), opaque_int(n)));
    mix(lambdas(n));
    const char *const names[] = {"two", "none", "three", "one"};
    const Cell *found = lookup(names[n % 4]);
    mix(found->id * 100 + found->order);
    mix(builds);
  }
  return report();
}
