// Weak definitions, weak references that stay null, aliases of functions and variables, inline functions with an external copy,
// and symbols whose addresses are compared.
#include "checksum.h"

int base_value = 10;
extern int other_name __attribute__((alias("base_value")));
extern int weak_name __attribute__((weak, alias("base_value")));

int row[6] = {1, 2, 3, 4, 5, 6};
extern int row_alias[6] __attribute__((alias("row")));

extern int nowhere(int) __attribute__((weak));
extern int missing_variable __attribute__((weak));

__attribute__((weak)) int replaceable(int x) { return x * 2 + 1; }
__attribute__((weak)) int limit = 25;
__attribute__((weak)) const int weak_constant = 7;

int implementation(int x) { return replaceable(x) - base_value; }
int public_name(int) __attribute__((alias("implementation")));
static int local_work(int x) { return x ^ 0x55; }
int exposed_work(int) __attribute__((alias("local_work")));
int hidden_function(int x) __attribute__((visibility("hidden")));
int hidden_function(int x) { return x / 3 + limit; }

// Both an inline body and one external copy; they must count in the same counter.
static int inline_calls;
int counted_calls(void) { return inline_calls; }
extern int shared_counter;
int shared_counter = 3;
inline int inlined(int x) {
  shared_counter += x;
  return shared_counter * 2;
}
extern int inlined(int x);

static inline __attribute__((always_inline)) int forced(int x) {
  ++inline_calls;
  return x > 5 ? x - 5 : 5 - x;
}

__attribute__((used)) static int kept_for_nobody(int x) { return forced(x); }

// A store through one name changes what is read through the other.
static __attribute__((noinline)) int two_names(int x) {
  base_value = x;
  other_name = x + 1;
  int first = base_value;
  weak_name += 3;
  return first * 100 + other_name + base_value;
}

static __attribute__((noinline)) int two_rows(int i, int j) {
  row[i] = 100;
  row_alias[j] = 200;
  int sum = row[i] + row_alias[i] * 3;
  row[i] = i + 1;
  row_alias[j] = j + 1;
  return sum;
}

static __attribute__((noinline)) int optional(int x) {
  int result = x;
  if (nowhere) result += nowhere(x);
  if (&missing_variable) result += missing_variable;
  if (x > 100 && !nowhere) result = -result;
  return result;
}

typedef int function(int);
static function *const table[] = {implementation, public_name, local_work, exposed_work, replaceable, hidden_function, inlined, kept_for_nobody};
static int *const cells[] = {&base_value, &other_name, &weak_name, &limit, &row[2], &row_alias[2], &shared_counter};

static __attribute__((noinline)) unsigned same_addresses(void) {
  unsigned sum = 0;
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < i; ++j) sum = sum * 3 + (table[opaque_int(i)] == table[j]);
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < i; ++j) sum = sum * 3 + (cells[opaque_int(i)] == cells[j]);
  return sum;
}

int main(void) {
  mix(same_addresses());
  for (int x = -4; x < 5; ++x) {
    int v = opaque_int(x * 30);
    mix((uint64_t)two_names(v));
    mix((uint64_t)(implementation(v) == public_name(v)));
    mix((uint64_t)optional(v));
    mix((uint64_t)(local_work(v) + exposed_work(v + 1) * 3));
    for (int i = 0; i < 8; ++i) mix((uint64_t)table[i](v));
    for (int i = 0; i < 7; ++i) mix((uint64_t)(*cells[i] += i & 1));
    mix((uint64_t)inlined(forced(v)));
    mix((uint64_t)(counted_calls() + limit / weak_constant));
    limit += 2;
    replaceable(v);
  }
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 6; ++j) mix((uint64_t)two_rows(opaque_int(i), opaque_int(j)));
  return report();
}
