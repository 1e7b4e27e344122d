#include "size.h"
int table[SIZE];
fill(seed) int seed;
{
  int i;
  for (i = 0; i < SIZE; i++) table[i] = (seed = seed * 13 + 5) & 63;
}
