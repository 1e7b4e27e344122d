// Static polymorphism: a base class template that gets its operators, counters, iteration and a chain of mixins from the
// class that derives from it.
#include "checksum.h"

// All comparisons and arithmetic out of a few primitives of the derived class.
template <typename Self>
struct Ordered {
  friend bool operator>(const Self &a, const Self &b) { return b < a; }
  friend bool operator<=(const Self &a, const Self &b) { return !(b < a); }
  friend bool operator>=(const Self &a, const Self &b) { return !(a < b); }
  friend bool operator!=(const Self &a, const Self &b) { return !(a == b); }
};
template <typename Self>
struct Additive {
  friend Self operator+(Self a, const Self &b) { return a += b; }
  friend Self operator-(Self a, const Self &b) { return a -= b; }
  Self operator-() const { return Self() -= static_cast<const Self &>(*this); }
  Self operator++(int) { Self &self = static_cast<Self &>(*this); self += self.unit(); return self - self.unit(); }
};
// Each class has its own counter.
template <typename Self>
struct Counted {
  Counted() { ++made; }
  Counted(const Counted &) { ++made; ++copied; }
  Counted &operator=(const Counted &) = default;
  ~Counted() { --made; }
  static int made, copied;
};
template <typename Self> int Counted<Self>::made = 0;
template <typename Self> int Counted<Self>::copied = 100;

struct Clock : Ordered<Clock>, Additive<Clock>, Counted<Clock> {
  int minutes = 0;
  Clock() = default;
  explicit Clock(int m) : minutes((m % 1440 + 1440) % 1440) {}
  Clock &operator+=(const Clock &o) { minutes = (minutes + o.minutes) % 1440; return *this; }
  Clock &operator-=(const Clock &o) { minutes = (minutes - o.minutes + 1440) % 1440; return *this; }
  static Clock unit() { return Clock(15); }
  friend bool operator<(const Clock &a, const Clock &b) { return a.minutes < b.minutes; }
  friend bool operator==(const Clock &a, const Clock &b) { return a.minutes == b.minutes; }
};
struct Price : Ordered<Price>, Additive<Price>, Counted<Price> {
  long cents = 0;
  double rate = 1;
  Price() = default;
  Price(long c, double r) : cents(c), rate(r) {}
  Price &operator+=(const Price &o) { cents += (long)((double)o.cents * o.rate / rate); return *this; }
  Price &operator-=(const Price &o) { cents -= (long)((double)o.cents * o.rate / rate); return *this; }
  Price unit() const { return Price(1, rate); }
  friend bool operator<(const Price &a, const Price &b) { return (double)a.cents * a.rate < (double)b.cents * b.rate; }
  friend bool operator==(const Price &a, const Price &b) { return !(a < b) && !(b < a); }
};

template <typename T>
static __attribute__((noinline)) int compare_all(const T &a, const T &b) {
  return (a < b) | (a > b) << 1 | (a <= b) << 2 | (a >= b) << 3 | (a == b) << 4 | (a != b) << 5;
}

// A walk whose hooks are found in the derived class; the defaults are hidden, not overridden.
template <typename Self>
class Scanner {
 public:
  int scan(const char *text) {
    Self &self = static_cast<Self &>(*this);
    int i = 0;
    for (; text[i] && !self.done(text[i]); ++i) {
      if (text[i] >= '0' && text[i] <= '9') self.digit(text[i] - '0');
      else if (text[i] == ' ') self.space();
      else self.other(text[i]);
    }
    return self.finish(i);
  }
  bool done(char) { return false; }
  void digit(int) {}
  void space() {}
  void other(char) {}
  int finish(int at) { return at; }
};
struct Adder : Scanner<Adder> {
  int sum = 0, current = 0;
  void digit(int d) { current = current * 10 + d; }
  void space() { sum += current; current = 0; }
  int finish(int at) { space(); return sum * 100 + at; }
};
struct Depth : Scanner<Depth> {
  int level = 0, deepest = 0;
  void other(char c) { level += c == '(' ? 1 : c == ')' ? -1 : 0; if (level > deepest) deepest = level; }
  bool done(char c) { return c == '!' || level < 0; }
  int finish(int at) { return Scanner::finish(at) * 100 + deepest * 10 + level; }
};
struct Plain : Scanner<Plain> {};

// Mixins stacked on each other: every layer calls the one below.
struct Core { unsigned run(unsigned x) { return x * 5 + 1; } };
template <typename Next> struct Clamp : Next { unsigned run(unsigned x) { return Next::run(x > 1000 ? 1000 : x); } };
template <typename Next> struct Swap : Next { unsigned run(unsigned x) { return Next::run(x << 16 | x >> 16); } };
template <typename Next> struct Log : Next {
  unsigned last = 0;
  unsigned run(unsigned x) { unsigned got = Next::run(x ^ last); last = got; return got; }
};
template <typename Layer>
static unsigned drive(int rounds, unsigned x) {
  Layer layer;
  for (int i = 0; i < rounds; ++i) x = layer.run(x + i);
  return x;
}

int main() {
  for (int i = 0; i < 30; ++i) {
    Clock a(opaque_int(i * 97 - 700)), b(opaque_int(i * 53)), c = a + b - Clock(i);
    mix(compare_all(a, b) * 64 + compare_all(c, c));
    mix((c++).minutes);
    mix((-c).minutes);
    Price p(opaque_int(i * 30), 1.25), q(opaque_int(i * i), 0.75), r = p - q;
    mix(compare_all(p, q) * 64 + compare_all(r + q, p));
    mix((-r).cents * 3);
    mix((r++).cents);
    mix(Clock::made * 100000 + Clock::copied * 10 + Price::made);
    mix(Price::copied);
    mix(drive<Core>(i, i) + drive<Clamp<Core>>(i, i * 3u));
    mix(drive<Swap<Log<Core>>>(i % 5, i) + drive<Log<Clamp<Swap<Log<Core>>>>>(i, 7));
  }
  const char *const texts[] = {"", "12 7 (3 4)", "((x)(y(z))) 5!6", "a) 9", "1 2 3 4 5 6"};
  for (const char *text : texts) {
    mix(Adder().scan(text + opaque(0)) * 3 + Plain().scan(text));
    mix(Depth().scan(text + opaque(0)));
  }
  return report();
}
