// Unions with members that have constructors and destructors: a tagged value that changes its kind in place, an
// anonymous union in a class, a lazily built member, and std::launder on reused storage.
#include "checksum.h"
#include <new>
#include <utility>

static int live;
struct Text {
  char letters[12];
  int length;
  explicit Text(const char *from) : length(0) {
    for (; from[length] && length < 11; ++length) letters[length] = from[length];
    letters[length] = 0;
    ++live;
  }
  Text(const Text &o) : Text(o.letters) {}
  Text &operator=(const Text &o) = default;
  ~Text() { --live; letters[0] = '#'; }
};
struct Series {
  double *values;
  int count;
  explicit Series(int n) : values(new double[(size_t)n + 1]), count(n) {
    for (int i = 0; i < n; ++i) values[i] = i * 0.5 - n;
    ++live;
  }
  Series(const Series &o) : Series(o.count) { for (int i = 0; i < count; ++i) values[i] = o.values[i]; }
  Series(Series &&o) noexcept : values(std::exchange(o.values, nullptr)), count(std::exchange(o.count, 0)) { ++live; }
  ~Series() { delete[] values; --live; }
};

class Value {
 public:
  enum class Kind : unsigned char { none, number, text, series, pair };
  Value() : kind_(Kind::none), number_(0) {}
  explicit Value(long n) : kind_(Kind::number), number_(n) {}
  explicit Value(const char *t) : kind_(Kind::text), text_(t) {}
  explicit Value(Series s) : kind_(Kind::series), series_(std::move(s)) {}
  Value(Value &&a, Value &&b) : kind_(Kind::pair), pair_{new Value(std::move(a)), new Value(std::move(b))} {}
  Value(const Value &o) : kind_(Kind::none), number_(0) { build(o); }
  Value(Value &&o) noexcept : kind_(Kind::none), number_(0) { steal(o); }
  Value &operator=(const Value &o) { if (this != &o) { Value copy(o); clear(); steal(copy); } return *this; }
  Value &operator=(Value &&o) noexcept { if (this != &o) { clear(); steal(o); } return *this; }
  ~Value() { clear(); }

  long digest() const {
    long d = (long)kind_;
    switch (kind_) {
      case Kind::none: return 5;
      case Kind::number: return number_ * 3;
      case Kind::text: for (const char *c = text_.letters; *c; ++c) d = d * 7 + *c; return d;
      case Kind::series: for (int i = 0; i < series_.count; ++i) d += (long)(series_.values[i] * i * 4); return d;
      default: return pair_.first->digest() % 100003 * 31 + pair_.second->digest();
    }
  }
  // Changes the kind in place, out of the old content.
  void advance() {
    switch (kind_) {
      case Kind::none: *this = Value(41L); break;
      case Kind::number: {
        const char digits[] = {(char)('a' + number_ % 26), (char)('a' + number_ / 26 % 26), 0};
        *this = Value(digits);
        break;
      }
      case Kind::text: { int n = text_.length; text_.~Text(); new (&series_) Series(n + 2); kind_ = Kind::series; break; }
      case Kind::series: *this = Value(Value(*this), Value((long)series_.count)); break;
      case Kind::pair: { Value kept(std::move(*pair_.second)); *this = std::move(kept); }
    }
  }

 private:
  void build(const Value &o) {
    switch (o.kind_) {
      case Kind::text: new (&text_) Text(o.text_); break;
      case Kind::series: new (&series_) Series(o.series_); break;
      case Kind::pair: pair_ = {new Value(*o.pair_.first), new Value(*o.pair_.second)}; break;
      default: number_ = o.number_;
    }
    kind_ = o.kind_;
  }
  void steal(Value &o) noexcept {
    if (o.kind_ == Kind::series) new (&series_) Series(std::move(o.series_));
    else if (o.kind_ == Kind::pair) pair_ = std::exchange(o.pair_, Pair{nullptr, nullptr});
    else build(o);
    kind_ = o.kind_;
    o.clear();
  }
  void clear() noexcept {
    if (kind_ == Kind::text) text_.~Text();
    else if (kind_ == Kind::series) series_.~Series();
    else if (kind_ == Kind::pair) { delete pair_.first; delete pair_.second; }
    kind_ = Kind::none;
    number_ = 0;
  }
  struct Pair { Value *first, *second; };
  Kind kind_;
  union { long number_; Text text_; Series series_; Pair pair_; };
};

// Storage reused by objects with const members: seen only through a laundered pointer.
struct Fixed { const int id; const long weight; };
static long relaunder(int n) {
  union Slot { Fixed fixed; char raw; Slot() : raw(0) {} } slots[3];
  long sum = 0;
  for (int i = 0; i < n; ++i) {
    Slot &slot = slots[i % 3];
    new (&slot.fixed) Fixed{i + n, i * 10L};
    const Fixed *seen = std::launder(&slot.fixed);
    sum = sum * 3 + seen->id + seen->weight;
    new (&slot.fixed) Fixed{seen->id + 1, seen->weight - 5};
    sum += std::launder(&slot.fixed)->id * 2 + std::launder(&slot.fixed)->weight;
  }
  return sum;
}

int main() {
  Value values[5] = {Value(), Value(opaque_int(77)), Value("opaque text that is cut"), Value(Series(opaque_int(6))),
                     Value(Value("left"), Value(Value(9), Value()))};
  for (int round = 0; round < 30; ++round) {
    values[round % 5].advance();
    values[(round * 2 + 1) % 5] = values[opaque_int(round * 3) % 5];
    if (round % 4 == 3) values[(round + 2) % 5] = Value(Value(values[0]), std::move(values[round % 3]));
    for (const Value &value : values) mix(value.digest());
    mix(live);
  }
  for (int n = 0; n < 12; ++n) mix(relaunder(opaque_int(n)));
  for (Value &value : values) value = Value();
  mix(live);
  return report();
}
