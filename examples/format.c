/* Text formatting without the C library's printf family.
 *
 *   directive = "%" { flag } [ width ] [ "." precision ] [ "l" ] conversion
 *   flag      = "-" (left) | "0" (zero fill) | "+" (sign) | " " (blank for plus) | "#" (0x)
 *   width, precision = digits | "*" (the next int argument)
 *   conversion       = "d" | "u" | "x" | "X" | "s" | "c" | "%" | "q"
 *
 * %q prints an int32_t in Q16.16 fixed point with `precision` decimals (4 by default, at most 9),
 * rounded half away from zero. The other conversions mean what they mean in C.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct Spec {
  bool left, zero, plus, blank, alternate, is_long;
  int width;
  int precision; /* -1 when absent */
  char conversion;
} Spec;

/* `length` counts what the whole text needs, `out` gets what fits. */
typedef struct Sink {
  char *out;
  size_t capacity, length;
} Sink;

enum { k_max_digits = 32, k_max_decimals = 9 };

static void put_char(Sink *sink, char c) {
  if (sink->length + 1 < sink->capacity) sink->out[sink->length] = c;
  sink->length++;
}

static void put_bytes(Sink *sink, const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) put_char(sink, bytes[i]);
}

static void put_fill(Sink *sink, char fill, long count) {
  for (; count > 0; count--) put_char(sink, fill);
}

/* Puts a prefix (sign or 0x), zeros and a body, and pads the whole to the width. */
static void put_padded(Sink *sink, const Spec *spec, const char *prefix, long zeros,
                       const char *body, size_t body_length) {
  size_t prefix_length = strlen(prefix);
  long padding = spec->width - (long)prefix_length - zeros - (long)body_length;
  if (padding < 0) padding = 0;
  if (spec->zero && !spec->left) {
    zeros += padding;
    padding = 0;
  }
  if (!spec->left) put_fill(sink, ' ', padding);
  put_bytes(sink, prefix, prefix_length);
  put_fill(sink, '0', zeros);
  put_bytes(sink, body, body_length);
  if (spec->left) put_fill(sink, ' ', padding);
}

/* Writes the digits of `value` so that they end at `end`; zero has none. Returns their start. */
static char *write_digits(char *end, unsigned long value, unsigned base, bool upper) {
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  for (; value != 0; value /= base) *--end = digits[value % base];
  return end;
}

static const char *sign_prefix(const Spec *spec, bool negative) {
  return negative ? "-" : spec->plus ? "+" : spec->blank ? " " : "";
}

/* Puts an integer. A precision is the least number of digits and turns zero fill off. */
static void put_integer(Sink *sink, Spec spec, const char *prefix, unsigned long value,
                        unsigned base) {
  char buffer[k_max_digits], *end = buffer + sizeof buffer;
  char *start = write_digits(end, value, base, spec.conversion == 'X');
  int digits = (int)(end - start);
  int wanted = spec.precision < 0 ? 1 : spec.precision;
  if (spec.precision >= 0) spec.zero = false;
  put_padded(sink, &spec, prefix, wanted > digits ? wanted - digits : 0, start, (size_t)digits);
}

/* Puts a Q16.16 value. The fraction is rounded to the decimals that are asked for, and may carry
 * into the integer part. */
static void put_fixed_point(Sink *sink, const Spec *spec, int32_t value) {
  char buffer[k_max_digits], *start = buffer + sizeof buffer;
  int decimals = spec->precision < 0 ? 4 : spec->precision;
  if (decimals > k_max_decimals) decimals = k_max_decimals;
  uint64_t scale = 1;
  for (int i = 0; i < decimals; i++) scale *= 10;
  uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  uint64_t scaled = (magnitude * scale + 0x8000u) >> 16;
  for (uint64_t fraction = scaled % scale, i = 0; i < (uint64_t)decimals; i++, fraction /= 10)
    *--start = (char)('0' + fraction % 10);
  if (decimals > 0) *--start = '.';
  if (scaled / scale == 0) *--start = '0';
  start = write_digits(start, (unsigned long)(scaled / scale), 10, false);
  put_padded(sink, spec, sign_prefix(spec, value < 0), 0, start,
             (size_t)(buffer + sizeof buffer - start));
}

static void put_string(Sink *sink, Spec spec, const char *text) {
  if (text == NULL) text = "(null)";
  size_t limit = spec.precision < 0 ? SIZE_MAX : (size_t)spec.precision, length = 0;
  while (length < limit && text[length] != '\0') length++;
  spec.zero = false;
  put_padded(sink, &spec, "", 0, text, length);
}

/* Reads one flag character into the spec; false when `c` is no flag. */
static bool take_flag(Spec *spec, char c) {
  switch (c) {
  case '-': spec->left = true; return true;
  case '0': spec->zero = true; return true;
  case '+': spec->plus = true; return true;
  case ' ': spec->blank = true; return true;
  case '#': spec->alternate = true; return true;
  default: return false;
  }
}

/* Reads decimal digits; a number that does not fit in an int stops at INT_MAX. */
static int take_number(const char **at) {
  int number = 0;
  for (; **at >= '0' && **at <= '9'; ++*at) {
    int digit = **at - '0';
    number = number > (INT_MAX - digit) / 10 ? INT_MAX : number * 10 + digit;
  }
  return number;
}

/* Reads what stands between the percent sign and the conversion character. */
static Spec take_spec(const char **at, va_list *arguments) {
  Spec spec = {.precision = -1};
  while (take_flag(&spec, **at)) ++*at;
  spec.width = **at == '*' ? va_arg(*arguments, int) : take_number(at);
  *at += **at == '*';
  if (spec.width < 0) {
    spec.left = true;
    spec.width = spec.width == INT_MIN ? INT_MAX : -spec.width;
  }
  if (**at == '.') {
    ++*at;
    spec.precision = **at == '*' ? va_arg(*arguments, int) : take_number(at);
    *at += **at == '*';
  }
  spec.is_long = **at == 'l';
  *at += spec.is_long;
  spec.conversion = **at;
  return spec;
}

/* Puts the next argument as the spec says; false for an unknown conversion. */
static bool put_directive(Sink *sink, Spec spec, va_list *arguments) {
  switch (spec.conversion) {
  case 'd': {
    long value = spec.is_long ? va_arg(*arguments, long) : va_arg(*arguments, int);
    unsigned long magnitude = value < 0 ? 0 - (unsigned long)value : (unsigned long)value;
    put_integer(sink, spec, sign_prefix(&spec, value < 0), magnitude, 10);
    return true;
  }
  case 'u':
  case 'x':
  case 'X': {
    unsigned base = spec.conversion == 'u' ? 10 : 16;
    unsigned long value =
        spec.is_long ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned);
    const char *prefix = spec.conversion == 'x' ? "0x" : "0X";
    put_integer(sink, spec, spec.alternate && value != 0 && base == 16 ? prefix : "", value, base);
    return true;
  }
  case 's': put_string(sink, spec, va_arg(*arguments, const char *)); return true;
  case 'c': {
    char character = (char)va_arg(*arguments, int);
    spec.zero = false;
    put_padded(sink, &spec, "", 0, &character, 1);
    return true;
  }
  case 'q': put_fixed_point(sink, &spec, va_arg(*arguments, int32_t)); return true;
  case '%': put_char(sink, '%'); return true;
  default: return false;
  }
}

/* Formats into `out`, which ends in NUL when `capacity` > 0. Returns the length that the whole text
 * needs, or -1 for a directive that is unknown or unfinished, with the text up to it in `out`. */
static int format_text(char *out, size_t capacity, const char *format, ...) {
  Sink sink = {out, capacity, 0};
  bool valid = true;
  va_list arguments;
  va_start(arguments, format);
  for (; valid && *format != '\0'; format += valid) {
    if (*format == '%') {
      format++;
      valid = put_directive(&sink, take_spec(&format, &arguments), &arguments);
    } else {
      put_char(&sink, *format);
    }
  }
  va_end(arguments);
  if (capacity > 0) out[sink.length < capacity ? sink.length : capacity - 1] = '\0';
  return valid && sink.length <= INT_MAX ? (int)sink.length : -1;
}

/* A moment in the proleptic Gregorian calendar, UTC. Months and days count from 1. */
typedef struct CivilTime {
  int year, month, day, hour, minute, second;
  int weekday;  /* 0 is Sunday */
  int year_day; /* 0 is 1 January */
} CivilTime;

enum { k_days_per_400_years = 146097, k_days_1600_to_1970 = 135140 };

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int days_in_month(int year, int month) {
  static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Splits seconds since 1970-01-01T00:00:00Z. Years from 1600 on; earlier moments give false. */
static bool to_civil(int64_t seconds, CivilTime *time) {
  int in_day = (int)(seconds % 86400);
  int64_t days = seconds / 86400 - (in_day < 0);
  if (in_day < 0) in_day += 86400;
  days += k_days_1600_to_1970;
  if (days < 0 || days / k_days_per_400_years > 1000) return false;
  time->year = 1600 + 400 * (int)(days / k_days_per_400_years);
  /* 1 January 1600 was a Saturday. */
  time->weekday = (int)((days + 6) % 7);
  int left = (int)(days % k_days_per_400_years);
  while (left >= 365 + is_leap(time->year)) left -= 365 + is_leap(time->year++);
  time->year_day = left;
  for (time->month = 1; left >= days_in_month(time->year, time->month); time->month++)
    left -= days_in_month(time->year, time->month);
  time->day = left + 1;
  time->hour = in_day / 3600;
  time->minute = in_day / 60 % 60;
  time->second = in_day % 60;
  return true;
}

/* Formats a moment: %Y %m %d %H %M %S %j %a %b as in strftime, and %%. Returns false for an unknown
 * directive, a moment out of range, or a text that does not fit with its NUL. */
static bool format_date(char *out, size_t capacity, const char *pattern, int64_t seconds) {
  static const char days[] = "SunMonTueWedThuFriSat";
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  CivilTime time;
  size_t used = 0;
  if (!to_civil(seconds, &time)) return false;
  for (; *pattern != '\0'; pattern++) {
    char piece[16] = {*pattern};
    if (*pattern == '%') {
      switch (*++pattern) {
      case 'Y': format_text(piece, sizeof piece, "%04d", time.year); break;
      case 'm': format_text(piece, sizeof piece, "%02d", time.month); break;
      case 'd': format_text(piece, sizeof piece, "%02d", time.day); break;
      case 'H': format_text(piece, sizeof piece, "%02d", time.hour); break;
      case 'M': format_text(piece, sizeof piece, "%02d", time.minute); break;
      case 'S': format_text(piece, sizeof piece, "%02d", time.second); break;
      case 'j': format_text(piece, sizeof piece, "%03d", time.year_day + 1); break;
      case 'a': format_text(piece, sizeof piece, "%.3s", days + 3 * time.weekday); break;
      case 'b': format_text(piece, sizeof piece, "%.3s", months + 3 * (time.month - 1)); break;
      case '%': break;
      default: return false;
      }
    }
    size_t length = strlen(piece);
    if (capacity - used <= length) return false;
    memcpy(out + used, piece, length + 1);
    used += length;
  }
  return true;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "format: check %d failed: %s\n", (number), #condition), (number)
#define FORMATS(expected, ...)                                                                     \
  (format_text(text, sizeof text, __VA_ARGS__) == (int)strlen(text) && !strcmp(text, expected))

/* The C library is the authority on everything but %q. */
static int check_against_library(void) {
  static const char *const integers[] = {
      "%d",      "%5d|",   "%-5d|", "%05d",  "%+d",    "% d",   "%.3d", "%8.3d",
      "%-8.3d|", "%08.3d", "%.0d",  "%u",    "%x",     "%X",    "%#x",  "%#010x",
      "%#-10X|", "%#.4x",  "%12u",  "%+08d", "%-+8d|", "%% %d",
  };
  static const char *const strings[] = {"%s", "%10s", "%-10s|", "%.3s", "%8.2s|", "%.0s", "<%s>"};
  static const int values[] = {0, 1, -1, 7, 42, -12345, 65535, INT_MAX, INT_MIN};
  char text[64], expected[64];
  for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
    for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
      int length = snprintf(expected, sizeof expected, integers[i], values[j]);
      CHECK(1, format_text(text, sizeof text, integers[i], values[j]) == length);
      CHECK(2, strcmp(text, expected) == 0);
    }
  for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
    int length = snprintf(expected, sizeof expected, strings[i], "hello");
    CHECK(3, format_text(text, sizeof text, strings[i], "hello") == length);
    CHECK(4, strcmp(text, expected) == 0);
  }
  CHECK(5, FORMATS("-9223372036854775808 ffffffffffffffff", "%ld %lx", LONG_MIN, ULONG_MAX));
  CHECK(6, FORMATS("   7|7   |007", "%*d|%*d|%.*d", 4, 7, -4, 7, 3, 7));
  CHECK(7, FORMATS("a  |  b", "%-3c|%3c", 'a', 'b') && FORMATS("(null)", "%s", (char *)NULL));
  return 0;
}

static int check_fixed_point(void) {
  char text[64];
  CHECK(20, FORMATS("1.5000", "%q", 0x18000) && FORMATS("-0.25", "%.2q", -0x4000));
  CHECK(21, FORMATS("0.0000", "%q", 1) && FORMATS("0.0000153", "%.7q", 1));
  CHECK(22, FORMATS("2", "%.0q", 0x18000) && FORMATS("1.0", "%.1q", 0xffff));
  CHECK(23, FORMATS("-32768.0", "%.1q", INT32_MIN) && FORMATS("32767.999985", "%.6q", INT32_MAX));
  CHECK(24, FORMATS("  +3.14|3.14  |0003.14", "%+7.2q|%-6.2q|%07.2q", 205887, 205887, 205887));
  return 0;
}

static int check_truncation_and_errors(void) {
  char text[8];
  CHECK(40, format_text(text, sizeof text, "%s", "0123456789") == 10 && !strcmp(text, "0123456"));
  CHECK(41, format_text(text, 1, "%d", 1234) == 4 && text[0] == '\0');
  CHECK(42, format_text(NULL, 0, "%08d", 1) == 8);
  CHECK(43, format_text(text, sizeof text, "ab%z", 1) == -1 && strcmp(text, "ab") == 0);
  CHECK(44, format_text(text, sizeof text, "ab%") == -1 && format_text(text, 8, "%-5.2") == -1);
  return 0;
}

static int check_dates(void) {
  char text[64];
  CivilTime time;
  CHECK(60, format_date(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", 0));
  CHECK(61, strcmp(text, "1970-01-01T00:00:00Z") == 0);
  CHECK(62, format_date(text, sizeof text, "%a %d %b %Y %j 100%%", 951782400));
  CHECK(63, strcmp(text, "Tue 29 Feb 2000 060 100%") == 0);
  CHECK(64, format_date(text, sizeof text, "%a %Y-%m-%d %H:%M:%S", -1));
  CHECK(65, strcmp(text, "Wed 1969-12-31 23:59:59") == 0);
  CHECK(66, format_date(text, 11, "%Y-%m-%d", 2147483647) && strcmp(text, "2038-01-19") == 0);
  CHECK(67, !format_date(text, 10, "%Y-%m-%d", 0) && !format_date(text, 64, "%k", 0));
  CHECK(68, !to_civil(INT64_MIN, &time) && !to_civil(INT64_MAX, &time) && !is_leap(1900));
  return 0;
}

int main(void) {
  static int (*const groups[])(void) = {check_against_library, check_fixed_point,
                                        check_truncation_and_errors, check_dates};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    int failed = groups[i]();
    if (failed != 0) return failed;
  }
  return 0;
}
