// typeid of objects, types, references, dereferenced null pointers (std::bad_typeid), inside constructors and handlers;
// types as keys of a table that finds the function for a pair of classes.
#include "checksum.h"
#include <typeinfo>
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpotentially-evaluated-expression"  // That is what is exercised.
#endif

struct Body {
  int mass;
  const char *made_as;
  explicit Body(int m) : mass(m), made_as(typeid(*this).name()) {}
  virtual ~Body() = default;
};
struct Rock : Body { explicit Rock(int m) : Body(m) { if (m % 2) made_as = typeid(*this).name(); } };
struct Ship : Body { int shield = 3; explicit Ship(int m) : Body(m) {} };
struct Carrier final : Ship { int load = 8; explicit Carrier(int m) : Ship(m * 2) { made_as = typeid(*this).name(); } };
namespace { struct Local final : Body { using Body::Body; }; }
template <int n>
struct Numbered : Body { explicit Numbered(int m) : Body(m + n) {} };
struct Flat { int mass = 1; };  // No virtual functions: typeid is of the static type.
struct FlatChild : Flat {};
enum Colour : short { red };

using Collide = int (*)(Body &, Body &);

struct Rule {
  const std::type_info *left, *right;
  Collide collide;
};

static int rock_rock(Body &a, Body &b) { return a.mass += b.mass; }
static int rock_ship(Body &a, Body &b) { return static_cast<Ship &>(b).shield -= a.mass; }
static int ship_carrier(Body &a, Body &b) { return static_cast<Carrier &>(b).load += static_cast<Ship &>(a).shield; }
static int numbered(Body &a, Body &b) { return a.mass * 3 - b.mass; }
template <typename A, typename B>
static int by_types(Body &a, Body &b) {
  return static_cast<A &>(a).mass * (int)sizeof(A) + static_cast<B &>(b).mass * (int)sizeof(B);
}

static const Rule rules[] = {
    {&typeid(Rock), &typeid(Rock), rock_rock},
    {&typeid(Rock), &typeid(Ship), rock_ship},
    {&typeid(Ship), &typeid(Carrier), ship_carrier},
    {&typeid(Numbered<1>), &typeid(Numbered<2>), numbered},
    {&typeid(Carrier), &typeid(Carrier), by_types<Carrier, Carrier>},
    {&typeid(Local), &typeid(Rock), by_types<Local, Rock>},
};

// Exact types only; the second try is with the sides exchanged, as evaluated through references.
static __attribute__((noinline)) int collide(Body &a, Body &b, int *how) {
  for (int swapped = 0; swapped < 2; ++swapped) {
    Body &left = swapped ? b : a, &right = swapped ? a : b;
    for (const Rule &rule : rules)
      if (*rule.left == typeid(left) && typeid(right) == *rule.right) {
        *how = (int)(&rule - rules) * 2 + swapped;
        return rule.collide(left, right);
      }
  }
  *how = typeid(a) == typeid(b) ? -1 : -2;
  return a.mass - b.mass;
}

static int calls;
static __attribute__((noinline)) Body *next(Body *body) { ++calls; return body; }

// The operand is evaluated only where its class has virtual functions.
static int evaluated(Body *body, FlatChild *flat) {
  int before = calls;
  bool same = typeid(*next(body)) == typeid(Body);
  Flat *base = flat;
  bool flat_same = typeid(*base) == typeid(Flat) && typeid(*base) != typeid(FlatChild);
  bool pointer = typeid(next(body)) == typeid(Body *);  // A pointer is no polymorphic class: not evaluated.
  return (calls - before) * 100 + same * 10 + flat_same * 2 + pointer;
}

static int null_operand(Body *body) {
  try {
    return typeid(*next(body)) == typeid(Carrier) ? 1 : 2;
  } catch (const std::bad_typeid &error) {
    return typeid(error) == typeid(std::bad_typeid) || typeid(error) != typeid(std::bad_cast) ? 3 : 4;
  }
}

template <typename T>
static int kind_of(const T &) {
  const std::type_info &type = typeid(T);
  if (type == typeid(int)) return 1;
  if (type == typeid(const unsigned)) return 2;  // const at the top does not count.
  if (type == typeid(char[4])) return 3;
  if (type == typeid(Colour)) return 4;
  if (type == typeid(short)) return 5;
  if (type == typeid(int (*)(Body &, Body &))) return 6;
  if (type == typeid(const char *)) return 7;
  return type == typeid(char *) ? 8 : 9;
}

int main() {
  for (int round = 0; round < 5; ++round) {
    int m = opaque_int(round * 4 + 1);
    Body body(m);
    Rock rock(m), odd(m + 1);
    Ship ship(m + 2);
    Carrier carrier(m + 3);
    Local local(m);
    Numbered<1> one(m);
    Numbered<2> two(m);
    Body *const bodies[] = {&body, &rock, &odd, &ship, &carrier, &local, &one, &two};
    for (Body *a : bodies) {
      mix_text(a->made_as);
      mix_text(typeid(*a).name());
      for (Body *b : bodies) {
        int how = 0;
        mix(collide(*a, *b, &how));
        mix(how);
      }
      FlatChild flat;
      mix(evaluated(a, &flat));
      mix(null_operand(opaque_int(a->mass) % 3 == 0 ? nullptr : a));
      try { throw a; } catch (Body *caught) { mix(typeid(*caught) == typeid(*a)); }
    }
    char text[4] = "abc", *pointer = text;
    const char *constant = text;
    mix(kind_of(m) * 10 + kind_of((unsigned)m));
    mix(kind_of(text) * 10 + kind_of(red));
    mix(kind_of((short)m) * 10 + kind_of(rules[0].collide));
    mix(kind_of(constant) * 100 + kind_of(pointer) * 10 + kind_of(2.5));
  }
  return report();
}
