// Virtual calls from constructors and destructors: the object has the type of the class that runs, also with virtual
// bases, through pointers handed out early, and when a constructor throws.
#include "checksum.h"

struct Base;
static Base *registered;   // The object under construction or destruction.
static int fail_at = -1;

struct Base {
  int steps = 0;
  Base() { registered = this; announce(1); }
  virtual ~Base() { announce(9); registered = nullptr; }
  virtual int level() const { return 1; }
  virtual void step(int n) { steps += n; }
  void announce(int phase);  // Not inline: calls by way of the global pointer.
};

__attribute__((noinline)) void Base::announce(int phase) {
  registered->step(phase);
  mix(registered->level() * 100 + phase);
  if (fail_at >= 0 && phase < 9 && --fail_at < 0) throw phase * 10 + level();
}

struct Helper {
  Base *owner;
  int at;
  Helper(Base *o, int a) : owner(o), at(a) { mix(owner->level() * 1000 + at); }
  ~Helper() { mix(owner->level() * 1000 + 500 + at); }
};

struct Middle : Base {
  Helper helper;
  Middle() : helper(this, 1) { announce(2); }
  ~Middle() override { announce(9); }
  int level() const override { return 2; }
  void step(int n) override { Base::step(n * 2); }
};

struct Other {
  int noted;
  Other() : noted(who()) {}
  virtual ~Other() { mix(noted * 10 + who()); }
  virtual int who() const { return 70; }
};

struct Leaf : Middle, Other {
  Helper helper;
  int bonus = level() * 7;  // Leaf's already, as the bases are done.
  Leaf() : Middle(), Other(), helper(this, 2) {
    announce(3);
    mix(who());
  }
  ~Leaf() override {
    mix(who() + bonus);
    announce(9);
  }
  int level() const override { return 3; }
  int who() const override { return 71 + steps; }
  void step(int n) override { Middle::step(n + 1); }
};

// With virtual bases each constructor has two forms, with different tables during construction.
struct Root {
  int trace = 0;
  Root() { enter(4); }
  virtual ~Root() { enter(8); mix(trace); }
  virtual int kind() const { return 1; }
  void enter(int n) { trace = trace * 7 + kind() * n; }
};
struct WingA : virtual Root {
  WingA() { enter(5); }
  ~WingA() override { enter(9); }
  int kind() const override { return 2; }
  virtual int span() const { return 20; }
};
struct WingB : virtual Root {
  int value;
  WingB() : value(kind()) { enter(6); Root *root = this; mix(root->kind()); }
  ~WingB() override { enter(10); }
  int kind() const override { return 3; }
};
struct Bird : WingA, WingB {
  Bird() { enter(7); mix(span()); }
  ~Bird() override { enter(11); mix(kind() + span()); }
  int kind() const override { return 4 + value; }
  int span() const override { return 21 + trace % 10; }
};
struct Parrot final : Bird {
  Parrot() { enter(2); mix(static_cast<WingA *>(this)->span()); }
  ~Parrot() override { enter(3); mix(trace); }
  int kind() const override { return 5; }
  int span() const override { return 40; }
};

static __attribute__((noinline)) int make(int which, int limit) {
  fail_at = limit;
  int result = 0;
  try {
    switch (which) {
      case 0: { Base base; result = base.level(); break; }
      case 1: { Middle middle; result = middle.steps; break; }
      case 2: { Leaf leaf; result = leaf.steps * 100 + leaf.bonus; break; }
      default: { Base *base = new Leaf; result = base->level(); delete base; }
    }
  } catch (int thrown) {
    result = -thrown;
  }
  return result;
}

int main() {
  for (int which = 0; which < 4; ++which)
    for (int limit = -1; limit < 4; ++limit) {
      mix(make(opaque_int(which), opaque_int(limit)));
      mix(registered == nullptr);
      registered = nullptr;
    }
  for (int round = 0; round < 4; ++round) {
    WingB *wing = round & 1 ? static_cast<WingB *>(new Parrot) : new Bird;
    mix(wing->kind() * 1000 + wing->trace);
    if (opaque_int(round) >= 2) wing->enter(round);
    delete wing;
    WingA alone;
    mix(alone.kind() + alone.trace);
    WingB second;
    mix(second.value + second.trace);
  }
  return report();
}
