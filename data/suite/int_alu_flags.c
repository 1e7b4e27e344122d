// An eight-bit arithmetic unit: every operation on bytes that are widened by promotion and narrowed again,
// with the carry, half-carry, overflow, zero and sign flags worked out of the wide result.
#include "checksum.h"

enum { flag_carry = 1, flag_half = 2, flag_overflow = 4, flag_zero = 8, flag_sign = 16, flag_subtract = 32 };

struct unit {
  uint8_t accumulator;
  uint8_t flags;
};

static uint8_t common_flags(uint8_t result) {
  return (uint8_t)((result == 0 ? flag_zero : 0) | (result & 0x80 ? flag_sign : 0));
}

static __attribute__((noinline)) void add_with_carry(struct unit *unit, uint8_t operand, int carry) {
  unsigned wide = unit->accumulator + operand + (carry ? 1u : 0u);
  uint8_t result = (uint8_t)wide;
  uint8_t flags = common_flags(result);
  if (wide > 0xff) flags |= flag_carry;
  if (((unit->accumulator & 15) + (operand & 15) + (carry != 0)) & 16) flags |= flag_half;
  if (~(unit->accumulator ^ operand) & (unit->accumulator ^ result) & 0x80) flags |= flag_overflow;
  unit->accumulator = result;
  unit->flags = flags;
}

void subtract_with_borrow(struct unit *unit, uint8_t operand, int borrow) {
  int wide = unit->accumulator - operand - (borrow ? 1 : 0);
  uint8_t result = (uint8_t)wide;
  uint8_t flags = common_flags(result) | flag_subtract;
  if (wide < 0) flags |= flag_carry;
  if ((unit->accumulator & 15) - (operand & 15) - (borrow != 0) < 0) flags |= flag_half;
  int as_signed = (int8_t)unit->accumulator - (int8_t)operand - (borrow ? 1 : 0);
  if (as_signed != (int8_t)as_signed) flags |= flag_overflow;
  unit->accumulator = result;
  unit->flags = flags;
}

static void decimal_adjust(struct unit *unit) {
  uint8_t correction = 0, carry = unit->flags & flag_carry;
  if ((unit->flags & flag_half) || (unit->accumulator & 15) > 9) correction |= 0x06;
  if (carry || unit->accumulator > 0x99) correction |= 0x60, carry = flag_carry;
  unit->accumulator =
      (uint8_t)(unit->flags & flag_subtract ? unit->accumulator - correction : unit->accumulator + correction);
  unit->flags = (uint8_t)(common_flags(unit->accumulator) | carry | (unit->flags & flag_subtract));
}

static uint8_t shifted(uint8_t value, unsigned kind, int carry_in, int *carry_out) {
  *carry_out = kind & 1 ? value & 1 : value >> 7;
  switch (kind) {
  case 0: return (uint8_t)(value << 1);
  case 1: return value >> 1;
  case 2: return (uint8_t)(value << 1 | value >> 7);
  case 3: return (uint8_t)(value >> 1 | value << 7);
  case 4: return (uint8_t)(value << 1 | carry_in);
  case 5: return (uint8_t)(value >> 1 | carry_in << 7);
  case 7: return (uint8_t)((int8_t)value >> 1);
  default: return (uint8_t)-value;
  }
}

static void step(struct unit *unit, unsigned operation, uint8_t operand) {
  int carry = unit->flags & flag_carry;
  switch (operation) {
  case 0: add_with_carry(unit, operand, 0); break;
  case 1: add_with_carry(unit, operand, carry); break;
  case 2: subtract_with_borrow(unit, operand, 0); break;
  case 3: subtract_with_borrow(unit, operand, carry); break;
  case 4: decimal_adjust(unit); break;
  case 5: {
    struct unit copy = *unit;
    subtract_with_borrow(&copy, operand, 0);
    unit->flags = copy.flags;
    break;
  }
  case 6:
    ++unit->accumulator;
    unit->flags = (uint8_t)((unit->flags & flag_carry) | common_flags(unit->accumulator));
    break;
  default:
    unit->accumulator = shifted(unit->accumulator, operand & 7, carry, &carry);
    unit->flags = (uint8_t)(common_flags(unit->accumulator) | carry);
  }
}

int main(void) {
  struct unit unit = {(uint8_t)opaque(0x3c), 0};
  uint32_t state = (uint32_t)opaque(12345);
  for (int i = 0; i < 6000; ++i) {
    state = state * 1664525u + 1013904223u;
    step(&unit, state >> 29, (uint8_t)(state >> 13));
    mix(unit.accumulator | (uint64_t)unit.flags << 8);
  }
  for (int i = 0; i < 100; ++i) {  // a decimal counter: adding 37 in packed digits
    add_with_carry(&unit, 0x37, 0);
    decimal_adjust(&unit);
    mix(unit.accumulator);
  }
  return report();
}
