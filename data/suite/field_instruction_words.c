// A small processor whose instruction words are a union of bit-field layouts: signed immediates, register fields,
// branches by negative offsets; an assembler fills the fields, a disassembler prints them and a loop runs them.
#include "checksum.h"

union instruction {
  uint32_t word;
  struct {
    uint32_t op : 5, target : 4, left : 4, right : 4;
    int32_t offset : 15;
  } r;
  struct {
    uint32_t op : 5, target : 4;
    int32_t immediate : 23;
  } i;
  struct {
    uint32_t op : 5, condition : 3;
    int32_t distance : 24;
  } b;
};

enum op {
  op_halt, op_set, op_add, op_sub, op_mul, op_shift, op_load, op_store, op_branch, op_byte, op_divide, op_count
};

struct machine {
  int32_t registers[16];
  uint8_t memory[64];
  int position, zero, negative, steps;
};

static union instruction encode_r(enum op op, unsigned target, unsigned left, unsigned right, int offset) {
  union instruction x = {.word = 0};
  x.r.op = op, x.r.target = target, x.r.left = left, x.r.right = right;
  x.r.offset = offset;
  return x;
}
static union instruction encode_i(unsigned target, int immediate) {
  union instruction x = {.i = {op_set, 0, 0}};
  x.i.target = target, x.i.immediate = immediate;
  return x;
}
static union instruction encode_b(unsigned condition, int distance) {
  return (union instruction){.b = {op_branch, condition & 7, distance}};
}

static void set_flags(struct machine *m, int32_t value) { m->zero = value == 0, m->negative = value < 0; }

static __attribute__((noinline)) int taken(const struct machine *m, unsigned condition) {
  switch (condition) {
  case 0: return 1;
  case 1: return m->zero;
  case 2: return !m->zero;
  case 3: return m->negative;
  case 4: return !m->negative;
  case 5: return m->zero || m->negative;
  case 6: return !(m->zero | m->negative);
  default: return 0;
  }
}

/// Returns 0 to go on, and a reason otherwise.
static int step(struct machine *m, const union instruction *program, int length) {
  if (m->position < 0 || m->position >= length) return 2;
  if (++m->steps > 2000) return 3;
  union instruction x = program[m->position++];
  int32_t *target = &m->registers[x.r.target];
  int32_t left = m->registers[x.r.left], right = m->registers[x.r.right];
  switch ((enum op)x.r.op) {
  case op_halt: return 1;
  case op_set: *target = x.i.immediate; break;
  case op_add: *target = (int32_t)((uint32_t)left + (uint32_t)right + (uint32_t)x.r.offset); break;
  case op_sub: set_flags(m, *target = (int32_t)((uint32_t)left - (uint32_t)right - (uint32_t)x.r.offset)); break;
  case op_mul: *target = (int32_t)((uint32_t)left * (uint32_t)right + (uint32_t)x.r.offset); break;
  case op_shift:
    *target = x.r.offset < 0 ? left >> (-x.r.offset & 31) : (int32_t)((uint32_t)left << (x.r.offset & 31));
    break;
  case op_load: memcpy(target, m->memory + ((uint32_t)(left + x.r.offset) & 60), 4); break;
  case op_store: memcpy(m->memory + ((uint32_t)(left + x.r.offset) & 60), target, 4); break;
  case op_byte: *target = (int8_t)m->memory[(uint32_t)(left + x.r.offset) & 63]; set_flags(m, *target); break;
  case op_branch: if (taken(m, x.b.condition)) m->position += x.b.distance; break;
  case op_divide:
    if (right == 0 || right == -1) return 4;
    *target = x.r.offset & 1 ? left % right : left / right;
    break;
  default: return 5;
  }
  return 0;
}

void disassemble(union instruction x, char *text, size_t size) {
  static const char *const names[op_count] = {"halt", "set",   "add",    "sub",  "mul",   "shift",
                                              "load", "store", "branch", "byte", "divide"};
  const char *name = x.r.op < op_count ? names[x.r.op] : "?";
  if (x.r.op == op_branch) snprintf(text, size, "%s.%d %d", name, (int)x.b.condition, x.b.distance);
  else if (x.r.op == op_set) snprintf(text, size, "%s r%d, %d", name, (int)x.i.target, x.i.immediate);
  else snprintf(text, size, "%s r%d, r%d, r%d, %d", name, (int)x.r.target, (int)x.r.left, (int)x.r.right, x.r.offset);
}

int main(void) {
  int limit = opaque_int(-40);
  union instruction program[] = {encode_i(1, limit), encode_i(2, 1), encode_i(5, -4194304), encode_i(6, 4194303),
                                 encode_r(op_add, 3, 3, 1, 7), encode_r(op_mul, 4, 3, 1, -3),
                                 encode_r(op_shift, 7, 4, 0, -5), encode_r(op_shift, 8, 4, 0, 3),
                                 encode_r(op_store, 7, 1, 0, 44), encode_r(op_load, 9, 1, 0, 41),
                                 encode_r(op_byte, 10, 1, 0, 43), encode_b(4, 1),
                                 encode_r(op_add, 11, 11, 2, -16384), encode_r(op_sub, 12, 8, 9, 16383),
                                 encode_b(3, 1), encode_r(op_add, 13, 13, 12, 0), encode_r(op_divide, 14, 5, 1, 0),
                                 encode_r(op_divide, 15, 6, 1, 1), encode_r(op_add, 1, 1, 2, 0),
                                 encode_r(op_sub, 0, 1, 2, -3), encode_b(2, -17), encode_r(op_halt, 0, 0, 0, 0)};
  int length = sizeof program / sizeof program[0];
  for (int i = 0; i < length; ++i) {
    char text[64];
    disassemble(program[i], text, sizeof text);
    mix_text(text), mix(program[i].word);
  }
  for (int variant = 0; variant < 40; ++variant) {
    struct machine machine = {{0}, {0}, variant % 4, 0, 0, 0};
    if (variant > 3) {
      union instruction *x = &program[variant * 5 % length];
      if (variant % 3 == 0) x->r.offset += variant;
      else if (variant % 3 == 1) x->b.distance ^= variant == 20 ? 0 : 1 << variant % 5;
      else x->i.immediate = -x->i.immediate;
    }
    int reason;
    while ((reason = step(&machine, program, length)) == 0) continue;
    mix(reason), mix(machine.steps), mix(machine.position);
    for (int i = 0; i < 16; ++i) mix(machine.registers[i]);
  }
  return report();
}
