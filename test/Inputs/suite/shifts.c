// Shifts, rotations and wrapping arithmetic of several widths; what it prints is not given.
#include <stdint.h>
#include <stdio.h>

int main(void) {
  uint32_t a = 0x12345678;
  uint64_t b = 0x9e3779b97f4a7c15;
  for (unsigned i = 0; i < 64; ++i) {
    a = (a << (i % 31 + 1)) | (a >> (31 - i % 31));
    b ^= (uint64_t)(int8_t)a * (b >> (i % 63));
    a += (uint16_t)b;
  }
  printf("%u %llu\n", a, (unsigned long long)b);
  return 0;
}
