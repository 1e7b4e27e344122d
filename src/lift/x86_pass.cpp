// A pass over a function of x86-64 assembly.
#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "lift/lift_pass.h"
#include "lift/x86_calls.h"
#include "lift/x86_machine.h"
#include "lift/x86_templates.h"

namespace llmc {
namespace {

constexpr unsigned k_all_flags = k_carry | k_zero | k_sign | k_overflow | k_parity;

unsigned flags_set_by(const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  if (stem == "INC" || stem == "DEC") return k_all_flags & ~k_carry;
  return sets_flags(instruction) ? k_all_flags : 0;
}

bool is_argument_register(unsigned number) {
  return std::ranges::find(k_argument_registers, number) != k_argument_registers.end();
}

class X86Pass final : public LiftPass {
 public:
  X86Pass(const LiftSource& source, const LiftContext& context, llvm::Function& function,
          LiftFacts& facts, const LiftSignature* signature)
      : LiftPass(source, {flags_read_by, flags_set_by}),
        machine_(*source.unit, function, facts),
        calls_(machine_, *context.signatures, signature, source.function->instructions.size()) {}

  LiftMachine& machine() override { return machine_; }
  LiftCalls& calls() override { return calls_; }

 protected:
  void begin() override { find_frame_register(); }
  void keep(std::size_t number) override { done_[number] = {machine_.pushes, numbers_}; }
  void forget() override;
  void take_up(std::size_t from) override;
  void lift(const AsmInstruction& instruction) override;
  llvm::Value* table_index(std::string_view reg) override;
  llvm::Value* falls_through(const AsmInstruction& jump) override;
  void branch(const AsmBlock& block, const AsmInstruction& jump) override;
  void check_return(const AsmInstruction& last) override;
  void trap(const AsmInstruction& last) override;

 private:
  /// What is known of the stack where a block ends.
  struct PushedWords {
    std::map<std::int64_t, bool> garbage;  ///< as X86Machine::pushes
    std::set<std::int64_t> numbers;        ///< slots that a constant was pushed into
  };
  bool lift_stack(const AsmInstruction& instruction);
  void push(const AsmInstruction& instruction);
  void pop(const AsmInstruction& instruction);
  std::optional<X86Condition> second_float_branch(const AsmBlock& block, std::size_t& taken,
                                                  std::size_t& otherwise);
  void find_frame_register();

  X86Machine machine_;
  X86Calls calls_;
  std::map<std::size_t, PushedWords> done_;
  std::set<std::int64_t> numbers_;
  bool has_frame_register_ = false;
  std::optional<std::int64_t> just_pushed_;  ///< the constant that the last instruction pushed
};

void X86Pass::forget() {
  machine_.set_rdx_is_sign(0);
  machine_.pushes.clear();
  numbers_.clear();
  just_pushed_.reset();
}

void X86Pass::take_up(std::size_t from) {
  machine_.pushes = done_.at(from).garbage;
  numbers_ = done_.at(from).numbers;
}

/// %rbp is the frame's base where it is set from the stack pointer once, before anything else.
void X86Pass::find_frame_register() {
  std::int64_t sp = 0;
  bool is_set = false;
  const AsmBlock& first = source().blocks[0];
  for (std::size_t at = 0; at < source().function->instructions.size(); ++at) {
    const AsmInstruction& instruction = source().function->instructions[at];
    const X86Name name = x86_name(instruction.name);
    const bool names_rbp =
        !instruction.operands.empty() && instruction.operands[0].reg == "RBP" &&
        name.stem != "PUSH" && name.stem != "POP" && name.stem != "CMP" && name.stem != "TEST" &&
        X86Machine::address_of(instruction).data() != instruction.operands.data();
    if (at < first.end && name.stem == "PUSH") sp -= 8;
    if (!names_rbp) continue;
    const bool is_copy = name.stem == "MOV" && name.form == "rr" &&
                         instruction.operands[1].reg == "RSP" && at < first.end;
    if (!is_copy || is_set) return;
    is_set = true;
    machine_.fp_offset = sp;
  }
  has_frame_register_ = is_set;
}

void X86Pass::push(const AsmInstruction& instruction) {
  const X86Name name = x86_name(instruction.name);
  const AsmOperand& operand = instruction.operands.front();
  bool is_garbage = false;
  llvm::Value* value = nullptr;
  if (name.form.starts_with("i")) {
    value = machine_.ir.getInt64(static_cast<std::uint64_t>(operand.value));
    if (operand.kind != AsmOperand::Kind::imm) machine_.refuse("it pushes an address");
  } else if (const auto reg = x86_register(operand.reg);
             reg && X86Machine::address_of(instruction).empty()) {
    const RegisterOrigin before = machine_.registers.general[reg->number];
    const bool may_be_argument = is_argument_register(reg->number);
    is_garbage = !may_be_argument && (before.kind == RegisterOrigin::Kind::entry ||
                                      before.kind == RegisterOrigin::Kind::clobbered);
    machine_.reads_for_keeping = is_garbage;
    value = machine_.read({reg->number, 64});
    machine_.reads_for_keeping = false;
    if (is_garbage) machine_.registers.general[reg->number] = before;
  } else {
    value = machine_.load(machine_.ir.getInt64Ty(), X86Machine::address_of(instruction));
  }
  machine_.push(value);
  machine_.pushes[machine_.sp] = is_garbage;
  if (is_garbage) machine_.facts().saves.insert(machine_.sp);
  numbers_.erase(machine_.sp);
  if (name.form.starts_with("i")) {
    just_pushed_ = operand.value;
    numbers_.insert(machine_.sp);
  }
}

void X86Pass::pop(const AsmInstruction& instruction) {
  const bool is_garbage = machine_.pushes[machine_.sp];
  const bool is_number = numbers_.contains(machine_.sp);
  const std::optional<std::int64_t> constant = std::exchange(just_pushed_, std::nullopt);
  llvm::Value* const value = machine_.pop();
  const auto reg = x86_register(instruction.operands.front().reg);
  if (!reg || !X86Machine::address_of(instruction).empty())
    return machine_.refuse("it pops into memory");
  if (reg->number == k_rbp) machine_.fp_is_frame = false;
  machine_.write(*reg, value);
  if (is_garbage && reg->number == k_rcx) machine_.facts().pops_beside_result = true;
  if (is_garbage && reg->number == k_rax) machine_.facts().pops_into_result = true;
  // Compilers push and pop small numbers of any type.
  machine_.registers.general[reg->number].is_number = is_number;
  machine_.registers.general[reg->number].is_garbage = is_garbage;
  machine_.registers.general[reg->number].constant = constant;
}

/// What moves the stack pointer. False: it is some other instruction.
bool X86Pass::lift_stack(const AsmInstruction& instruction) {
  const X86Name name = x86_name(instruction.name);
  if (name.stem == "PUSH" && name.width == 64) return push(instruction), true;
  if (name.stem == "POP" && name.width == 64) return pop(instruction), true;
  if (name.stem == "LEAVE") {
    if (!machine_.fp_is_frame) return machine_.refuse("%rbp is not its frame"), true;
    machine_.sp = machine_.fp_offset;
    machine_.fp_is_frame = false;
    machine_.write({k_rbp, 64}, machine_.pop());
    return true;
  }
  const auto& operands = instruction.operands;
  const bool copies_sp = name.stem == "MOV" && name.form == "rr" && operands[1].reg == "RSP";
  if (copies_sp && operands[0].reg == "RBP" && has_frame_register_) {
    machine_.fp_is_frame = true;
    machine_.fp_offset = machine_.sp;
    return true;
  }
  if (name.form == "i32" && name.width == 64) return false;
  if (operands.empty() || operands[0].reg != "RSP" ||
      X86Machine::address_of(instruction).data() == operands.data())
    return false;
  const AsmOperand& last = operands.back();
  if ((name.stem == "ADD" || name.stem == "SUB") && last.kind == AsmOperand::Kind::imm) {
    machine_.sp += name.stem == "ADD" ? last.value : -last.value;
    machine_.flags = {};
    return true;
  }
  const auto address = X86Machine::address_of(instruction);
  const bool is_lea = name.stem == "LEA" && !address.empty() && address[2].reg.empty() &&
                      address[3].kind == AsmOperand::Kind::imm;
  if (is_lea && address[0].reg == "RSP") return machine_.sp += address[3].value, true;
  if (is_lea && address[0].reg == "RBP" && machine_.fp_is_frame)
    return machine_.sp = machine_.fp_offset + address[3].value, true;
  if (name.stem == "MOV" && last.reg == "RBP" && machine_.fp_is_frame)
    return machine_.sp = machine_.fp_offset, true;
  if (name.stem == "CMP" || name.stem == "TEST") return false;
  machine_.refuse("it moves the stack pointer by what is not a constant");
  return true;
}

void X86Pass::lift(const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  const bool is_control = stem.starts_with("JCC_") || stem.starts_with("JMP") ||
                          stem.starts_with("RET") || stem == "TRAP" || stem == "UD" ||
                          stem == "HLT" || stem == "INT";
  if (is_control) return;  // the block's end
  if (stem != "PUSH" && stem != "POP") just_pushed_.reset();
  if (stem == "CALL") return calls_.call(instruction);
  if (lift_stack(instruction)) {
    machine_.pushes.erase(machine_.pushes.begin(), machine_.pushes.lower_bound(machine_.sp));
    return;
  }
  static const std::set<std::string_view> copies = {"MOVAPSrr", "MOVAPDrr", "MOVDQArr",
                                                    "MOVUPSrr", "MOVUPDrr", "MOVDQUrr"};
  if (copies.contains(instruction.name)) {
    const auto to = xmm_register(instruction.operands[0].reg);
    const auto from = xmm_register(instruction.operands[1].reg);
    if (to && from) return machine_.copy_vector(*to, *from);
  }
  if (lift_vector(machine_, instruction) || lift_string(machine_, instruction) ||
      lift_integer(machine_, instruction)) {
    // What division and widening leave in %rdx beside what was wanted is no sign of a result.
    if (stem == "DIV" || stem == "IDIV" || stem == "MUL" || stem == "CDQ" || stem == "CQO" ||
        stem == "CWD")
      machine_.registers.general[k_rdx].is_read = true;
    return;
  }
  machine_.refuse("this instruction is not modelled");
}

/// ucomis says "not equal" in two flags, and compilers make two jumps of it: `jne A; jp A; B` is
/// une, `jne A; jnp B; A` is oeq. If `block` and the next one are such a pair, the condition as a
/// jump to `taken`, else to `otherwise`, in terms of fcmp.
std::optional<X86Condition> X86Pass::second_float_branch(const AsmBlock& block, std::size_t& taken,
                                                         std::size_t& otherwise) {
  const auto& instructions = source().function->instructions;
  const auto code = [&](const AsmBlock& of) {
    return static_cast<X86Condition>(instructions[of.end - 1].operands.back().value & 15);
  };
  if (machine_.flags.kind != LiftFlags::Kind::compare_floats || code(block) != X86Condition::ne)
    return std::nullopt;
  const std::size_t next = block.successors[1];
  const AsmBlock& second = source().blocks[next];
  const bool is_bare = second.end - second.first == 1 && second.ending == BlockEnd::branches &&
                       predecessors(next).size() == 1;
  if (!is_bare) return std::nullopt;
  const X86Condition other = code(second);
  if (other == X86Condition::p && second.successors[0] == block.successors[0]) {
    taken = second.successors[0];
    otherwise = second.successors[1];
    return X86Condition::ne;
  }
  if (other == X86Condition::np && second.successors[1] == block.successors[0]) {
    taken = second.successors[0];
    otherwise = second.successors[1];
    return X86Condition::e;
  }
  return std::nullopt;
}

void X86Pass::branch(const AsmBlock& block, const AsmInstruction& jump) {
  std::size_t taken = block.successors[0], otherwise = block.successors[1];
  const auto both = second_float_branch(block, taken, otherwise);
  if (!both) return LiftPass::branch(block, jump);
  llvm::Value* const condition =
      *both == X86Condition::ne ? machine_.ir.CreateFCmpUNE(machine_.flags.a, machine_.flags.b)
                                : machine_.ir.CreateFCmpOEQ(machine_.flags.a, machine_.flags.b);
  // The second jump's block is still there for who else asks; nothing leads to it from here.
  AsmBlock joined = block;
  joined.successors = {taken, otherwise};
  keep_flags(joined);
  machine_.ir.CreateCondBr(condition, place(taken), place(otherwise));
}

llvm::Value* X86Pass::falls_through(const AsmInstruction& jump) {
  const auto code = static_cast<unsigned>(jump.operands.back().value & 15) ^ 1;
  return machine_.condition(static_cast<X86Condition>(code));
}

llvm::Value* X86Pass::table_index(std::string_view reg) {
  const auto index = x86_register(reg);
  return index ? machine_.read({index->number, 64}) : nullptr;
}

void X86Pass::check_return(const AsmInstruction& last) {
  if (x86_name(last.name).stem == "RETI") machine_.refuse("it removes its caller's arguments");
}

void X86Pass::trap(const AsmInstruction& last) {
  if (x86_name(last.name).stem == "TRAP")
    machine_.ir.CreateIntrinsic(llvm::Intrinsic::trap, {}, {});
}

}  // namespace

std::unique_ptr<LiftPass> make_x86_pass(const LiftSource& source, const LiftContext& context,
                                        llvm::Function& function, LiftFacts& facts,
                                        const LiftSignature* signature) {
  return std::make_unique<X86Pass>(source, context, function, facts, signature);
}

}  // namespace llmc
