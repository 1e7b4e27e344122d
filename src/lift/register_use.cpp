#include "lift/register_use.h"

#include <llvm/MC/MCInstrDesc.h>

#include <algorithm>
#include <vector>

#include "assembly/flow.h"

namespace llmc {
namespace {

/// What the convention of a target says of registers, by LLVM's names.
struct RegisterRoles {
  std::vector<std::string_view> arguments;  ///< of integers, in order
  std::vector<std::string_view> results;
  RegisterNames unkept;  ///< what calls may change
};

const RegisterRoles& x86_roles() {
  static const RegisterRoles roles = {
      {"RDI", "RSI", "RDX", "RCX", "R8", "R9"},
      {"RAX", "RDX", "XMM0", "XMM1"},
      {"RAX",  "RCX",   "RDX",   "RSI",   "RDI",   "R8",    "R9",   "R10",  "R11",
       "XMM0", "XMM1",  "XMM2",  "XMM3",  "XMM4",  "XMM5",  "XMM6", "XMM7", "XMM8",
       "XMM9", "XMM10", "XMM11", "XMM12", "XMM13", "XMM14", "XMM15"}};
  return roles;
}

/// The lower halves of v8 to v15 are kept.
const RegisterRoles& a64_roles() {
  static const RegisterRoles roles = {
      {"X0", "X1", "X2", "X3", "X4", "X5", "X6", "X7"},
      {"X0", "X1", "Q0", "Q1"},
      {"X0",  "X1",  "X2",  "X3",  "X4",  "X5",  "X6",  "X7",  "X8",  "X9",  "X10",
       "X11", "X12", "X13", "X14", "X15", "X16", "X17", "X18", "Q0",  "Q1",  "Q2",
       "Q3",  "Q4",  "Q5",  "Q6",  "Q7",  "Q16", "Q17", "Q18", "Q19", "Q20", "Q21",
       "Q22", "Q23", "Q24", "Q25", "Q26", "Q27", "Q28", "Q29", "Q30", "Q31"}};
  return roles;
}

const RegisterRoles& roles_of(NormalTarget target) {
  return target == NormalTarget::x86_64 ? x86_roles() : a64_roles();
}

/// The function that `instruction` calls or jumps to by name; empty if there is none.
std::string callee_of(const AsmFunction& function, const AsmInstruction& instruction) {
  const AsmOperand* const target = jump_operand(instruction);
  if (target == nullptr || target->kind != AsmOperand::Kind::symbol) return "";
  const bool is_label = std::ranges::any_of(
      function.labels, [&](const AsmLabel& label) { return label.name == target->symbol; });
  return is_label ? "" : target->symbol;
}

/// `xor %eax, %eax` and its like.
bool is_zero_idiom(const AsmInstruction& instruction) {
  const auto& operands = instruction.operands;
  const bool clears = instruction.name.contains("XOR") || instruction.name.starts_with("SUB") ||
                      instruction.name.starts_with("PSUB") ||
                      instruction.name.starts_with("PCMPEQ");
  return clears && operands.size() == 3 && !operands[1].reg.empty() &&
         operands[1].reg == operands[2].reg;
}

}  // namespace

Result<RegisterUse> RegisterUse::create(const AsmUnit& unit) {
  LLMC_TRY(InstructionFacts facts, InstructionFacts::create(unit.target));
  return RegisterUse(unit, std::move(facts));
}

bool RegisterUse::is_called(const std::string& name) const {
  return std::ranges::any_of(unit_->functions, [&](const AsmFunction& function) {
    return std::ranges::any_of(function.instructions, [&](const AsmInstruction& instruction) {
      return callee_of(function, instruction) == name;
    });
  });
}

RegisterNames RegisterUse::changed_by(const AsmFunction& function, Saved saved) {
  const RegisterRoles& roles = roles_of(unit_->target);
  RegisterNames changed, pushed, popped;
  for (const AsmInstruction& instruction : function.instructions) {
    const std::string callee = callee_of(function, instruction);
    const bool is_call = flow_kind(unit_->target, instruction) == FlowKind::call;
    if (callee.empty() && !is_call) {
      if (instruction.name == "PUSH64r") pushed.insert(instruction.operands.front().reg);
      if (instruction.name == "POP64r") popped.insert(instruction.operands.front().reg);
      for (const std::string_view name : roles.unkept)
        if (facts_.writes(instruction, name)) changed.insert(name);
      continue;
    }
    const AsmFunction* const other = callee.empty() ? nullptr : unit_->function(callee);
    if (other == nullptr) return roles.unkept;
    if (!known_.contains(callee)) {
      known_[callee] = {};  // for functions that call each other
      known_[callee] = changed_by(*other, Saved::unchanged);
    }
    changed.insert(known_[callee].begin(), known_[callee].end());
  }
  if (saved == Saved::unchanged)
    for (const std::string_view name : pushed)
      if (popped.contains(name)) changed.erase(name);
  return changed;
}

RegisterNames RegisterUse::read_by(const AsmInstruction& instruction,
                                   const SignatureTable& signatures) const {
  const RegisterRoles& roles = roles_of(unit_->target);
  RegisterNames read;
  const AsmOperand* const target = jump_operand(instruction);
  if (target != nullptr) {
    const auto signature = signatures.find(target->symbol);
    if (signature != signatures.end()) {
      std::size_t integers = 0;
      for (const AbiValue& parameter : signature->second.parameters)
        if (!is_vector_class(parameter.type) && integers < roles.arguments.size())
          read.insert(roles.arguments[integers++]);
    }
  }
  const llvm::MCInstrDesc* const description = facts_.description(instruction);
  const bool saves = instruction.name.starts_with("PUSH") && instruction.operands.size() == 1;
  if (description == nullptr || saves || is_zero_idiom(instruction)) return read;
  for (const std::string_view name : roles.unkept) {
    for (std::size_t i = description->getNumDefs(); i < instruction.operands.size(); ++i)
      if (!instruction.operands[i].reg.empty() && facts_.overlap(instruction.operands[i].reg, name))
        read.insert(name);
    for (const llvm::MCPhysReg reg : description->implicit_uses())
      if (facts_.overlap(facts_.registers().getName(reg), name)) read.insert(name);
  }
  return read;
}

/// From the registers that hold nothing before `instruction` to those after it. True if it reads
/// one of them.
bool RegisterUse::advance(const AsmInstruction& instruction, const SignatureTable& signatures,
                          RegisterNames& stale) const {
  for (const std::string_view name : read_by(instruction, signatures))
    if (stale.contains(name)) return true;
  if (flow_kind(unit_->target, instruction) == FlowKind::call) {
    const RegisterRoles& roles = roles_of(unit_->target);
    stale = roles.unkept;
    for (const std::string_view name : roles.results) stale.erase(name);
    return false;
  }
  std::erase_if(stale, [&](std::string_view name) { return facts_.writes(instruction, name); });
  return false;
}

bool RegisterUse::reads_across_calls(const AsmFunction& function,
                                     const SignatureTable& signatures) const {
  const auto blocks = blocks_of(*unit_, function);
  if (!blocks) return true;
  std::vector<RegisterNames> at_entry(blocks->size());
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t number = 0; number < blocks->size(); ++number) {
      const AsmBlock& block = (*blocks)[number];
      RegisterNames stale = at_entry[number];
      for (std::size_t i = block.first; i < block.end; ++i)
        if (advance(function.instructions[i], signatures, stale)) return true;
      for (const std::size_t successor : block.successors) {
        const std::size_t before = at_entry[successor].size();
        at_entry[successor].insert(stale.begin(), stale.end());
        changed = changed || at_entry[successor].size() != before;
      }
    }
  }
  return false;
}

}  // namespace llmc
