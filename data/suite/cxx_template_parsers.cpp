// Parser combinators: small parsers joined by templates into a grammar for lists, assignments and nested terms, with
// backtracking, positions of failures and values of different types.
#include "checksum.h"
#include <type_traits>
#include <utility>

struct Input {
  const char *text;
  int at = 0, furthest = 0, steps = 0;
  char peek() const { return text[at]; }
  void take() { if (++at > furthest) furthest = at; }
};
struct Unit {};
template <typename T>
struct Result {
  using value_type = T;
  bool given;
  T value;
  Result() : given(false), value() {}
  Result(T v) : given(true), value(v) {}
  explicit operator bool() const { return given; }
  const T &operator*() const { return value; }
};

// A parser is a function object Input & -> optional value; on failure it leaves the position as it was.
template <typename P>
using Value = typename std::decay_t<decltype(std::declval<P>()(std::declval<Input &>()))>::value_type;

static auto one_of(const char *set) {
  return [set](Input &in) -> Result<char> {
    ++in.steps;
    char c = in.peek();
    for (const char *s = set; *s; ++s)
      if (*s == c) { in.take(); return c; }
    return {};
  };
}
static auto word(const char *expected) {
  return [expected](Input &in) -> Result<Unit> {
    int start = in.at;
    for (const char *e = expected; *e; ++e) {
      if (in.peek() != *e) { in.at = start; return {}; }
      in.take();
    }
    return Unit();
  };
}
template <typename A, typename B, typename Join>
static auto sequence(A a, B b, Join join) {
  return [=](Input &in) -> Result<decltype(join(std::declval<Value<A>>(), std::declval<Value<B>>()))> {
    int start = in.at;
    if (auto left = a(in))
      if (auto right = b(in)) return join(*left, *right);
    in.at = start;
    return {};
  };
}
template <typename A, typename B> static auto either(A a, B b) {
  return [=](Input &in) -> Result<Value<A>> {
    if (auto first = a(in)) return first;
    return b(in);
  };
}
template <typename A, typename T, typename Join>
static auto many(A a, T start, Join join, int least = 0) {
  return [=](Input &in) -> Result<T> {
    int begin = in.at, count = 0;
    T value = start;
    while (auto next = a(in)) { value = join(value, *next); ++count; }
    if (count < least) { in.at = begin; return {}; }
    return value;
  };
}
template <typename A, typename F> static auto mapped(A a, F f) {
  return [=](Input &in) -> Result<decltype(f(std::declval<Value<A>>()))> {
    if (auto value = a(in)) return f(*value);
    return {};
  };
}
template <typename A, typename T>
static auto optionally(A a, T otherwise) {
  return [=](Input &in) -> Result<T> { auto value = a(in); return value ? value : Result<T>(otherwise); };
}
static auto keep_left = [](auto left, auto) { return left; };
static auto keep_right = [](auto, auto right) { return right; };
template <typename A>
static auto token(A a) { return sequence(a, many(one_of(" \t"), 0, [](int n, char) { return n + 1; }), keep_left); }

// The grammar. A term refers to itself by an ordinary function.
static Result<long> term(Input &in);

static auto number() {
  auto digits = many(one_of("0123456789"), 0L, [](long v, char c) { return (v * 10 + c - '0') % 100000007; }, 1);
  auto sign = optionally(mapped(one_of("-"), [](char) { return -1L; }), 1L);
  return token(sequence(sign, digits, [](long s, long v) { return s * v; }));
}
static auto group(const char *open, const char *close, int factor) {
  auto comma = token(one_of(","));
  auto rest = many(sequence(comma, term, keep_right), 0L, [](long sum, long v) { return (sum * 7 + v) % 1000003; });
  auto body = optionally(sequence(term, rest, [factor](long a, long b) { return a * factor + b; }), -3L);
  return sequence(sequence(token(word(open)), body, keep_right), token(word(close)), keep_left);
}
static __attribute__((noinline)) Result<long> term(Input &in) {
  static const auto pair = sequence(sequence(number(), token(word("=>")), keep_left), term,
                                    [](long key, long value) { return key * 31 + value; });
  static const auto any = either(pair, either(number(), either(group("(", ")", 2),
                                                                  either(group("[", "]", 3), group("<<", ">>", 5)))));
  return in.steps > 400 ? Result<long>() : any(in);
}

struct Definition { char name; long value; };
static auto definition() {
  return sequence(sequence(token(one_of("abcxyz")), token(word("=")), keep_left), sequence(term, token(one_of(";")), keep_left),
                  [](char name, long value) { return Definition{name, value}; });
}

int main() {
  const char *const texts[] = {
      "", "a=1;", "b = -17 ; c=(1,2,3);", "x=[1,(2,-3),<<4>>]; y = 5=>6=>7 ;z=()", "y=[];a=<<>>;", "a=(1,2;", "q=1;",
      "c=1=>[2=>3,4];b = <<5,<<6,[7]>>>> ; x=<<8>;", "z=(((((((((1)))))))));", "a=--1;", "b=1=>;", "a=12345678901234567890;x=0;"};
  const auto program = many(definition(), 1L, [](long sum, Definition d) { return (sum * 131 + d.name * 17 + d.value) % 1000000007; });
  for (const char *text : texts) {
    Input in{text + opaque(0)};
    auto result = program(in);
    mix(result ? *result : -1);
    mix(in.at * 10000 + in.furthest);
    mix(in.steps);
  }
  return report();
}
