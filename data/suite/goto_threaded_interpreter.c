// An interpreter by computed goto: each instruction jumps straight to the next through a table of
// labels; compact and decoded programs, a trap table swapped while running, instructions that fail.
#include "checksum.h"

enum { LOAD, ADDI, ADD, SUB, MULQ, XOR, ROL, JNZ, JLT, DEC, STM, LDM, CALL, RET, OUT, END, COUNT };

struct insn {
  uint8_t op, a, b, c;
};

struct cpu {
  uint32_t r[8];
  uint32_t memory[16];
  int link[6], depth, steps;
};

// Every label's address is in the table, so every jump may go everywhere.
static __attribute__((noinline)) int execute(struct cpu *cpu, const struct insn *code, int limit) {
  static const void *const plain[COUNT] = {&&load, &&addi, &&add, &&sub, &&mulq, &&xor, &&rol, &&jnz,
                                           &&jlt,  &&dec,  &&stm, &&ldm, &&call, &&ret, &&out, &&end};
  const void *table[COUNT];
  const struct insn *i = code - 1;
  uint32_t *r = cpu->r;
  int result = 0;
  memcpy(table, plain, sizeof table);
#define NEXT                                       \
  do {                                             \
    ++i;                                           \
    if (++cpu->steps == limit) table[JNZ] = &&out_of_time; \
    goto *table[i->op];                            \
  } while (0)
  NEXT;
load: r[i->a] = (uint32_t)i->b << 8 | i->c; NEXT;
addi: r[i->a] = r[i->b] + (uint32_t)(int8_t)i->c; NEXT;
add: r[i->a] = r[i->b] + r[i->c]; NEXT;
sub: r[i->a] = r[i->b] - r[i->c]; NEXT;
mulq:
  r[i->a] = r[i->b] * r[i->c];
  if (r[i->a] == 0) table[MULQ] = &&mul_zero;
  NEXT;
mul_zero:
  result += 100;
  table[MULQ] = &&mulq;
  NEXT;
xor: r[i->a] = r[i->b] ^ r[i->c]; NEXT;
rol: r[i->a] = r[i->b] << (i->c & 31) | r[i->b] >> (-i->c & 31); NEXT;
jnz:
  if (r[i->a]) i += (int8_t)i->b;
  NEXT;
jlt:
  if (r[i->a] < r[i->b]) i += (int8_t)i->c;
  NEXT;
dec:
  if (r[i->a]-- == 0) goto fault;
  NEXT;
stm: cpu->memory[(r[i->b] + i->c) & 15] = r[i->a]; NEXT;
ldm: r[i->a] = cpu->memory[(r[i->b] + i->c) & 15]; NEXT;
call:
  if (cpu->depth == 6) goto fault;
  cpu->link[cpu->depth++] = (int)(i - code);
  i = code + i->a - 1;
  NEXT;
ret:
  if (!cpu->depth) return result - 1;
  i = code + cpu->link[--cpu->depth];
  NEXT;
out:
  mix(r[i->a]);
  ++result;
  NEXT;
out_of_time: return -1000 - result;
fault: return -2000 - (int)(i - code);
end: return result;
#undef NEXT
}

int main(void) {
  static const struct insn sums[] = {{LOAD, 0, 0, 9}, {LOAD, 1, 0, 0}, {ADD, 1, 1, 0}, {STM, 1, 0, 2}, {ROL, 2, 1, 7}, {OUT, 2, 0, 0},
                                     {DEC, 0, 0, 0}, {JNZ, 0, (uint8_t)-6, 0}, {LDM, 3, 1, 0}, {OUT, 3, 0, 0}, {END, 0, 0, 0}};
  // Calls itself until its counter is used up, then comes back; r5 is given by main.
  static const struct insn deep[] = {{CALL, 3, 0, 0}, {OUT, 4, 0, 0}, {END, 0, 0, 0}, {ADDI, 4, 4, 17}, {MULQ, 4, 4, 5}, {DEC, 5, 0, 0},
                                     {JNZ, 5, 1, 0}, {RET, 0, 0, 0}, {CALL, 3, 0, 0}, {XOR, 4, 4, 5}, {OUT, 4, 0, 0}, {RET, 0, 0, 0}};
  // Greatest common divisor by subtraction of r6 and r7.
  static const struct insn gcd[] = {{JLT, 6, 7, 5}, {SUB, 6, 6, 7}, {JNZ, 6, (uint8_t)-3, 0}, {OUT, 7, 0, 0}, {RET, 0, 0, 0}, {END, 0, 0, 0},
                                    {SUB, 7, 7, 6}, {JNZ, 7, (uint8_t)-8, 0}, {OUT, 6, 0, 0}, {END, 0, 0, 0}};
  for (uint32_t round = 0; round < 24; ++round) {
    struct cpu cpu = {{0}, {0}, {0}, 0, 0};
    mix((uint64_t)execute(&cpu, sums, opaque_int((int)round * 4 + 2)));
    mix((uint64_t)cpu.steps);
    cpu = (struct cpu){{0, 0, 0, 0, round % 5 ? round : 0u - 17u, (uint32_t)opaque(round % 9)}, {0}, {0}, 0, 0};
    mix((uint64_t)execute(&cpu, deep, 100));
    mix(cpu.r[4] + (uint32_t)cpu.depth);
    cpu = (struct cpu){{0, 0, 0, 0, 0, 0, (uint32_t)opaque(round * 6 + 3), 84 - round}, {0}, {0}, 0, 0};
    mix((uint64_t)execute(&cpu, gcd, opaque_int(60)));
    mix((uint64_t)cpu.steps);
  }
  return report();
}
