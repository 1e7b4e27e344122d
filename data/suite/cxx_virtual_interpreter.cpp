// An interpreter whose instructions are objects with a virtual step(): straight code, jumps, calls, memory, traps by
// exception, and instructions that replace themselves by a faster kind while the program runs.
#include "checksum.h"
#include <memory>

struct Trap { int reason, at; };

struct Machine {
  long stack[64], memory[16] = {};
  int top = 0, pc = 0, frames[16], frame = 0;
  long steps = 0;
  void push(long value) { stack[top < 64 ? top++ : throw Trap{1, pc}] = value; }
  long pop() { return stack[top > 0 ? --top : throw Trap{2, pc}]; }
};

struct Instruction {
  virtual ~Instruction() = default;
  virtual void step(Machine &m) = 0;                    // pc is already past this instruction.
  virtual Instruction *specialise() { return nullptr; }  // A better one after it has run often.
  int runs = 0;
};
struct Push final : Instruction {
  long value;
  explicit Push(long v) : value(v) {}
  void step(Machine &m) override { m.push(value); }
};
struct Binary : Instruction {
  void step(Machine &m) final {
    long right = m.pop(), left = m.pop();
    m.push(compute(m, left, right));
  }
  virtual long compute(Machine &m, long left, long right) const = 0;
};
struct Add final : Binary { long compute(Machine &, long a, long b) const override { return (long)((uint64_t)a + b); } };
struct Multiply final : Binary { long compute(Machine &, long a, long b) const override { return (long)((uint64_t)a * b); } };
struct Less final : Binary { long compute(Machine &, long a, long b) const override { return a < b; } };
struct Remainder final : Binary {
  long compute(Machine &m, long a, long b) const override {
    if (b == 0) throw Trap{3, m.pc};
    return b == -1 ? 0 : a % b;
  }
};
struct Slot : Instruction {
  int slot;
  explicit Slot(int s) : slot(s) {}
};
struct FastLoad final : Slot {
  using Slot::Slot;
  void step(Machine &m) override { m.push(m.memory[slot] + (runs > 20)); runs += 2; }
};
struct Load final : Slot {
  using Slot::Slot;
  void step(Machine &m) override { m.push(m.memory[slot]); }
  Instruction *specialise() override { return new FastLoad(slot); }
};
struct Store final : Slot {
  using Slot::Slot;
  void step(Machine &m) override { m.memory[slot] = m.pop(); }
};
struct Jump : Instruction {
  int target;
  explicit Jump(int t) : target(t) {}
  void step(Machine &m) override { if (taken(m)) m.pc = target; }
  virtual bool taken(Machine &) { return true; }
};
struct JumpIfZero final : Jump { using Jump::Jump; bool taken(Machine &m) override { return m.pop() == 0; } };
struct Call final : Jump {
  using Jump::Jump;
  bool taken(Machine &m) override {
    if (m.frame == 16) throw Trap{4, m.pc};
    m.frames[m.frame++] = m.pc;
    return true;
  }
};
struct Return final : Instruction {
  void step(Machine &m) override { m.pc = m.frame > 0 ? m.frames[--m.frame] : -1; }
};

static Instruction *decode(char op, int operand) {
  switch (op) {
    case 'p': return new Push(operand);
    case '+': return new Add;
    case '*': return new Multiply;
    case '<': return new Less;
    case '%': return new Remainder;
    case 'l': return new Load(operand);
    case 's': return new Store(operand);
    case 'j': return new Jump(operand);
    case 'z': return new JumpIfZero(operand);
    case 'c': return new Call(operand);
    default: return new Return;
  }
}

static __attribute__((noinline)) void run(std::unique_ptr<Instruction> *code, int size, Machine &m, long limit) {
  while (m.pc >= 0 && m.pc < size) {
    std::unique_ptr<Instruction> &current = code[m.pc++];
    if (++m.steps > limit) throw Trap{5, m.pc};
    current->step(m);
    if (++current->runs == 6)
      if (Instruction *better = current->specialise()) current.reset(better);
  }
}

static void execute(const char *text, long a, long b, long limit, int size = 0) {
  std::unique_ptr<Instruction> code[40];
  for (const char *p = text; *p; p += p[1] ? 3 : 1) code[size++].reset(decode(p[0], p[1] - 'A'));
  Machine m;
  m.memory[0] = a;
  m.memory[1] = b;
  try { run(code, size, m, limit);
  } catch (const Trap &trap) { mix(trap.reason * 1000 + trap.at); }
  for (int i = 0; i < m.top; ++i) mix(m.stack[i]);
  for (long word : m.memory) mix(word);
  mix(m.pc * 1000000 + m.steps);
}

int main() {
  const char *const programs[] = {
      "lA lB +. lA *. sC lC pH %. ",                                                  // Straight.
      "pA sC lC lA <. zM lC lC *. sD lC pB +. sC jC lC sE ",                           // A loop that counts to a.
      "lA lB %. lB sA sB lB zJ jA jA lA ",                                             // Remainders until zero.
      "lA cD r. lA pC <. zI r. lA pA sA lB *. r. ", "cA ", "pB jA ", "+. ", "lA lB %. lB %. ", "jB jA ", ""};
  for (const char *program : programs)
    for (int a = -2; a < 9; a += 3)
      for (int b = 0; b < 4; ++b) execute(program + opaque(0), opaque_int(a), opaque_int(b), opaque_int(90 + a * 10));
  return report();
}
