// Constant tables: strings by index, parallel arrays, switches that become tables, tables of tables, equal and overlapping string
// literals, sparse designated initialisers, constants found at compile time beside ones looked up at run time.
#include <wchar.h>

#include "checksum.h"

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
static const unsigned char month_days[2][12] = {{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}, {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}};

enum unit { bit_unit, byte_unit, word_unit, page_unit, no_unit };
static const struct unit_info { const char *name; unsigned long long bits; const struct unit_info *larger; const char *const *aliases; } units[];
static const char *const byte_aliases[] = {"octet", "char", 0}, *const no_aliases[] = {0};
static const struct unit_info units[] = {
    [word_unit] = {"word", 64, &units[page_unit], (const char *const[]){"int64", 0}},
    [bit_unit] = {"bit", 1, &units[byte_unit], no_aliases},
    [page_unit] = {"page", 4096 * 8, 0, no_aliases},
    [byte_unit] = {"byte", 8, &units[word_unit], byte_aliases},
};

static const signed char sparse[300] = {[3] = 1, [40 ... 49] = 2, [100] = -3, [255] = 4, [299] = -5};
static const double thresholds[] = {-1.5, -0.0, 0.25, 0.5, 1e10};
static const wchar_t wide_text[] = L"wide \x263a text";
static const char joined[] = "tail of a longer text", *const tail = "longer text", *const empty = "";

static __attribute__((noinline)) int dense_switch(int x) {
  switch (x) {
    case -2: return 40;
    case -1: return -7;
    case 0: return 1000;
    case 1: return 3;
    case 2: return 65537;
    case 3: return 3;
    case 5: return -1000000;  // 4 is missing
    case 6: return 0;
    default: return -99;
  }
}

static __attribute__((noinline)) const char *text_switch(unsigned x) {
  switch (x) {
    case 10: return "ten";
    case 11: return "eleven";
    case 12: return "twelve";
    case 13: return "teen";
    case 14: return "fourteen";
    case 200: return "two hundred";
    default: return x % 2 ? "odd" : "even";
  }
}

static __attribute__((noinline)) double linear_switch(int x) {  // values on a line, but for one
  switch (x) {
    case 0: return 1.5;
    case 1: return 3.0;
    case 2: return 4.5;
    case 3: return 6.0;
    case 4: return 7.0;
    case 5: return 9.0;
    default: return 0;
  }
}

static int by_name(const char *name, enum unit *found) {
  for (int u = 0; u < no_unit; ++u) {
    if (strcmp(units[u].name, name) == 0) return *found = (enum unit)u, 1;
    for (const char *const *a = units[u].aliases; *a; ++a)
      if (!strcmp(*a, name)) return *found = (enum unit)u, 2;
  }
  *found = no_unit;
  return 0;
}

static __attribute__((noinline)) unsigned day_of_year(unsigned year, unsigned month, unsigned day) {
  const unsigned char *days = month_days[(year % 4 == 0 && year % 100 != 0) || year % 400 == 0];
  for (unsigned m = 0; m < month; ++m) day += days[m];
  return day;
}

int main(void) {
  for (int x = -4; x < 9; ++x) {
    int v = opaque_int(x);
    mix((uint64_t)dense_switch(v));
    mix_double(linear_switch(v));
    mix_text(text_switch((unsigned)v + 10));
    mix_text(text_switch((unsigned)opaque(200) + (unsigned)(v == 3)));
  }
  for (unsigned m = 0; m < 12; ++m) {
    mix(day_of_year((unsigned)opaque(1996 + m * 26), m, 3));
    mix_text(month_names[opaque(m)]);
    mix((unsigned char)month_names[opaque(11 - m)][m % 3]);
  }
  static const char *const asked[] = {"char", "page", "bit", "int64", "none", "", "byte"};
  for (int a = 0; a < 7; ++a) {
    enum unit found;
    mix((uint64_t)by_name(asked[opaque_int(a)], &found));
    mix((uint64_t)found);
    for (const struct unit_info *u = found < no_unit ? &units[found] : 0; u; u = u->larger) mix(u->bits), mix_text(u->name);
  }
  for (int i = 0; i < 300; i += 1 + i % 7) mix((uint64_t)sparse[opaque_int(i)]);
  for (int t = 0; t < 5; ++t) mix_double(thresholds[opaque_int(t)]), mix(thresholds[opaque_int(t)] < 0);
  for (int i = 0; i < (int)(sizeof wide_text / sizeof *wide_text); ++i) mix((uint64_t)wide_text[opaque_int(i)]);
  mix((uint64_t)(strcmp(joined + opaque_int(10), tail) == 0) + strlen(empty) + sizeof joined);
  mix((uint64_t)("constant"[opaque_int(3)] + "constant"[7] + (&"shared"[2])[opaque_int(1)]));
  return report();
}
