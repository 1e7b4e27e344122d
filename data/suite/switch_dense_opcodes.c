// A stack machine whose instructions are a dense switch in a loop: the table of jumps, its bounds
// check, arms that share tails, jump, halt and fail.
#include "checksum.h"

enum opcode {
  op_push, op_dup, op_swap, op_over, op_drop, op_add, op_sub, op_mul, op_div, op_mod, op_and, op_xor, op_shl,
  op_less, op_not, op_jump, op_branch, op_call, op_return, op_load, op_store, op_emit, op_halt, op_count
};

enum verdict { halted, underflow, overflow, bad_opcode, bad_target, zero_divisor, out_of_fuel };

struct machine {
  int32_t stack[16], memory[4];
  int depth, at, fuel, returns[4], calls;
};

// 0: nothing is known of the instruction; the bounds check before it and the switch agree on need.
static const int8_t needs[op_count] = {0, 1, 2, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 0, 1, 0, 0, 0, 1, 1, 0};

static __attribute__((noinline)) enum verdict run(struct machine *m, const int8_t *code, int size) {
  int32_t *s = m->stack;
  while (m->fuel-- > 0) {
    if (m->at < 0 || m->at >= size) return bad_target;
    int op = code[m->at++];
    int32_t a = 0;
    if (op >= 0 && op < op_count) {
      if (m->depth < needs[op]) return underflow;
      if (m->depth >= 15) return overflow;
    }
    switch (op) {
      case op_push: s[m->depth++] = code[m->at++ % size]; break;
      case op_dup: s[m->depth] = s[m->depth - 1]; ++m->depth; break;
      case op_swap: a = s[m->depth - 1]; s[m->depth - 1] = s[m->depth - 2]; s[m->depth - 2] = a; break;
      case op_over: s[m->depth] = s[m->depth - 2]; ++m->depth; break;
      case op_drop: --m->depth; break;
      case op_sub: s[m->depth - 1] = (int32_t)(0u - (uint32_t)s[m->depth - 1]);  // and on to the addition
      case op_add: a = s[--m->depth]; s[m->depth - 1] = (int32_t)((uint32_t)s[m->depth - 1] + (uint32_t)a); break;
      case op_mul: a = s[--m->depth]; s[m->depth - 1] = (int32_t)((uint32_t)s[m->depth - 1] * (uint32_t)a); break;
      case op_div:
      case op_mod:
        a = s[--m->depth];
        if (a == 0 || a == -1) return zero_divisor;
        s[m->depth - 1] = op == op_div ? s[m->depth - 1] / a : s[m->depth - 1] % a;
        break;
      case op_and: a = s[--m->depth]; s[m->depth - 1] &= a; break;
      case op_xor: a = s[--m->depth]; s[m->depth - 1] ^= a; break;
      case op_shl: a = s[--m->depth]; s[m->depth - 1] = (int32_t)((uint32_t)s[m->depth - 1] << (a & 31)); break;
      case op_less: a = s[--m->depth]; s[m->depth - 1] = s[m->depth - 1] < a; break;
      case op_not: s[m->depth - 1] = !s[m->depth - 1]; break;
      case op_branch:
        if (s[--m->depth]) {
          ++m->at;
          break;
        }  // and on to the jump
      case op_jump: m->at += code[m->at % size]; break;
      case op_call:
        if (m->calls == 4) return overflow;
        m->returns[m->calls++] = m->at + 1;
        m->at = code[m->at % size];
        continue;
      case op_return:
        if (!m->calls) return halted;
        m->at = m->returns[--m->calls];
        break;
      case op_load: s[m->depth++] = m->memory[code[m->at++ % size] & 3]; break;
      case op_store: m->memory[code[m->at++ % size] & 3] = s[--m->depth]; break;
      case op_emit: mix((uint64_t)s[--m->depth]); break;
      case op_halt: return halted;
      default: return bad_opcode;
    }
  }
  return out_of_fuel;
}

int main(void) {
  static const int8_t powers[] = {op_push, 1, op_store, 0, op_load, 0, op_dup, op_emit, op_push, 3, op_mul, op_dup, op_store, 0, op_push, 120, op_dup,
                                  op_mul, op_less, op_not, op_branch, -18, op_load, 0, op_push, 7, op_div, op_emit, op_halt};
  static const int8_t subroutine[] = {op_push, 9, op_call, 7, op_call, 7, op_halt, op_dup, op_push, 5, op_sub, op_swap, op_over, op_xor, op_emit, op_return};
  struct machine m = {{0}, {0}, 0, 0, opaque_int(400), {0}, 0};
  mix(run(&m, powers, (int)sizeof powers));
  m = (struct machine){{0}, {0}, 0, 0, opaque_int(100), {0}, 0};
  mix(run(&m, subroutine, (int)sizeof subroutine));
  uint32_t seed = (uint32_t)opaque(99);
  unsigned verdicts[7] = {0};
  for (int round = 0; round < 500; ++round) {
    int8_t code[48];
    for (unsigned i = 0; i < sizeof code; ++i) {
      seed = seed * 1664525u + 1013904223u;
      uint32_t pick = seed >> 20;
      code[i] = (int8_t)(i < 24 && i % 2 == 0 ? op_push : pick % 30 == 7 ? -1 : pick % op_count);
    }
    m = (struct machine){{0}, {1, 2, 3, 4}, 0, 0, 60, {0}, 0};
    enum verdict v = run(&m, code, (int)sizeof code);
    ++verdicts[v];
    mix(v);
    mix((uint64_t)(m.depth * 1000 + m.at));
  }
  for (int i = 0; i < 7; ++i) mix(verdicts[i]);
  return report();
}
