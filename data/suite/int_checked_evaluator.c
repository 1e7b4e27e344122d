// A small stack evaluator whose arithmetic is checked by the overflow builtins, with operands and results of mixed
// widths and signs, so that what "fits" depends on the type of the result and not on that of the operands.
#include "checksum.h"
#include <stdbool.h>

enum status { fine, overflowed, divided_by_zero, stack_error };

struct machine {
  int32_t stack[8];
  int depth;
};

static enum status apply(struct machine *machine, char operation) {
  if (machine->depth < 2) return stack_error;
  int32_t b = machine->stack[--machine->depth], a = machine->stack[machine->depth - 1];
  int32_t *top = &machine->stack[machine->depth - 1];
  switch (operation) {
  case '+': return __builtin_add_overflow(a, b, top) ? overflowed : fine;
  case '-': return __builtin_sub_overflow(a, b, top) ? overflowed : fine;
  case '*': return __builtin_mul_overflow(a, b, top) ? overflowed : fine;
  case '/':
  case '%':
    if (b == 0) return divided_by_zero;
    if (b == -1) {
      if (operation == '%') return *top = 0, fine;
      return __builtin_sub_overflow(0, a, top) ? overflowed : fine;
    }
    *top = operation == '/' ? a / b : a % b;
    return fine;
  default: return stack_error;
  }
}

static __attribute__((noinline)) enum status evaluate(const char *text, int32_t variable, int32_t *result) {
  struct machine machine = {{0}, 0};
  for (; *text; ++text) {
    if (*text == ' ') continue;
    if ((*text >= '0' && *text <= '9') || *text == 'x') {
      if (machine.depth == 8) return stack_error;
      int32_t value = variable;
      if (*text != 'x') {
        value = 0;
        do {
          if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *text - '0', &value))
            return overflowed;
        } while (text[1] >= '0' && text[1] <= '9' && *++text);
      }
      machine.stack[machine.depth++] = value;
    } else {
      enum status status = apply(&machine, *text);
      if (status != fine) return status;
    }
  }
  if (machine.depth != 1) return stack_error;
  *result = machine.stack[0];
  return fine;
}

#define MIXED(name, builtin, left, right, result)                                                                    \
  static void name(uint64_t a, uint64_t b) {                                                                         \
    result outcome = 0;                                                                                              \
    bool over = builtin((left)a, (right)b, &outcome);                                                                \
    mix(outcome);                                                                                          \
    mix(over);                                                                                                       \
  }

MIXED(signed_to_byte, __builtin_add_overflow, int32_t, int32_t, uint8_t)
MIXED(unsigned_to_signed, __builtin_sub_overflow, uint32_t, uint32_t, int32_t)
MIXED(bytes_to_byte, __builtin_mul_overflow, int8_t, uint8_t, int8_t)
MIXED(wide_to_half, __builtin_add_overflow, int64_t, uint16_t, int16_t)
MIXED(mixed_to_wide, __builtin_mul_overflow, int64_t, uint64_t, int64_t)
MIXED(mixed_to_natural, __builtin_mul_overflow, int64_t, int32_t, uint64_t)
MIXED(natural_difference, __builtin_sub_overflow, uint64_t, int8_t, uint64_t)
MIXED(natural_to_signed, __builtin_add_overflow, uint64_t, uint64_t, int64_t)

/// The size of an array with a header, or -1 if it does not fit into 32 bits.
int64_t array_size(uint32_t count, uint32_t element, uint32_t header) {
  uint32_t bytes;
  if (__builtin_umul_overflow(count, element, &bytes)) return -1;
  if (__builtin_uadd_overflow(bytes, header, &bytes)) return -1;
  uint32_t padded = bytes + (-bytes & 15);
  return padded < bytes ? -1 : (int64_t)padded;
}

int main(void) {
  static const char *const programs[] = {"x", "x x *", "x 1 +", "0 x -", "x x + x -", "x 3 * 7 /", "x 10 % 5 -",
                                         "1 x /", "x 2 * x %", "x x x * *", "x 0 1 - /", "x 0 1 - %",
                                         "2147483647 x -", "2147483648", "x +", "99999999999 x", "1 2 3 4 5 6 7 x 9",
                                         "x 46341 - x 46341 + *", "x x - x /", "x ?"};
  static const int64_t edges[] = {0,          1,          -1,        2,        -2,        7,         127,
                                  128,        -128,       -129,      255,      256,       32767,     -32768,
                                  65535,      46340,      46341,     -46341,   INT32_MAX, INT32_MIN, UINT32_MAX,
                                  3000000000, 4294967296, INT64_MAX, INT64_MIN};
  int count = sizeof edges / sizeof edges[0];
  for (unsigned p = 0; p < sizeof programs / sizeof programs[0]; ++p)
    for (int i = 0; i < count; ++i) {
      int32_t result = -77;
      mix(evaluate(programs[p], (int32_t)opaque((uint64_t)edges[i]), &result));
      mix(result);
    }
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < count; ++j) {
      uint64_t a = opaque((uint64_t)edges[i]), b = (uint64_t)edges[j];
      signed_to_byte(a, b), unsigned_to_signed(a, b), bytes_to_byte(a, b), wide_to_half(a, b);
      mixed_to_wide(a, b), mixed_to_natural(a, b), natural_difference(a, b), natural_to_signed(a, b);
      mix(array_size((uint32_t)a, (uint32_t)b, (uint32_t)(i * 8)));
    }
  return report();
}
