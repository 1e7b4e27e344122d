// Variadic arguments forwarded through layers: to vsnprintf twice, through function pointers, recursively with what remains of the
// list, and taken by two readers in turns.
#include <stdarg.h>
#include <stdlib.h>

#include "checksum.h"

// Measures, allocates, prints.
static __attribute__((noinline, format(printf, 1, 2))) char *text_of(const char *format, ...) {
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int length = vsnprintf(0, 0, format, list);
  va_end(list);
  char *text = malloc((size_t)length + 1);
  if (!text) exit(3);
  vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

typedef int combine(int count, va_list list);

static int add_all(int count, va_list list) {
  int sum = 0;
  while (count-- > 0) sum += va_arg(list, int);
  return sum;
}

static int alternate(int count, va_list list) {
  int sum = 0, sign = 1;
  for (int i = 0; i < count; ++i, sign = -sign) sum += sign * va_arg(list, int);
  return sum;
}

// Takes the first, leaves the rest to itself.
static int nested(int count, va_list list) {
  if (count <= 0) return 1;
  int first = va_arg(list, int);
  va_list rest;
  va_copy(rest, list);
  int below = nested(count - 1, rest);
  va_end(rest);
  return (first * 2 + below * 3) % 10007;
}

int apply(combine *how, int count, ...) {
  va_list list;
  va_start(list, count);
  int result = how(count, list);
  va_end(list);
  return result;
}

// All three on the same arguments.
static __attribute__((noinline)) int apply_all(int count, ...) {
  static combine *const all[] = {add_all, alternate, nested};
  va_list list;
  int result = 0;
  va_start(list, count);
  for (int i = 0; i < 3; ++i) {
    va_list copy;
    va_copy(copy, list);
    result = result * 31 + all[i](count, copy) % 1000;
    va_end(copy);
  }
  va_end(list);
  return result % 1000003;
}

struct reader { va_list list; int ints, doubles; };

static __attribute__((noinline)) int read_int(struct reader *r) {
  ++r->ints;
  return va_arg(r->list, int);
}
static __attribute__((noinline)) double read_double(struct reader *r) {
  ++r->doubles;
  return va_arg(r->list, double);
}

// The argument list is in a structure, and two callees advance it in turns.
static double in_turns(int rounds, ...) {
  struct reader r = {.ints = 0, .doubles = 0};
  va_start(r.list, rounds);
  double sum = 0;
  for (int i = 0; i < rounds; ++i) {
    int factor = read_int(&r);
    sum += factor * read_double(&r);
    if (i % 2) sum -= read_int(&r);
  }
  va_end(r.list);
  return sum + 1000.0 * r.ints + 100000.0 * r.doubles;
}

static void *build_list(const char *first, ...) {  // a linked list of strings, up to a null pointer
  struct node { struct node *next; const char *text; } *head = 0, **tail = &head;
  va_list list;
  va_start(list, first);
  for (const char *text = first; text; text = va_arg(list, const char *)) {
    *tail = malloc(sizeof **tail);
    if (!*tail) exit(3);
    **tail = (struct node){0, text};
    tail = &(*tail)->next;
  }
  va_end(list);
  unsigned length = 0;
  for (struct node *next; head; head = next) {
    next = head->next;
    length = length * 10 + (unsigned)strlen(head->text);
    free(head);
  }
  return (void *)(uintptr_t)length;
}

int main(void) {
  for (int i = 0; i < 6; ++i) {
    int v = opaque_int(i * 37 - 50);
    char *text = text_of("%d %s %5.2f %c %lld %x %s", v, i & 1 ? "odd" : "even", v / 8.0, 'a' + i, v * 1000000007LL, (unsigned)v, "end");
    mix_text(text);
    free(text);
    combine *chosen = opaque_int(i) % 2 ? alternate : nested;
    mix((uint64_t)apply(chosen, opaque_int(i + 3), v, 1, v + 1, 2, v + 2, 3, v + 3, 4, v + 4));
    mix((uint64_t)apply(add_all, opaque_int(i), v, 3, v * 2, 5, v * 3));
    mix((uint64_t)apply_all(opaque_int(2 * i), v, 9, 8, v, 7, 6, 5, -v, 4, 3, 2));
    mix_double(in_turns(opaque_int(i), v, 0.5, 2, 1.5, 30, v, 2.5, 4, 3.5, 70, 5, v / 4.0));
    mix((uint64_t)(uintptr_t)build_list("one", "three", i % 2 ? "" : "fo", "seven", (const char *)0));
    mix((uint64_t)(uintptr_t)build_list(i ? (const char *)0 : "only", (const char *)0));
  }
  return report();
}
