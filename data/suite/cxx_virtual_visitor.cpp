// Double dispatch over a tree of expressions: visitors that evaluate, differentiate, simplify, measure and compare,
// with an acyclic visitor interface of defaults that some override.
#include "checksum.h"
#include <memory>
#include <utility>

struct Number;
struct Variable;
struct Sum;
struct Product;
struct Choice;

struct Visitor {
  virtual void visit(const Number &) {}
  virtual void visit(const Variable &) {}
  virtual void visit(const Sum &sum);
  virtual void visit(const Product &product);
  virtual void visit(const Choice &choice) = 0;
};
struct Expr {
  virtual ~Expr() { --alive; }
  Expr() { ++alive; }
  virtual void accept(Visitor &visitor) const = 0;
  static int alive;
};
int Expr::alive = 0;
using Ref = std::unique_ptr<Expr>;

template <typename Self>
struct Node : Expr {
  void accept(Visitor &visitor) const final { visitor.visit(static_cast<const Self &>(*this)); }
};
struct Number final : Node<Number> { int value; explicit Number(int v) : value(v) {} };
struct Variable final : Node<Variable> { char name; explicit Variable(char n) : name(n) {} };
struct Pair { Ref left, right; };
struct Sum final : Node<Sum>, Pair { Sum(Ref l, Ref r) : Pair{std::move(l), std::move(r)} {} };
struct Product final : Node<Product>, Pair { Product(Ref l, Ref r) : Pair{std::move(l), std::move(r)} {} };
struct Choice final : Node<Choice>, Pair {  // left if the condition is positive, else right
  Ref condition;
  Choice(Ref c, Ref l, Ref r) : Pair{std::move(l), std::move(r)}, condition(std::move(c)) {}
};
void Visitor::visit(const Sum &sum) { sum.left->accept(*this); sum.right->accept(*this); }
void Visitor::visit(const Product &product) { product.left->accept(*this); product.right->accept(*this); }

class Evaluate final : public Visitor {
 public:
  Evaluate(int x, int y) : x_(x), y_(y) {}
  int of(const Expr &expr) { expr.accept(*this); return result_; }
  void visit(const Number &n) override { result_ = n.value; }
  void visit(const Variable &v) override { result_ = v.name == 'x' ? x_ : y_; }
  void visit(const Sum &s) override { int left = of(*s.left); result_ = (left + of(*s.right)) % 100003; }
  void visit(const Product &p) override {
    int left = of(*p.left);
    result_ = left == 0 ? 0 : (int)((long)left * of(*p.right) % 100003);
  }
  void visit(const Choice &c) override { result_ = of(*c.condition) > 0 ? of(*c.left) : of(*c.right); }
 private:
  int x_, y_, result_ = 0;
};

class Rebuild : public Visitor {  // Copies; subclasses change something on the way.
 public:
  Ref of(const Ref &expr) { expr->accept(*this); return std::move(made_); }
  void visit(const Number &n) override { made_.reset(new Number(n.value)); }
  void visit(const Variable &v) override { made_.reset(new Variable(v.name)); }
  void visit(const Sum &s) override { Ref left = of(s.left); made_.reset(new Sum(std::move(left), of(s.right))); }
  void visit(const Product &p) override { Ref left = of(p.left); made_.reset(new Product(std::move(left), of(p.right))); }
  void visit(const Choice &c) override {
    Ref condition = of(c.condition), left = of(c.left);
    made_.reset(new Choice(std::move(condition), std::move(left), of(c.right)));
  }
 protected:
  Ref made_;
};
class Derive final : public Rebuild {
 public:
  void visit(const Number &) override { made_.reset(new Number(0)); }
  void visit(const Variable &v) override { made_.reset(new Number(v.name == 'x')); }
  void visit(const Product &p) override {
    Rebuild copy;
    Ref first(new Product(of(p.left), copy.of(p.right)));
    Ref second(new Product(copy.of(p.left), of(p.right)));
    made_.reset(new Sum(std::move(first), std::move(second)));
  }
  void visit(const Choice &c) override {
    Rebuild copy;
    Ref condition = copy.of(c.condition), left = of(c.left);
    made_.reset(new Choice(std::move(condition), std::move(left), of(c.right)));
  }
};
struct Measure final : Visitor {
  int numbers = 0, depth = 0, deepest = 0;
  using Visitor::visit;
  void visit(const Number &n) override { numbers += n.value != 0; }
  void visit(const Product &p) override { ++depth; Visitor::visit(p); if (depth-- > deepest) deepest = depth + 1; }
  void visit(const Choice &c) override { c.condition->accept(*this); numbers += 100; c.right->accept(*this); }
};

static Ref grow(unsigned &state, int depth) {
  unsigned kind = (state = state * 1664525u + 1013904223u) >> 28;
  if (depth == 0 && kind & 1) return Ref(new Number((int)(state >> 20 & 15) - 4));
  if (depth == 0 || kind < 2) return Ref(new Variable(kind & 4 ? 'x' : 'y'));
  Ref left = grow(state, depth - 1), right = grow(state, depth - 1);
  if (kind < 8) return Ref(new Sum(std::move(left), std::move(right)));
  if (kind < 13) return Ref(new Product(std::move(left), std::move(right)));
  return Ref(new Choice(grow(state, depth - 1), std::move(left), std::move(right)));
}

int main() {
  for (int round = 0; round < 16; ++round) {
    unsigned state = (unsigned)opaque(round * 7919);
    Ref expr = grow(state, round % 6);
    Ref derived = Derive().of(expr), again = Derive().of(derived);
    Measure measure;
    again->accept(measure);
    mix(measure.numbers * 100 + measure.deepest);
    for (int x = -2; x < 3; ++x)
      for (const Ref *tree : {&expr, &derived, &again}) mix(Evaluate(opaque_int(x), round).of(**tree));
    mix(Expr::alive);
  }
  mix(Expr::alive);
  return report();
}
