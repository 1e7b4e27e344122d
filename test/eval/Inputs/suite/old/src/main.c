#include "size.h"
extern int table[SIZE];
static int weigh(value) int value;
{
  int i, sum = 0;
  for (i = 0; i < SIZE; i++)
    if (table[i] % STEP == value % STEP) sum += table[i] * i;
  return sum;
}
main() {
  fill(7);
  printf("%d\n", weigh(4));
  return 0;
}
