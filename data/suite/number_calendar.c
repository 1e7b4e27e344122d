// Dates: day numbers to and from year, month and day with negative years, week days, ISO weeks, Easter, moon-like
// cycles, adding months with clamped days, and clocks with offsets; full of quotients by 4, 100, 146097 and of
// month tables.
#include "checksum.h"

struct date {
  int32_t year;
  uint8_t month, day;
};

static int leap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
static int leap_by_bits(int32_t year) { return (year & (year % 25 ? 3 : 15)) == 0; }
static int month_length(int32_t year, unsigned month) {
  switch (month) {
  case 2: return leap(year) ? 29 : 28;
  case 4:
  case 6:
  case 9:
  case 11: return 30;
  default: return 31;
  }
}

/// Days since the first of March of the year 0, in a calendar that goes on for ever in both directions.
static int32_t day_number(struct date d) {
  int32_t shifted = d.month > 2 ? d.month - 3 : d.month + 9, year = d.year - (d.month <= 2);
  int32_t era = (year >= 0 ? year : year - 399) / 400;
  uint32_t of_era = (uint32_t)(year - era * 400);
  return era * 146097 + (int32_t)(of_era * 365 + of_era / 4 - of_era / 100) + (153 * shifted + 2) / 5 + d.day - 1;
}
static __attribute__((noinline)) struct date from_number(int32_t number) {
  int32_t era = (number >= 0 ? number : number - 146096) / 146097;
  uint32_t of_era = (uint32_t)(number - era * 146097);
  uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  uint32_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
  struct date d = {(int32_t)year + era * 400 + (month >= 10), (uint8_t)(month < 10 ? month + 3 : month - 9),
                   (uint8_t)(of_year - (153 * month + 2) / 5 + 1)};
  return d;
}
/// The same by counting years and months down.
struct date from_number_slowly(int32_t number) {
  struct date d = {0, 3, 1};
  while (number < 0) number += 365 + leap(d.year--);
  while (number >= 365 + leap(d.year + 1)) number -= 365 + leap(++d.year);
  while (number >= month_length(d.year, d.month)) {
    number -= month_length(d.year, d.month);
    if (++d.month == 13) d.month = 1, ++d.year;
  }
  d.day = (uint8_t)(number + 1);
  return d;
}

static int weekday(int32_t number) { return (number % 7 + 9) % 7; }  // 0 is Monday
static int weekday_by_congruence(struct date d) {
  static const uint8_t terms[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
  int32_t y = d.year - (d.month < 3);
  return ((y + y / 4 - y / 100 + y / 400 + terms[d.month - 1] + d.day) % 7 + 6) % 7;  // for years from 0 on
}
static int iso_week(struct date d, int32_t *year) {
  int32_t number = day_number(d), thursday = number - weekday(number) + 3;
  *year = from_number(thursday).year;
  return (thursday - day_number((struct date){*year, 1, 1})) / 7 + 1;
}
static struct date easter(int32_t year) {
  int a = year % 19, century = year / 100, rest = year % 100;
  int moon = (19 * a + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
  int offset = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
  int late = (a + 11 * moon + 22 * offset) / 451, sum = moon + offset - 7 * late + 114;
  return (struct date){year, (uint8_t)(sum / 31), (uint8_t)(sum % 31 + 1)};
}
static __attribute__((noinline)) struct date add_months(struct date d, int months) {
  int32_t total = d.year * 12 + d.month - 1 + months;
  int32_t year = total >= 0 ? total / 12 : -((11 - total) / 12);
  struct date result = {year, (uint8_t)(total - year * 12 + 1), d.day};
  int length = month_length(result.year, result.month);
  if (result.day > length) result.day = (uint8_t)length;
  return result;
}
static int compare(struct date a, struct date b) {
  if (a.year != b.year) return a.year < b.year ? -1 : 1;
  return a.month != b.month ? a.month - b.month : a.day - b.day;
}
static int months_between(struct date a, struct date b) {
  int sign = 1;
  if (compare(a, b) > 0) { struct date t = a; a = b; b = t; sign = -1; }
  return sign * ((b.year - a.year) * 12 + b.month - a.month - (b.day < a.day));
}

static void write_stamp(int64_t seconds, int offset_minutes, char *text) {
  seconds += offset_minutes * 60;
  int64_t days = seconds / 86400, of_day = seconds % 86400;
  if (of_day < 0) of_day += 86400, --days;
  struct date d = from_number((int32_t)(days + 719468));
  int minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  snprintf(text, 64, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", d.year, d.month, d.day, (int)(of_day / 3600),
           (int)(of_day / 60 % 60), (int)(of_day % 60), offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

int main(void) {
  for (int32_t number = -800000; number < 1000000; number += 1997 - number % 7) {
    struct date d = from_number(opaque_int(number)),
                other = number > -30000 && number < 40000 ? from_number_slowly(number) : d;
    int32_t year;
    mix(d.year * 400 + d.month * 32 + d.day), mix(compare(d, other) + day_number(d) - number);
    mix(weekday(number) * 10 + (d.year >= 0 ? weekday_by_congruence(d) : 8));
    mix(iso_week(d, &year)), mix(year), mix(leap(d.year) + 2 * leap_by_bits(d.year));
    struct date later = add_months((struct date){d.year, d.month, 31 - d.day % 3}, number / 1000);
    mix(day_number(later)), mix(months_between(d, later));
  }
  for (int32_t year = 1583; year < 2300; year += 3) {
    struct date d = easter(opaque_int(year));
    mix((uint64_t)(d.month * 32 + d.day) + (uint64_t)weekday(day_number(d)) * 1000);
  }
  char text[64];
  for (int64_t seconds = -5000000000; seconds < 9000000000; seconds += 333333331)
    write_stamp((int64_t)opaque((uint64_t)seconds), (int)(seconds % 14) * 45, text), mix_text(text);
  return report();
}
