#include "lift/a64_calls.h"

#include <algorithm>

namespace llmc {

LiftCallee A64Calls::callee_of(const AsmInstruction& instruction) {
  const AsmOperand& operand = instruction.operands.front();
  if (operand.kind == AsmOperand::Kind::symbol && operand.value == 0)
    return {operand.symbol, nullptr, a64_.unit().function(operand.symbol) != nullptr};
  const auto reg = a64_register(operand.reg);
  if (!reg) {
    a64_.refuse("what it calls cannot be told");
    return {};
  }
  return {"", a64_.ir.CreateIntToPtr(a64_.read(*reg), a64_.ir.getPtrTy())};
}

std::size_t A64Calls::words_on_stack() const {
  std::size_t words = 0;
  for (std::int64_t at = a64_.sp; a64_.written.contains(at); at += 8) ++words;
  return words;
}

bool A64Calls::passes_first(const RegisterOrigin& first) const {
  if (first.kind == RegisterOrigin::Kind::defined) return !first.is_garbage;
  if (first.kind != RegisterOrigin::Kind::result || first.is_read) return false;
  return std::ranges::all_of(first.sites, [&](std::size_t site) {
    const std::string& name = a64_.facts().calls[site].callee;
    const auto callee = callees().find(name);
    // What the unit has is known later.
    if (callee == callees().end()) return a64_.unit().function(name) == nullptr;
    return callee->second.result.type != AbiType::none;
  });
}

}  // namespace llmc
