// Calls through tables of function pointers: dispatch by opcode, changed tables, comparison of function pointers, null entries,
// tables of structures with methods, pointers chosen by a select.
#include "checksum.h"

struct machine {
  long registers[4];
  unsigned executed, ignored;
};

typedef void operation(struct machine *, int, int);

static void op_move(struct machine *m, int a, int b) { m->registers[a] = m->registers[b]; }
static void op_add(struct machine *m, int a, int b) { m->registers[a] += m->registers[b]; }
static void op_sub(struct machine *m, int a, int b) { m->registers[a] -= m->registers[b]; }
static void op_shift(struct machine *m, int a, int b) { m->registers[a] = (long)((unsigned long)m->registers[a] << (m->registers[b] & 7)) & 0xffffffffff; }
static void op_swap(struct machine *m, int a, int b) {
  long kept = m->registers[a];
  m->registers[a] = m->registers[b];
  m->registers[b] = kept;
}
static void op_nothing(struct machine *m, int a, int b) {}

static operation *const fixed[8] = {op_move, op_add, op_sub, op_shift, op_swap, op_nothing, 0, op_add};
static operation *changing[8] = {op_nothing, op_nothing, op_nothing};

static __attribute__((noinline)) void execute(struct machine *m, operation *const *table, const unsigned char *code, int length) {
  for (int i = 0; i < length; ++i) {
    operation *op = table[code[i] >> 4 & 7];
    if (!op) {
      ++m->ignored;
      continue;
    }
    if (op == op_nothing) m->ignored += 100;
    op(m, code[i] & 3, code[i] >> 2 & 3);
    ++m->executed;
  }
}

// How often two functions stand side by side; equality is by identity, not by what they do.
static __attribute__((noinline)) unsigned classify(operation *const *table) {
  unsigned sum = 0;
  for (int i = 0; i < 8; ++i) {
    operation *op = table[i];
    sum = sum * 7 + (op == op_add ? 1 : op == op_sub ? 2 : op == op_nothing ? 3 : op ? 4 : 5);
    for (int j = 0; j < i; ++j) sum += op == table[j];
  }
  return sum;
}

struct shape;
struct methods {
  const char *name;
  int (*area)(const struct shape *);
  int (*corners)(void);
  void (*grow)(struct shape *, int);
};
struct shape {
  const struct methods *methods;
  int width, height;
};

static int full_area(const struct shape *s) { return s->width * s->height; }
static int half_area(const struct shape *s) { return s->width * s->height / 2; }
static int three(void) { return 3; }
static int four(void) { return 4; }
static void grow_both(struct shape *s, int by) { s->width += by, s->height += by; }
static const struct methods flat;
static void grow_until_flat(struct shape *s, int by) {
  s->height -= by;
  if (s->height <= 0) s->methods = &flat;
}
static const struct methods rectangle = {"rectangle", full_area, four, grow_both};
static const struct methods triangle = {"triangle", half_area, three, grow_until_flat};
static const struct methods flat = {"flat", full_area, 0, 0};

static int survey(struct shape *shapes, int count, int by) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    const struct methods *m = shapes[i].methods;
    sum = sum * 3 + m->area(&shapes[i]) % 1000;
    if (m->corners) sum += m->corners() * 10;
    if (m->grow) m->grow(&shapes[i], by);
    sum += shapes[i].methods->name[0];
  }
  return sum % 1000003;
}

static __attribute__((noinline)) int chosen(int which, int a, int b) {
  struct machine m = {{a, b, 0, 0}, 0, 0};
  operation *op = which > 0 ? op_add : which < 0 ? op_sub : fixed[a & 7];
  if (op) op(&m, 0, 1);
  return (int)m.registers[0];
}

int main(void) {
  unsigned char code[64];
  for (int i = 0; i < 64; ++i) code[i] = (unsigned char)opaque((uint64_t)(i * 53 + i / 7));
  struct machine m = {{3, 5, 7, 11}, 0, 0};
  for (int round = 0; round < 8; ++round) {
    execute(&m, fixed, code, opaque_int(round * 8));
    for (int i = 0; i < 8; ++i)
      if ((i ^ round) & 1) changing[i] = fixed[opaque_int(i + round) & 7];
    execute(&m, changing, code + 8, opaque_int(round * 5));
    mix(classify(changing));
    mix(classify(fixed));
    for (int r = 0; r < 4; ++r) mix((uint64_t)m.registers[r]), m.registers[r] %= 1000;
  }
  mix(m.executed);
  mix(m.ignored);
  struct shape shapes[3] = {{&rectangle, 2, 3}, {&triangle, 9, opaque_int(20)}, {opaque(1) ? &rectangle : &flat, 1, 1}};
  for (int by = 0; by < 9; ++by) mix((uint64_t)survey(shapes, 3, opaque_int(by)));
  for (int which = -1; which < 2; ++which)
    for (int a = 0; a < 8; ++a) mix((uint64_t)chosen(opaque_int(which), opaque_int(a), 30 + a));
  return report();
}
