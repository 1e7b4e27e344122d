#include "lift/lift_symbols.h"

#include <algorithm>

namespace llmc {

bool is_private_symbol(std::string_view symbol) { return symbol.starts_with(".L"); }

std::string ir_name(const std::string& symbol) {
  return is_private_symbol(symbol) ? symbol.substr(2) : symbol;
}

llvm::GlobalValue::LinkageTypes ir_linkage(AsmLinkage linkage, std::string_view symbol) {
  if (is_private_symbol(symbol)) return llvm::GlobalValue::PrivateLinkage;
  switch (linkage) {
    case AsmLinkage::local:
      return llvm::GlobalValue::InternalLinkage;
    case AsmLinkage::weak:
      return llvm::GlobalValue::WeakAnyLinkage;
    case AsmLinkage::global:
      break;
  }
  return llvm::GlobalValue::ExternalLinkage;
}

void take_place(llvm::GlobalValue& made, const std::string& name, llvm::Module& module) {
  llvm::GlobalValue* const known = module.getNamedValue(name);
  if (known == nullptr) return made.setName(name);
  known->replaceAllUsesWith(&made);
  made.takeName(known);
  known->eraseFromParent();
}

llvm::GlobalValue* symbol_in(llvm::Module& module, const AsmUnit& unit, const std::string& symbol) {
  const std::string name = ir_name(symbol);
  if (llvm::GlobalValue* const known = module.getNamedValue(name)) return known;
  llvm::LLVMContext& context = module.getContext();
  if (unit.function(symbol) != nullptr) {
    auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
    auto* const function =
        llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, &module);
    function->setDSOLocal(true);
    return function;
  }
  const AsmDatum* const datum = unit.datum(symbol);
  llvm::Type* type = llvm::Type::getInt8Ty(context);
  if (datum != nullptr) type = llvm::ArrayType::get(type, datum->bytes.size());
  auto* const variable = new llvm::GlobalVariable(
      module, type, false, llvm::GlobalValue::ExternalLinkage, nullptr, name);
  if (datum != nullptr) {
    variable->setAlignment(llvm::Align(std::max<std::uint64_t>(1, datum->alignment)));
    variable->setDSOLocal(true);
  }
  return variable;
}

}  // namespace llmc
