// Parameter packs: fold expressions in all four forms, short-circuiting folds, packs expanded in initialisers in a known
// order, index sequences, tuples of mixed types, perfect forwarding counted, and a checked formatter.
#include "checksum.h"
#include <tuple>
#include <utility>

static int evaluations;
static long touch(long value) { ++evaluations; return value; }

template <typename... T> static long sum(T... values) { return (values + ... + 0L); }
template <typename... T> static long minus_left(T... values) { return (... - values); }
template <typename... T> static long minus_right(T... values) { return (values - ...); }
template <typename... T> static long from_left(long start, T... values) { return ((start * 3) - ... - values); }

// Stop at the first that decides; the rest must not be evaluated.
template <int... limits>
static __attribute__((noinline)) int passes(long value) {
  int before = evaluations;
  bool all = ((touch(value) > limits) && ...);
  int first = evaluations - before;
  bool any = (... || (touch(value) == limits));
  return all * 1000 + any * 100 + first * 10 + (evaluations - before - first);
}

// Elements of a braced list are evaluated from left to right.
template <typename... Part>
static unsigned in_order(Part... part) {
  unsigned trace = 1;
  int results[] = {(trace = trace * 7 + (unsigned)part(), (int)sizeof(part))...};
  for (int result : results) trace = trace * 3 + result;
  return trace;
}

// Counts what forwarding does to each argument.
struct Cargo {
  int value;
  explicit Cargo(int v) : value(v) {}
  Cargo(const Cargo &other) : value(other.value + 1000) {}
  Cargo(Cargo &&other) noexcept : value(other.value + 100000) { other.value = -1; }
};
static int take(Cargo cargo, const Cargo &reference, Cargo &&temporary) {
  return cargo.value + reference.value * 3 + temporary.value * 5;
}
template <typename F, typename... Args>
static int forward_all(F f, Args &&...args) { return f(std::forward<Args>(args)...); }

// A formatter whose holes are filled by packs; the number of holes decides what is left over.
static void put(char *&to, long value) {
  if (value < 0) { *to++ = '-'; value = -value; }
  if (value >= 10) put(to, value / 10);
  *to++ = (char)('0' + value % 10);
}
static void put(char *&to, int value) { put(to, (long)value); }
static void put(char *&to, char value) { *to++ = value; }
static void put(char *&to, const char *text) { while (*text) *to++ = *text++; }
static void put(char *&to, double value) { put(to, (long)(value * 100)); *to++ = '%'; }
static void put(char *&to, bool value) { put(to, value ? "yes" : "no"); }
static const char *format_rest(char *&to, const char *pattern) {
  while (*pattern) *to++ = *pattern++;
  return pattern;
}
template <typename T, typename... Rest>
static const char *format_rest(char *&to, const char *pattern, T value, Rest... rest) {
  while (*pattern && *pattern != '#') *to++ = *pattern++;
  if (!*pattern) return pattern;
  put(to, value);
  return format_rest(to, pattern + 1, rest...);
}
template <typename... T>
static __attribute__((noinline)) void format(const char *pattern, T... values) {
  char buffer[96], *to = buffer;
  format_rest(to, pattern, values...);
  *to = 0;
  mix_text(buffer);
}

// Tuples: element-wise with an index sequence, mapped, reversed, and compared.
template <typename Tuple, size_t... i>
static auto reversed(const Tuple &tuple, std::index_sequence<i...>) {
  return std::make_tuple(std::get<sizeof...(i) - 1 - i>(tuple)...);
}
template <typename... T>
static double weigh(const std::tuple<T...> &tuple) {
  return std::apply([](const auto &...each) {
    double weight = 0;
    ((weight = weight * 1.5 + (double)each), ...);
    return weight;
  }, tuple);
}
template <typename... T>
struct Sizes { static constexpr size_t largest() { size_t m = 0; ((m = sizeof(T) > m ? sizeof(T) : m), ...); return m; } };

int main() {
  for (int round = 0; round < 12; ++round) {
    int a = opaque_int(round * 5 - 20);
    long b = (long)opaque(round * 1000003);
    mix(sum() + sum(a) * 2 + sum(a, b) * 3 + sum(a, b, (short)round, 'x'));
    mix(minus_left(b, a, 7, (char)round) * 3 + minus_right(b, a, 7, (char)round));
    mix(from_left(b) + from_left(a, 1, b, 2L));
    mix(passes<-15, -30, 5, 0>(a));
    mix(passes<>(a) * 10 + passes<10, 20, 30>(a + 20));
    mix(in_order([&] { return a; }, [&, b] { return b % 97; }, [] { return 5; }));
    mix(in_order());
    Cargo kept(a), moved(a + 1);
    mix(forward_all(take, kept, kept, Cargo(a + 2)));
    mix(forward_all(take, std::move(moved), kept, std::move(kept)));
    mix(moved.value * 10 + kept.value);
    format("#: # of # (#) #", a, b, round % 2 == 0, a * 0.25, "end");
    format("no holes", a);
    format("#|#", 'q');
    format("", 1L, 2L);
    auto tuple = std::make_tuple(a, b, round * 0.5, (char)('a' + round), (unsigned short)a);
    auto back = reversed(tuple, std::make_index_sequence<5>());
    mix_double(weigh(tuple) - weigh(back));
    mix(tuple < std::make_tuple(a, b, 2.75, 'c', (unsigned short)0));
    mix(Sizes<char, int, Cargo, decltype(tuple)>::largest() * 10 + Sizes<>::largest());
    mix(evaluations);
  }
  return report();
}
