// The same functions evaluated by the compiler and by the program: both results are mixed and compared, for tables,
// strings, sorting, floating point, 128-bit and modular arithmetic.
#include "checksum.h"

template <typename T, int n>
struct Array {
  T at[n];
  constexpr T &operator[](int i) { return at[i]; }
  constexpr const T &operator[](int i) const { return at[i]; }
};

constexpr unsigned reversed(unsigned v, int bits) {
  unsigned r = 0;
  for (int i = 0; i < bits; ++i) r |= (v >> i & 1u) << (bits - 1 - i);
  return r;
}
template <int bits>
constexpr Array<unsigned short, 1 << bits> make_table(unsigned seed) {
  Array<unsigned short, 1 << bits> table = {};
  for (unsigned i = 0; i < 1u << bits; ++i) {
    unsigned v = i ^ seed;
    for (int k = 0; k < bits; ++k) v = v & 1 ? v >> 1 ^ 0xa6u : v >> 1;
    table[(int)i] = (unsigned short)(v * 7 + reversed(i, bits));
  }
  return table;
}
constexpr unsigned long power_mod(unsigned long base, unsigned long exponent, unsigned long modulus) {
  unsigned long result = 1 % modulus;
  for (base %= modulus; exponent; exponent >>= 1) {
    if (exponent & 1) result = (unsigned long)((unsigned __int128)result * base % modulus);
    base = (unsigned long)((unsigned __int128)base * base % modulus);
  }
  return result;
}
constexpr int gcd(int a, int b) { return b == 0 ? (a < 0 ? -a : a) : gcd(b, a % b); }
constexpr double series(double x, int terms) {
  double sum = 0, term = 1;
  for (int k = 1; k <= terms; ++k) {
    sum += term;
    term *= x / k;
    if (term < 1e-9 && term > -1e-9) break;
  }
  return sum;
}
template <int n>
constexpr Array<int, n> sorted(Array<int, n> a) {
  for (int i = 1; i < n; ++i) {
    int moving = a[i], j = i;
    for (; j > 0 && a[j - 1] > moving; --j) a[j] = a[j - 1];
    a[j] = moving;
  }
  return a;
}
constexpr int parse(const char *text, int *used) {
  int value = 0, i = 0;
  bool negative = text[0] == '-';
  if (negative) ++i;
  while (text[i] >= '0' && text[i] <= '9') value = value * 10 + (text[i++] - '0');
  *used = i;
  return negative ? -value : value;
}
constexpr int sum_list(const char *text) {
  int sum = 0, used = 0;
  while (*text) {
    sum = sum * 2 + parse(text, &used);
    text += used;
    while (*text == ',' || *text == ' ') ++text;
  }
  return sum;
}
class Register {  // An object that lives in a constant expression.
 public:
  constexpr explicit Register(unsigned s) : state_(s) {}
  constexpr Register &clock(int n) {
    while (n-- > 0) state_ = state_ >> 1 ^ (-(state_ & 1u) & 0xb400u);
    return *this;
  }
  constexpr unsigned value() const { return state_; }
 private:
  unsigned state_;
};
constexpr unsigned long digest(const char *text) {
  unsigned long h = 17;
  for (; *text; ++text) h = (h << 9 | h >> 55) + (unsigned char)*text * (h | 1);
  return h;
}
template <typename F>
constexpr long table_sum(F f, int n) {
  long sum = 0;
  for (int i = 0; i < n; ++i) sum += f(i) * (i + 1);
  return sum;
}

static constexpr auto early_table = make_table<7>(5);
static constexpr Array<int, 9> early_sorted = sorted(Array<int, 9>{{5, -2, 9, 9, 0, -7, 3, 1, 4}});
constexpr unsigned long early_powers[] = {power_mod(3, 1000, 1000000007), power_mod(~0ul, ~0ul - 1, ~0ul - 58), power_mod(7, 0, 1)};
static_assert(gcd(-84, 36) == 12 && sum_list("3,-4, 10") == 14 && reversed(6, 4) == 6, "at compile time");

template <auto value> struct Fixed { static constexpr auto of = value; };

int main() {
  auto table = make_table<7>((unsigned)opaque(5));
  for (int i = 0; i < 128; ++i) mix(table[i] * 2 + (table[i] == early_table[opaque_int(i)]));
  Array<int, 9> unsorted = {{5, -2, 9, 9, 0, -7, 3, 1, opaque_int(4)}}, done = sorted(unsorted);
  for (int i = 0; i < 9; ++i) mix(done[i] * 10 + early_sorted[opaque_int(i)]);
  const unsigned long powers[] = {power_mod(opaque(3), 1000, 1000000007), power_mod(~0ul, opaque(~0ull - 1), ~0ul - 58),
                                  power_mod(7, opaque(0), 1)};
  for (int i = 0; i < 3; ++i) mix(powers[i] ^ early_powers[opaque_int(i)]), mix(powers[i]);
  constexpr double series_early[] = {series(1, 20), series(-2.5, 40), series(0, 3), series(10, 9)};
  const double series_late[] = {series(opaque_int(1), 20), series(opaque_int(-5) * 0.5, 40), series(opaque_int(0), 3),
                                series(opaque_int(10), 9)};
  for (int i = 0; i < 4; ++i) { mix_double(series_late[i]); mix_double(series_late[i] - series_early[i]); }
  constexpr int listed = sum_list("1,22,-333, 4444,,55555");
  mix(sum_list(&"1,22,-333, 4444,,55555"[opaque(0)]) - listed);
  mix(sum_list(&"1,22,-333, 4444"[opaque(2)]));
  constexpr unsigned clocked = Register(0xace1).clock(300).value();
  mix(Register((unsigned)opaque(0xace1)).clock(opaque_int(100)).clock(200).value() * 65536ul + clocked);
  mix(Fixed<gcd(91, 35)>::of * 100 + gcd(opaque_int(91), 35));
  for (int i = -20; i < 20; ++i) mix(gcd(opaque_int(i * 6), opaque_int(84 - i)));
  constexpr unsigned long digest_early = digest("compile time or run time");
  mix(digest_early - digest(&"compile time or run time"[opaque(0)]));
  mix(digest(&"or run time"[opaque(4)]));
  constexpr long summed = table_sum([](int i) { return i % 5 ? i * i : -i; }, 50);
  mix(summed * 3 - table_sum([](int i) { return i % 5 ? i * i : -i; }, opaque_int(50)));
  return report();
}
