#include "lift/x86_calls.h"

namespace llmc {

LiftCallee X86Calls::callee_of(const AsmInstruction& instruction) {
  const AsmOperand& operand = instruction.operands.front();
  const auto address = X86Machine::address_of(instruction);
  if (!address.empty()) {
    const AsmOperand& displacement = address[3];
    if (displacement.kind == AsmOperand::Kind::symbol &&
        displacement.modifier.starts_with("GOTPCREL"))
      return {displacement.symbol};
    return {"", x86_.load(x86_.ir.getPtrTy(), address, 8)};
  }
  if (operand.kind == AsmOperand::Kind::symbol && operand.value == 0)
    return {operand.symbol, nullptr, operand.modifier.empty()};
  const auto reg = x86_register(operand.reg);
  if (!reg) {
    x86_.refuse("what it calls cannot be told");
    return {};
  }
  return {"", x86_.ir.CreateIntToPtr(x86_.read(*reg), x86_.ir.getPtrTy())};
}

bool X86Calls::says_variadic() const {
  constexpr std::int64_t k_most_vectors = 8;
  const RegisterOrigin& rax = x86_.registers.general[k_rax];
  return rax.is_fresh() && (rax.width == 8 || (rax.constant && *rax.constant <= k_most_vectors));
}

std::size_t X86Calls::words_on_stack() const {
  std::size_t words = 0;
  for (std::int64_t at = x86_.sp;; at += 8) {
    const auto slot = x86_.pushes.find(at);
    if (slot == x86_.pushes.end() || slot->second) return words;
    ++words;
  }
}

}  // namespace llmc
