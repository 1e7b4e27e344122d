// Temporaries: destroyed at the end of the full expression, in reverse order, or extended by a reference; in conditions,
// loops, conditional operators, short circuits, default arguments, initialiser lists and return values.
#include "checksum.h"
#include <initializer_list>

static unsigned long journal = 1;
static void note(int what) { journal = journal * 41 + (unsigned)(what + 7); }

struct Temp {
  int id;
  explicit Temp(int i) : id(i) { note(i); }
  Temp(const Temp &other) : id(other.id + 100) { note(id); }
  ~Temp() { note(-id); }
  Temp plus(int x) const { return Temp(id + x); }
  const Temp &self() const { note(3); return *this; }
  explicit operator bool() const { note(5); return id % 2; }
  int get() const { note(6); return id; }
};
struct Holder { const Temp &kept; int extra; };
struct Derived : Temp {
  Temp member;
  explicit Derived(int i) : Temp(i), member(i + 1) {}
};

static __attribute__((noinline)) Temp make(int i) { return Temp(i); }
static int look(const Temp &temp, const Temp &fallback = Temp(50)) { return temp.get() * 10 + fallback.id; }
static int by_value(Temp temp) { note(8); return temp.id; }
static const Temp &smaller(const Temp &a, const Temp &b) { return b.id < a.id ? b : a; }

static int chains(int n) {
  static const Temp fixed(7);
  int sum = make(n).plus(1).plus(2).get();
  note(20);
  sum += make(n + 3).self().self().id;
  note(21);
  sum += smaller(make(n), fixed).id;  // It lives until the end of this statement.
  sum += by_value(make(n));
  return sum * 2 + by_value(make(n).self());
}

static int extended(int n) {
  const Temp &whole = make(n);
  note(30);
  const Temp &member = Derived(n + 2).member;  // Extends the whole Derived.
  note(31);
  Temp &&moved = Temp(n + 5);
  moved.id += 1;
  Holder holder{Temp(n + 8), whole.id};         // Extended by the aggregate.
  const Temp &chosen = n % 3 ? make(n + 10) : Temp(n + 11);
  note(32);
  {
    const Temp &inner = whole.plus(1);
    note(inner.id);
  }
  return whole.id + member.id * 2 + moved.id * 3 + holder.kept.id * 5 + chosen.id * 7;
}

static int conditions(int n) {
  int sum = 0;
  if (Temp t(n); make(n + 1)) sum += t.id;
  else sum -= t.id;
  for (Temp i(n % 4); make(i.id + n).id > n; i.id -= 1) {
    if (make(i.id)) continue;
    sum += i.id;
    if (make(i.id).id == 2) break;
  }
  while (const Temp &t = make(n)) {
    sum += t.id;
    if (--n < 0) return sum;
  }
  sum += make(1) && make(n) && make(3) ? make(4).id : make(5).id;
  sum += make(n) || make(n + 1) ? 1 : 2;
  switch (make(n).id % 3) {
    case 0: sum += make(60).id; [[fallthrough]];
    case 1: sum += make(61).id; break;
    default: sum += 3;
  }
  return sum;
}

static int lists(int n) {
  int sum = 0;
  for (const Temp &t : {Temp(n), Temp(n + 1), make(n + 2)}) {  // The array lives for the whole loop.
    sum = sum * 2 + t.id;
    if (t.id == 9) break;
  }
  std::initializer_list<Temp> list = {Temp(n + 3), Temp(n + 4)};
  note(40);
  for (const Temp &t : list) sum += t.id;
  sum += look(*list.begin());
  sum += look(Temp(n).plus(3), *list.begin());
  Temp array[3] = {Temp(n), make(n + 1), Temp(n + 2).plus(4)};
  return sum * 2 + array[1].id + array[2].id;
}

static int thrown(int n) {
  try {
    const Temp &kept = make(n);
    Temp(n + 1).plus(n % 3 == 0 ? throw kept.id : 2).get();
    return smaller(kept, make(n % 3 == 1 ? throw 'c' : n + 4)).id;
  } catch (int id) {
    return -id;
  } catch (char) {
    return 4;
  }
}

// The result is made before the locals die; the reference to a local's member is copied out.
static Temp results(int n) {
  Temp local(n);
  const Temp &extended = local.plus(1);
  if (n % 3 == 0) return Temp(local.id * 2);
  if (n % 3 == 1) return extended;
  return make(extended.id + local.id);
}

int main() {
  for (int n = 0; n < 14; ++n) {
    int x = opaque_int(n);
    mix(chains(x));
    mix(extended(x));
    mix(conditions(x));
    mix(lists(x));
    mix(thrown(x));
    mix(results(x).id);
    mix(journal);
  }
  return report();
}
