#include "lift/relift_guesses.h"

#include <fmt/format.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

#include <vector>

namespace llmc {
namespace {

/// True if each use of `slot` is a load from it or a store to it at a fixed place inside of it.
bool is_plain(const llvm::AllocaInst& slot, const llvm::DataLayout& layout) {
  const auto size = slot.getAllocationSize(layout);
  if (!size || size->isScalable()) return false;
  const auto is_inside = [&](const llvm::Value& address, llvm::Type* type) {
    llvm::APInt offset(64, 0);
    if (address.stripAndAccumulateConstantOffsets(layout, offset, true) != &slot) return false;
    const std::int64_t begin = offset.getSExtValue();
    return begin >= 0 && static_cast<std::uint64_t>(begin) + layout.getTypeStoreSize(type) <=
                             size->getFixedValue();
  };
  std::vector<const llvm::Value*> addresses = {&slot};
  for (std::size_t i = 0; i < addresses.size(); ++i)
    for (const llvm::User* const user : addresses[i]->users()) {
      const auto* const load = llvm::dyn_cast<llvm::LoadInst>(user);
      const auto* const store = llvm::dyn_cast<llvm::StoreInst>(user);
      if (load != nullptr && is_inside(*addresses[i], load->getType())) continue;
      if (store != nullptr && store->getValueOperand() != addresses[i] &&
          is_inside(*addresses[i], store->getValueOperand()->getType()))
        continue;
      if (!llvm::isa<llvm::GetElementPtrInst>(user)) return false;
      addresses.push_back(user);
    }
  return true;
}

}  // namespace

std::string guess_in(const llvm::Function& function, const AsmUnit& unit,
                     const SignatureTable& known) {
  for (const llvm::Instruction& instruction : llvm::instructions(function)) {
    if (const auto* const slot = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
      if (!is_plain(*slot, function.getDataLayout()))
        return "it uses addresses on its stack, whose layout is guessed";
    const auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call)) continue;
    const auto* const callee =
        llvm::dyn_cast<llvm::Function>(call->getCalledOperand()->stripPointerCasts());
    if (callee == nullptr) return "it calls through a pointer, with guessed arguments";
    const std::string name = callee->getName().str();
    if (unit.function(name) == nullptr && !known.contains(name))
      return fmt::format("the arguments of '{}' are guessed; --sig can name its signature", name);
  }
  return "";
}

bool is_address_taken(const AsmUnit& unit, const std::string& name) {
  for (const AsmDatum& datum : unit.data)
    for (const AsmReference& reference : datum.references)
      if (reference.symbol == name || reference.minus == name) return true;
  for (const AsmFunction& function : unit.functions)
    for (const AsmInstruction& instruction : function.instructions) {
      const bool is_jump =
          instruction.name.starts_with("CALL") || instruction.name.starts_with("J");
      for (const AsmOperand& operand : instruction.operands)
        if (operand.symbol == name && !is_jump) return true;
    }
  return false;
}

}  // namespace llmc
