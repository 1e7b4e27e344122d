// Pointers to members: data, plain and virtual functions, of bases at an offset and of derived classes, in tables,
// compared, null, and called on objects of several types.
#include "checksum.h"

struct Base {
  int a = 1;
  long b = 2;
  virtual ~Base() = default;
  int plain(int x) { return a + x; }
  virtual int first(int x) { return a * x; }
  virtual int second(int x) const { return (int)b - x; }
  int constant(int x) const { return x << 3 | a; }
};
struct Side {
  short c = 3;
  double d = 4.5;
  virtual int third(int x) { return c + x; }
  int side(int x) { return c ^= x; }
};
struct Derived : Base, Side {
  char e = 5;
  int rows[4] = {10, 20, 30, 40};
  int first(int x) override { return Base::first(x) + 1000; }
  int third(int x) override { return rows[x & 3] + e; }
  virtual int fourth(int x) { return e - x; }
  int own(int x) { return e *= (char)x % 3 + 1; }
};
struct Last final : Derived {
  int second(int x) const override { return -x; }
  int third(int x) override { return Derived::third(x) * 2; }
  int fourth(int x) override { return x * 7 + rows[1]; }
};
struct Node { int value; Node *next; };

using Method = int (Derived::*)(int);
using ConstMethod = int (Base::*)(int) const;

static const Method methods[] = {&Derived::plain, &Derived::first, &Derived::third,  &Derived::side,
                                 &Derived::own,   &Derived::fourth, &Base::first, nullptr};
static const ConstMethod const_methods[] = {&Base::second, &Base::constant};

static __attribute__((noinline)) int call(Derived &object, Method method, int x) {
  return method ? (object.*method)(x) : -99;
}
static int call_const(const Base *object, ConstMethod method, int x) { return (object->*method)(x); }

// The sum of one field over many objects, the field chosen at run time.
template <typename T>
static __attribute__((noinline)) double total(const Derived *const *objects, int count, T Derived::*field) {
  double sum = 0;
  for (int i = 0; i < count; ++i) sum = sum * 2 + objects[i]->*field;
  return sum;
}

struct Field {
  const char *name;
  int Derived::*integer;
  double Derived::*real;
  int (Derived::*array)[4];
};
static const Field fields[] = {
    {"a", &Derived::a, nullptr, nullptr}, {"d", nullptr, &Derived::d, nullptr}, {"rows", nullptr, nullptr, &Derived::rows}};

static int set_field(Derived &object, const char *name, int value) {
  for (const Field &field : fields) {
    if (strcmp(field.name, name)) continue;
    if (field.integer) return object.*field.integer = value;
    if (field.real) return (int)(object.*field.real = value * 0.5);
    return (object.*field.array)[value & 3] += value;
  }
  return -1;
}

// A member pointer as a template argument, and a list walked by a link given so.
template <auto member, typename Object>
static int sum_by(const Object *object) { return object->*member + 1; }
template <typename T>
static T *walk(T *from, T *T::*link, int steps) {
  while (steps-- > 0 && from) from = from->*link;
  return from;
}

// Converted up and down: a pointer to a member of Side, seen as one of Derived, and back.
static int convert(Derived &object, int which, int x) {
  int (Side::*side)(int) = which & 1 ? &Side::third : &Side::side;
  Method method = side;
  int (Side::*back)(int) = static_cast<int (Side::*)(int)>(method);
  int (Side::*down)(int) = static_cast<int (Side::*)(int)>(&Derived::own);  // Of a class derived from Side.
  short Side::*field = which & 2 ? &Side::c : nullptr;
  short Derived::*wide = field;
  int sum = (object.*method)(x);
  sum += (static_cast<Side &>(object).*back)(x + 1) * 10;
  sum += (static_cast<Side &>(object).*down)(x);
  sum += (back == side) * 10000 + (wide == nullptr) * 20000 + (method == methods[3]) * 40000;
  if (wide) sum += object.*wide;
  return sum;
}

int main() {
  Derived derived;
  Last last;
  Derived *const objects[] = {&derived, &last, &derived};
  for (int x = 0; x < 14; ++x) {
    for (Derived *object : objects) {
      for (int i = 0; i < 8; ++i) mix(call(*object, methods[(i + x) % 8], opaque_int(x)));
      for (ConstMethod method : const_methods) mix(call_const(object, method, opaque_int(x)));
      mix(convert(*object, opaque_int(x), opaque_int(x * 3)));
    }
    static const char *const names[] = {"a", "d", "rows", "zz"};
    for (const char *name : names) mix(set_field(*objects[x % 2], name, opaque_int(x + 2)));
    mix_double(total(objects, opaque_int(x % 4), static_cast<int Derived::*>(&Base::a)));
    mix_double(total(objects, opaque_int(3), static_cast<double Derived::*>(&Side::d)));
    mix_double(total(objects, opaque_int(x % 3), static_cast<long Derived::*>(&Base::b)));
    mix(sum_by<&Derived::e>(objects[x & 1]) * 100 + sum_by<&Base::a>(static_cast<Base *>(objects[1])));
    char Derived::*letter = opaque_int(x) & 1 ? &Derived::e : nullptr;
    mix(letter ? derived.*letter : -1);
  }
  Node nodes[6];
  for (int i = 0; i < 6; ++i) nodes[i] = {opaque_int(i * i), i < 5 ? &nodes[i + 1] : nullptr};
  for (int steps = 0; steps < 8; ++steps) {
    Node *node = walk(nodes, &Node::next, opaque_int(steps));
    mix(node ? node->value : -1);
  }
  int equal = 0;
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j) equal = equal * 2 % 1000003 + (methods[i] == methods[j]);
  mix(equal);
  return report();
}
