// A small text formatter: variable arguments passed on as a va_list through several functions, walked twice with va_copy, and handed
// over by pointer so that the callee's progress is kept.
#include <stdarg.h>

#include "checksum.h"

struct sink {
  char *text;
  int room, used, cut;
};

static void put(struct sink *s, char c) {
  if (s->used + 1 < s->room)
    s->text[s->used++] = c;
  else
    ++s->cut;
}

static __attribute__((noinline)) void put_padded(struct sink *s, const char *text, int length, int width, char fill) {
  int left = width < 0;
  if (left) width = -width;
  if (!left)
    for (int i = length; i < width; ++i) put(s, fill);
  for (int i = 0; i < length; ++i) put(s, text[i]);
  if (left)
    for (int i = length; i < width; ++i) put(s, ' ');
}

static __attribute__((noinline)) int to_digits(unsigned long long value, unsigned base, char *end) {
  int length = 0;
  do {
    *--end = "0123456789abcdefghijklmnopqrstuvwxyz"[value % base];
    ++length;
  } while (value /= base);
  return length;
}

struct arguments { va_list list; };

// Takes the next argument for a directive; the list moves on for the caller, too.
static __attribute__((noinline)) long long next_number(struct arguments *a, int size, int is_signed) {
  if (size == 2) return va_arg(a->list, long long);
  if (size == 1) return is_signed ? va_arg(a->list, long) : (long long)va_arg(a->list, unsigned long);
  return is_signed ? va_arg(a->list, int) : (long long)va_arg(a->list, unsigned);
}

static void format_into(struct sink *s, const char *f, va_list list) {
  struct arguments a;
  va_copy(a.list, list);
  char digits[72], *end = digits + 72;
  for (; *f; ++f) {
    if (*f != '%') {
      put(s, *f);
      continue;
    }
    int width = 0, negative = 0, size = 0, length;
    char fill = ' ';
    if (*++f == '-') negative = 1, ++f;
    if (*f == '0') fill = '0', ++f;
    if (*f == '*') width = (int)next_number(&a, 0, 1), ++f;
    for (; *f >= '0' && *f <= '9'; ++f) width = width * 10 + (*f - '0');
    for (; *f == 'l'; ++f) ++size;
    if (negative) width = -width;
    switch (*f) {
      case 'd': {
        long long value = next_number(&a, size, 1);
        length = to_digits(value < 0 ? 0ull - (unsigned long long)value : (unsigned long long)value, 10, end);
        if (value < 0) end[-++length] = '-';
        put_padded(s, end - length, length, width, fill);
        break;
      }
      case 'x': length = to_digits((unsigned long long)next_number(&a, size, 0), 16, end); goto number;
      case 'b': length = to_digits((unsigned long long)next_number(&a, size, 0), 2, end); goto number;
      case 'u': length = to_digits((unsigned long long)next_number(&a, size, 0), 10, end);
      number: put_padded(s, end - length, length, width, fill); break;
      case 'f': {
        double value = va_arg(a.list, double);
        if (value < 0) put(s, '-'), value = -value;
        unsigned long long hundredths = (unsigned long long)(value * 100 + 0.5);
        length = to_digits(hundredths / 100, 10, end);
        put_padded(s, end - length, length, width, fill);
        put(s, '.'), put(s, (char)('0' + hundredths / 10 % 10)), put(s, (char)('0' + hundredths % 10));
        break;
      }
      case 's': {
        const char *text = va_arg(a.list, const char *);
        put_padded(s, text, (int)strlen(text), width, fill);
        break;
      }
      case 'c': put(s, (char)va_arg(a.list, int)); break;
      default: put(s, *f); break;
    }
  }
  va_end(a.list);
}

static __attribute__((noinline)) int format(char *text, int room, const char *f, ...) {
  struct sink s = {text, room, 0, 0}, again = {0, 0, 0, 0};
  va_list list, copy;
  va_start(list, f);
  va_copy(copy, list);
  format_into(&again, f, copy);  // counts only
  va_end(copy);
  format_into(&s, f, list);
  va_end(list);
  if (room > 0) text[s.used] = 0;
  return again.cut * 100 + s.cut;
}

int main(void) {
  char line[90];
  int i = opaque_int(-421);
  long long wide = (long long)opaque(0xfedcba9876543210u);
  for (int room = 1; room < 91; room += 22) {
#define LINE(...) mix((uint64_t)format(line, opaque_int(room), __VA_ARGS__)), mix_text(line)
    LINE("plain %% text %q");
    LINE("%d|%5d|%-6d|%05d|%u", i, i, i, i * -1, (unsigned)i);
    LINE("%x %08x %lx %llx %b %ld", i, i, (long)wide, wide, 37, (long)-wide);
    LINE("%s,%7s,%-7s,%c%c", "abc", "def", "ghi", i & 0x7f, '!');
    LINE("%f %6f %d %f %s %d %f %d %f %d %f %d %f %f %f %f", 1.5, 2.25, 1, -0.125, "mid", 2, 3.0, 3, 4.0, 4, 5.5, 5, 6.0, 7.0, 8.0, 9.0);
    LINE("%*d<%-*s>%lld", opaque_int(room / 9), 77, opaque_int(6), "ab", wide);
  }
  puts(line);
  return report();
}
