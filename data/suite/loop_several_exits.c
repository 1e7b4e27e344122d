// A loop that leaves by three doors, each with its own result.
#include "checksum.h"

enum door { door_found, door_negative, door_end };

static __attribute__((noinline)) enum door scan(const int *values, int count, int wanted, int *position) {
  for (int i = 0; i < count; ++i) {
    *position = i;
    if (values[i] == wanted) return door_found;
    if (values[i] < 0) return door_negative;
  }
  *position = count;
  return door_end;
}

int main(void) {
  int values[24];
  for (int i = 0; i < 24; ++i) values[i] = (i * 7 + opaque_int(3)) % 24;
  for (int hole = 0; hole <= 24; hole += 6) {
    if (hole < 24) values[hole] = -1 - hole;
    for (int wanted = 0; wanted < 30; ++wanted) {
      int position = -1;
      mix(scan(values, 24, wanted, &position));
      mix((uint64_t)position);
    }
  }
  return report();
}
