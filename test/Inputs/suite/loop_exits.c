// A loop with three exits, each of which gives another answer.
#include <stdio.h>

static int find(const int *values, int count, int wanted, int limit) {
  for (int i = 0; i < count; ++i) {
    if (values[i] == wanted) return i;
    if (values[i] > limit) return -2;
    if (values[i] < 0) return -3;
  }
  return -1;
}

int main(void) {
  int values[16];
  for (int i = 0; i < 16; ++i) values[i] = (i * 7) % 11 - (i == 13);
  unsigned sum = 17;
  for (int wanted = -2; wanted < 12; ++wanted)
    for (int limit = 3; limit < 14; ++limit)
      sum = sum * 31 + (unsigned)find(values, 16, wanted, limit);
  printf("%u\n", sum);
  return 0;
}
