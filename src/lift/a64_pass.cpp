// A pass over a function of AArch64 assembly.
#include <llvm/IR/Intrinsics.h>

#include <optional>

#include "assembly/facts.h"
#include "lift/a64_calls.h"
#include "lift/a64_templates.h"
#include "lift/lift_pass.h"

namespace llmc {
namespace {

class A64Pass final : public LiftPass {
 public:
  A64Pass(const LiftSource& source, const LiftContext& context, llvm::Function& function,
          LiftFacts& facts, const LiftSignature* signature)
      : LiftPass(source, {a64_flags_read_by, a64_flags_set_by}),
        machine_(*source.unit, function, facts),
        calls_(machine_, *context.signatures, signature, source.function->instructions.size()) {}

  LiftMachine& machine() override { return machine_; }
  LiftCalls& calls() override { return calls_; }

 protected:
  void keep(std::size_t number) override { kept_[number] = machine_.kept; }
  void forget() override;
  void take_up(std::size_t from) override { machine_.kept = kept_.at(from); }
  void lift(const AsmInstruction& instruction) override;
  llvm::Value* table_index(std::string_view reg) override;
  llvm::Value* falls_through(const AsmInstruction& jump) override;
  void check_return(const AsmInstruction& last) override;
  void trap(const AsmInstruction& last) override;

 private:
  bool lift_stack(const AsmInstruction& instruction);
  std::optional<std::int64_t> frame_sum(const AsmInstruction& instruction) const;

  A64Machine machine_;
  A64Calls calls_;
  std::map<std::size_t, std::map<std::int64_t, unsigned>> kept_;  ///< at the ends of blocks
};

void A64Pass::forget() {
  machine_.kept.clear();
  machine_.written.clear();
}

/// Where in the frame `add`, `sub` of an address in the frame and of what is known points to.
std::optional<std::int64_t> A64Pass::frame_sum(const AsmInstruction& instruction) const {
  const bool is_add = instruction.name.starts_with("ADDX");
  if (!is_add && !instruction.name.starts_with("SUBX")) return std::nullopt;
  const std::string_view form = instruction.name.substr(4);
  const auto base = a64_register(instruction.operands[1].reg);
  const auto place = base ? machine_.frame_place(*base) : std::nullopt;
  if (!place) return std::nullopt;
  std::int64_t distance = 0;
  const AsmOperand &by = instruction.operands[2], &how = instruction.operands[3];
  if (form == "ri" && by.kind == AsmOperand::Kind::imm) {
    distance = by.value << (how.value & 63);
  } else if (form == "rx64" || form == "rx" || form == "rs") {
    const auto reg = a64_register(by.reg);
    const auto known = reg && reg->number < k_zero_register && reg->width == 64
                           ? machine_.constant_in(reg->number)
                           : std::nullopt;
    if (!known || (how.value & 7) != 0) return std::nullopt;
    distance = *known;
  } else {
    return std::nullopt;
  }
  return *place + (is_add ? distance : -distance);
}

/// What moves the stack pointer by itself, or makes x29 the base of the frame. False: it is some
/// other instruction.
bool A64Pass::lift_stack(const AsmInstruction& instruction) {
  if (instruction.operands.empty()) return false;
  const auto to = a64_register(instruction.operands[0].reg);
  if (!to || to->kind != A64Register::Class::general) return false;
  const bool moves_sp = to->number == k_stack_register && (instruction.name.starts_with("ADD") ||
                                                           instruction.name.starts_with("SUB") ||
                                                           instruction.name.starts_with("AND"));
  const bool sets_frame = instruction.name == "ADDXri" && to->number == k_frame_register;
  if (!moves_sp && !sets_frame) return false;
  const auto place = frame_sum(instruction);
  if (!place && sets_frame) return false;
  if (!place) {
    machine_.refuse("it moves the stack pointer by what is not a constant");
  } else if (moves_sp) {
    machine_.sp = *place;
  } else {
    machine_.registers.general[k_frame_register] = {RegisterOrigin::Kind::defined, 64};
    machine_.fp_is_frame = true;
    machine_.fp_offset = *place;
  }
  return true;
}

void A64Pass::lift(const AsmInstruction& instruction) {
  switch (flow_kind(NormalTarget::aarch64, instruction)) {
    case FlowKind::next:
      break;
    case FlowKind::call:
      return calls_.call(instruction);
    default:
      return;  // the block's end
  }
  if (!lift_stack(instruction) && !lift_a64(machine_, instruction))
    machine_.refuse("this instruction is not modelled");
  machine_.kept.erase(machine_.kept.begin(), machine_.kept.lower_bound(machine_.sp));
  machine_.written.erase(machine_.written.begin(), machine_.written.lower_bound(machine_.sp));
}

llvm::Value* A64Pass::table_index(std::string_view name) {
  const auto reg = a64_register(name);
  if (!reg) return nullptr;
  return machine_.ir.CreateZExt(machine_.read(*reg), machine_.ir.getInt64Ty());
}

llvm::Value* A64Pass::falls_through(const AsmInstruction& jump) {
  llvm::IRBuilder<>& ir = machine_.ir;
  if (jump.name == "Bcc")
    return machine_.condition(negated(static_cast<A64Condition>(jump.operands[0].value & 15)));
  const auto reg = a64_register(jump.operands[0].reg);
  if (!reg) {
    machine_.refuse("its jump is not understood");
    return ir.getFalse();
  }
  llvm::Value* value = machine_.read(*reg);
  const bool jumps_if_set = jump.name.contains("NZ");
  if (jump.name.starts_with("TB"))
    value = ir.CreateAnd(value, llvm::ConstantInt::get(value->getType(),
                                                       std::uint64_t{1} << jump.operands[1].value));
  llvm::Value* const zero = llvm::Constant::getNullValue(value->getType());
  return jumps_if_set ? ir.CreateICmpEQ(value, zero) : ir.CreateICmpNE(value, zero);
}

void A64Pass::check_return(const AsmInstruction& last) {
  if (last.name != "RET" || (!last.operands.empty() && last.operands[0].reg != "LR"))
    machine_.refuse("it returns to where x30 does not say");
  else if (machine_.registers.general[k_link].kind != RegisterOrigin::Kind::entry)
    machine_.refuse("it returns without the address that it was given in x30");
}

void A64Pass::trap(const AsmInstruction& last) {
  constexpr std::int64_t k_trap = 1;
  if (last.name == "BRK" && last.operands[0].value == k_trap)
    machine_.ir.CreateIntrinsic(llvm::Intrinsic::trap, {}, {});
  else if (last.name != "BL" && last.name != "BLR")
    machine_.refuse("its trap is not one of a compiler");
}

}  // namespace

std::unique_ptr<LiftPass> make_a64_pass(const LiftSource& source, const LiftContext& context,
                                        llvm::Function& function, LiftFacts& facts,
                                        const LiftSignature* signature) {
  return std::make_unique<A64Pass>(source, context, function, facts, signature);
}

}  // namespace llmc
