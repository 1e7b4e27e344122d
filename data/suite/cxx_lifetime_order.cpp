// The order of destruction: locals, arrays of several dimensions, members, bases, parameters, nested blocks, through
// early returns, breaks, inner functions' results and explicit destructor calls.
#include "checksum.h"
#include <new>

static unsigned long journal;
struct Mark {
  char name;
  short number;
  Mark(char n, int i) : name(n), number((short)i) { journal = journal * 53 + (unsigned)(n + i); }
  Mark(const Mark &) = delete;
  ~Mark() { journal = journal * 59 + (unsigned)(name * 2 + number); }
};

struct Inner {
  Mark a{'a', 1};
  int sum;
  Mark b;
  explicit Inner(int n) : sum(n), b('b', n) { sum += a.number; }
  ~Inner() { journal += (unsigned)sum; }
};
struct Base1 { Mark m{'1', 1}; ~Base1() { journal ^= 0x11; } };
struct Base2 { Mark m; explicit Base2(int n) : m('2', n) {} virtual ~Base2() { journal ^= 0x2200; } };
struct Whole : Base2, Base1 {
  Mark last;
  Inner inner;
  Mark grid[2][2] = {{{'g', 0}, {'g', 1}}, {{'g', 2}, {'g', 3}}};
  Mark first;
  // The order of members counts, not that of this list.
  explicit Whole(int n) : Base2(n), last('l', n), inner(n + 1), first('f', n) {}
  ~Whole() override { journal = journal * 3 + (unsigned)grid[1][0].number; }
};

static __attribute__((noinline)) int returns(int n) {
  Mark outer('o', n);
  if (n == 0) return outer.number + 1;
  Mark row[3] = {{'r', 0}, {'r', n}, {'r', 2}};
  for (int i = 0; i < n; ++i) {
    Mark step('s', i);
    if (i == 2) {
      Mark deep('d', i);
      if (n == 3) return deep.number + row[1].number;
      continue;
    }
    if (Mark tail('t', i); i == 4) break;
    else if (n == 7 && i == 3) return i;
  }
  if (n & 1) return Inner(n).sum * 10;
  Mark end('e', n);
  return row[0].number - end.number;
}

static int blocks(int n) {
  int sum = 0;
  do {
    Mark a('A', n);
    {
      if (Mark b('B', n); n % 4 == 1) break;
      sum += Mark('C', n).number;
    }
    Mark d('D', n);
    if (n % 4 == 2) continue;  // To the condition, which no longer sees the objects.
    sum += d.number * 2;
  } while (--n > 0 && (journal & 1));
  return sum + n;
}

static int parameters(const Mark &mark, int n, Inner inner) {
  Mark local('p', n);
  return inner.sum + mark.number + local.number;
}

static int nested_calls(int n) {
  Inner outer(n);
  auto closure = [holder = Inner(n + 2), &outer](int x) {
    Mark inside('i', x);
    return x % 2 ? holder.sum : outer.sum + inside.number;
  };
  int sum = closure(n) + 0;
  sum = sum * 3 + closure(n + 1);
  return sum * 3 + parameters(outer.b, n, Inner(n));
}

// Destroyed by hand in another order, and built anew in the same place.
static int by_hand(int n) {
  alignas(Inner) unsigned char room[sizeof(Inner) * 3];
  Inner *at[3];
  for (int i = 0; i < 3; ++i) at[i] = new (room + i * sizeof(Inner)) Inner(n + i);
  int victim = n % 3;
  at[victim]->~Inner();
  at[victim] = new (at[victim]) Inner(n * 2);
  int sum = at[0]->sum + at[1]->sum * 3 + at[2]->sum * 5;
  at[(victim + 1) % 3]->~Inner();
  at[victim]->~Inner();
  at[(victim + 2) % 3]->Inner::~Inner();
  return sum;
}

static int heap(int n) {
  Base2 *bases[4];
  for (int i = 0; i < 4; ++i) bases[i] = (n >> i) & 1 ? new Whole(n + i) : new Base2(i);
  int sum = 0;
  for (int i = 0; i < 4; ++i) {
    int which = (i * 3 + n) % 4;
    sum = sum * 7 + bases[which]->m.number;
    delete bases[which];
  }
  Inner *array = new Inner[2]{Inner(n), Inner(n + 9)};
  sum += array[1].sum;
  delete[] array;
  return sum;
}

int main() {
  for (int n = 0; n < 16; ++n) {
    mix(returns(opaque_int(n)));
    mix(blocks(opaque_int(n)));
    mix(nested_calls(opaque_int(n)));
    mix(by_hand(opaque_int(n)));
    mix(heap(opaque_int(n)));
    mix(journal);
    {
      Whole whole(opaque_int(n));
      Mark after('z', whole.grid[1][1].number);
      mix(journal);
    }
    mix(journal);
  }
  return report();
}
