// Global objects of one unit: zero and constant initialisation first, then the dynamic ones in the order of definition,
// with early looks at later objects; they are destroyed in reverse after main, which prints more lines.
#include "checksum.h"
#include <stdlib.h>

struct Step;
static Step *newest;
static int steps_made, journal[64];
static unsigned final_digest = 1;
extern int late_value;          // Zero until its turn.
extern const int constant_value;

__attribute__((noinline)) static int record(int what) {
  journal[steps_made % 64] = what;
  return ++steps_made;
}

struct Step {
  int id, order, seen_late;
  Step *before;
  explicit Step(int i) : id(i), order(record(i)), seen_late(late_value), before(newest) { newest = this; }
  ~Step() {
    final_digest = final_digest * 33 + (unsigned)(id * 10 + order) + (unsigned)seen_late;
    newest = before;
  }
};

struct Printer {
  const char *name;
  ~Printer() { printf("%s %08x\n", name, final_digest); }
};
struct Counter {  // Built at compile time, destroyed at run time.
  int start;
  constexpr explicit Counter(int s) : start(s) {}
  ~Counter() { final_digest ^= (unsigned)start * 2654435761u; }
};

static Printer last_of_all{"last"};      // Constant: exists before every other, destroyed after them.
Step first(1);
static Counter counter(77);
static int from_function = record(2) * 100 + late_value;
static Step second(from_function);
int late_value = record(3) + opaque_int(40);
const int constant_value = 5;            // Constant: first sees it already.
static const int from_constant = constant_value * 2 + late_value;
static Step array[3] = {Step(10), Step(late_value), Step(from_constant)};

struct Table {
  int squares[20];
  int *middle;
  Table() : middle(squares + 10) {
    for (int i = 0; i < 20; ++i) squares[i] = i * i + late_value;
    record(4);
  }
  int at(int i) const { return middle[i - 10]; }
};
static Table table;
static const int *const into_table = &table.squares[7];
static int &reference = table.squares[record(5)];
static const Step &extended = Step(50);  // A temporary that lives as long as the program.
static int (*const chooser)(int) = late_value > 40 ? +[](int x) { return x * 3; } : +[](int x) { return x - 3; };
static const int from_lambda = [] {
  int sum = 0;
  for (const Step *step = newest; step; step = step->before) sum = sum * 7 + step->id;
  record(6);
  return sum % 10007;
}();

template <int n>
struct Registered {
  static const int code;
};
template <int n> const int Registered<n>::code = n * 11 + 1;

class Registry {
 public:
  explicit Registry(const char *name, int (*run)(int)) : name_(name), run_(run), next_(head) { head = this; }
  static int run_all(int x) {
    int sum = 0;
    for (const Registry *r = head; r; r = r->next_) sum = sum * 5 + r->run_(x) + r->name_[0];
    return sum;
  }
 private:
  static Registry *head;  // Constant, so the constructors below find it ready.
  const char *name_;
  int (*run_)(int);
  Registry *next_;
};
Registry *Registry::head = nullptr;
static int twice(int x) { return x * 2; }
static int squared(int x) { return x * x % 1009; }
static Registry entry_a("alpha", twice), entry_b("beta", squared), entry_c("gamma", chooser);

static void at_exit_1() { final_digest = final_digest * 3 + 1; printf("handler 1 %08x\n", final_digest); }
static void at_exit_2() { final_digest = final_digest * 5 + 2; }
static const int registered = atexit(at_exit_1);
static Step after_handler(60);

int main() {
  mix(steps_made);
  for (int entry : journal) mix(entry);
  for (const Step *step = newest; step; step = step->before) mix(step->id * 1000 + step->order * 10 + step->seen_late);
  mix(late_value * 100 + from_function + from_constant);
  mix(from_lambda);
  for (int i = 0; i < 20; ++i) mix(table.at(opaque_int(i)) + *into_table);
  reference += opaque_int(9);
  mix(*into_table + reference + extended.order);
  mix(Registered<3>::code + Registered<4>::code * 100);
  for (int x = 0; x < 8; ++x) mix(Registry::run_all(opaque_int(x * 13)) + chooser(x));
  atexit(at_exit_2);
  static Step inner(70);
  static Printer near{"near"};
  mix(array[1].id + registered + inner.order);
  return report();
}
