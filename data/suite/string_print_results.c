// What printf, puts, fputs and their kin print and return, in the forms that are often replaced by each other: used and unused
// results, constant and variable formats, truncation in snprintf, widths, precisions, numbers at their limits.
#include <limits.h>
#include <stdarg.h>

#include "checksum.h"

static char line[80];

static __attribute__((noinline)) void plain_output(int x, const char *text) {
  printf("constant line\n");
  printf("without end");
  printf("\n");
  printf("%s\n", text);
  printf("%c", 'a' + x);
  printf("%%|");
  printf("%s", "");
  printf("%s", "s");
  puts("");
  putchar('A' + x);
  putchar('\n');
  fputs(text, stdout);
  fputs("", stdout);
  fputs("\n", stdout);
  fputc('0' + x, stdout);
  fprintf(stdout, "fixed\n");
  fprintf(stdout, "%s", text);
  fprintf(stdout, "%c", '\n');
  fwrite(text, 1, strlen(text) / 2, stdout);
  fwrite(&"yz\n"[x & 1], 1, 3 - (size_t)(x & 1), stdout);
  fwrite("never", 0, 5, stdout);
}

static __attribute__((noinline)) int used_results(int x, const char *text) {
  int sum = printf("used %d\n", x);
  sum = sum * 5 + printf("%s\n", text);
  sum = sum * 5 + printf("x");
  sum = sum * 5 + printf("\n");
  sum = sum * 5 + (puts(text) >= 0);
  sum = sum * 5 + putchar('!');
  sum = sum * 5 + (fputs("", stdout) >= 0);
  sum = sum * 5 + printf("%s", "");
  sum = sum * 5 + (int)fwrite(text, 2, strlen(text) / 2, stdout);
  sum = sum * 5 + fputc('c' + x + 256, stdout);
  return sum * 5 + printf("%c%s", '\n', "");
}

#define INTO(size, ...) (memset(line, '#', sizeof line), line[79] = 0, mix((uint64_t)snprintf(line, opaque(size), __VA_ARGS__)), mix_line())

static void mix_line(void) {
  for (int i = 0; i < 79; ++i) mix((unsigned char)line[i]);
}

static __attribute__((noinline)) void truncated(size_t size, int x, const char *text) {
  INTO(size, "nothing but text");
  INTO(size, "%s", text);
  INTO(size, "%c", x & 0x7f);
  INTO(size, "%d", x);
  INTO(size, "<%5s|%-5s|%.2s|%*.*s>", text, text, text, (int)size, 3, text);
  INTO(size, "%u %x %X %o %#x", (unsigned)x, (unsigned)x, (unsigned)x, (unsigned)x, (unsigned)x);
}

static __attribute__((noinline)) void numbers(long long l, double d) {
  INTO(80, "%lld|%+lld|% lld|%020lld|%-9lld|", l, l, l, l, l);
  INTO(80, "%hhd %hd %d %ld", (signed char)l, (short)l, (int)l, (long)l);
  INTO(80, "%f|%.0f|%8.3f|%-10.1f|%+.2e", d, d, d, d, d);
  INTO(80, "%g|%G|%#g|%a", d, d * 1e20, d, d);
  INTO(80, "%.3d|%5.3d|%.0d|%zu|%jd", (int)l, (int)l, 0, (size_t)l % 1000, (intmax_t)l);
}

// The position that %n reports, and sprintf in a chain.
static __attribute__((noinline)) int chained(char *to, int x) {
  char *at = to;
  at += sprintf(at, "first ");
  at += sprintf(at, "%d ", x);
  at += sprintf(at, "%s", "third");
  *at++ = ';';
  at += sprintf(at, "%c", 'e');
  sprintf(to, "%s", "F");
  to[1] = 'f';
  return (int)(at - to) + (to[2] == 'r');
}

static __attribute__((noinline)) int hand_over(char *to, size_t n, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = vsnprintf(to, n, format, list);
  va_end(list);
  return result;
}

int main(void) {
  static const char *const texts[] = {"", "word", "percent %d sign", "a rather long text that is cut somewhere"};
  for (int x = 0; x < 4; ++x) {
    plain_output(opaque_int(x), texts[opaque_int(3 - x)] + (x > 2 ? 0 : 4));
    mix((uint64_t)used_results(opaque_int(x), texts[opaque_int(x)]));
    for (size_t size = 0; size < 44; size = size < 3 ? size + 1 : size * 2 + 1) truncated(size, opaque_int(x * 1000 - 700), texts[opaque_int(x)]);
    mix((uint64_t)chained(line, opaque_int(x * 111)));
    mix_text(line);
    mix((uint64_t)hand_over(line, opaque(20), "%s %d %s %.1f", texts[x], x, "and", x / 2.0));
    mix_text(line);
  }
  static const long long integers[] = {0, 1, -1, 127, -32769, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN};
  static const double reals[] = {0.0, -0.0, 0.5, 1.5, 2.5, -1e-7, 123456.789, 1e15, 0.1};
  for (int i = 0; i < 9; ++i) numbers(integers[opaque_int(i)], reals[opaque_int(i)]);
  return report();
}
