#include "lift/lift_data.h"

#include <fmt/format.h>
#include <llvm/IR/Constants.h>

#include <functional>
#include <set>
#include <vector>

#include "ir/module.h"
#include "lift/lift_symbols.h"

namespace llmc {
namespace {

llvm::Constant* address_of(llvm::GlobalValue* symbol, std::int64_t addend) {
  if (addend == 0) return symbol;
  llvm::LLVMContext& context = symbol->getContext();
  return llvm::ConstantExpr::getGetElementPtr(
      llvm::Type::getInt8Ty(context), symbol,
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), static_cast<std::uint64_t>(addend)));
}

/// The reference as a constant of its size. `self`: the datum that it stands in.
Result<llvm::Constant*> reference_value(const AsmUnit& unit, const AsmReference& reference,
                                        llvm::GlobalVariable* self, llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  llvm::Type* const word = llvm::Type::getInt64Ty(context);
  const bool is_code =
      is_private_symbol(reference.symbol) && unit.datum(reference.symbol) == nullptr;
  if (is_code) return fail("it refers to the inside of a function");
  llvm::Constant* value = address_of(symbol_in(module, unit, reference.symbol), reference.addend);
  if (reference.size == 8 && reference.minus.empty() && !reference.relative) return value;
  value = llvm::ConstantExpr::getPtrToInt(value, word);
  if (!reference.minus.empty() || reference.relative) {
    llvm::Constant* const base =
        reference.minus.empty()
            ? address_of(self, static_cast<std::int64_t>(reference.offset))
            : static_cast<llvm::Constant*>(symbol_in(module, unit, reference.minus));
    value = llvm::ConstantExpr::getSub(value, llvm::ConstantExpr::getPtrToInt(base, word));
  }
  if (reference.size == 8) return value;
  if (reference.size != 4) return fail("it has an address of an odd size");
  return llvm::ConstantExpr::getTrunc(value, llvm::Type::getInt32Ty(context));
}

/// The types of the pieces between and at references.
llvm::Type* type_of_datum(const AsmDatum& datum, llvm::LLVMContext& context) {
  llvm::Type* const byte = llvm::Type::getInt8Ty(context);
  if (datum.references.empty()) return llvm::ArrayType::get(byte, datum.bytes.size());
  std::vector<llvm::Type*> types;
  std::uint64_t at = 0;
  for (const AsmReference& reference : datum.references) {
    if (reference.offset > at) types.push_back(llvm::ArrayType::get(byte, reference.offset - at));
    const bool is_pointer = reference.size == 8 && reference.minus.empty() && !reference.relative;
    types.push_back(is_pointer ? static_cast<llvm::Type*>(llvm::PointerType::get(context, 0))
                               : llvm::Type::getIntNTy(context, reference.size * 8));
    at = reference.offset + reference.size;
  }
  if (datum.bytes.size() > at) types.push_back(llvm::ArrayType::get(byte, datum.bytes.size() - at));
  return llvm::StructType::get(context, types, /*isPacked=*/true);
}

llvm::Constant* bytes_between(const AsmDatum& datum, std::uint64_t from, std::uint64_t to,
                              llvm::LLVMContext& context) {
  return llvm::ConstantDataArray::getString(
      context, llvm::StringRef(datum.bytes).substr(from, to - from), /*AddNull=*/false);
}

Result<llvm::Constant*> initial_value(const AsmUnit& unit, const AsmDatum& datum,
                                      llvm::GlobalVariable* self, llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  if (datum.kind == AsmSectionKind::zero) return llvm::Constant::getNullValue(self->getValueType());
  if (datum.references.empty()) return bytes_between(datum, 0, datum.bytes.size(), context);
  std::vector<llvm::Constant*> parts;
  std::uint64_t at = 0;
  for (const AsmReference& reference : datum.references) {
    if (reference.offset < at) return fail("its references overlap");
    if (reference.offset > at) parts.push_back(bytes_between(datum, at, reference.offset, context));
    LLMC_TRY(llvm::Constant* const value, reference_value(unit, reference, self, module));
    parts.push_back(value);
    at = reference.offset + reference.size;
  }
  if (datum.bytes.size() > at)
    parts.push_back(bytes_between(datum, at, datum.bytes.size(), context));
  return llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(self->getValueType()), parts);
}

bool is_constant(AsmSectionKind kind) {
  return kind == AsmSectionKind::read_only || kind == AsmSectionKind::mergeable ||
         kind == AsmSectionKind::relocated_read_only;
}

}  // namespace

Result<llvm::GlobalVariable*> define_datum(const AsmUnit& unit, const AsmDatum& datum,
                                           llvm::Module& module) {
  auto* const variable = new llvm::GlobalVariable(module, type_of_datum(datum, module.getContext()),
                                                  is_constant(datum.kind),
                                                  llvm::GlobalValue::ExternalLinkage, nullptr, "");
  take_place(*variable, ir_name(datum.name), module);
  variable->setDSOLocal(true);
  variable->setAlignment(llvm::Align(std::max<std::uint64_t>(1, datum.alignment)));
  auto value = initial_value(unit, datum, variable, module);
  if (!value) return std::unexpected(value.error().with_context("the data at " + datum.name));
  variable->setInitializer(*value);
  variable->setLinkage(ir_linkage(datum.linkage, datum.name));
  if (datum.kind == AsmSectionKind::mergeable || is_private_symbol(datum.name))
    variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  if (datum.kind == AsmSectionKind::thread) variable->setThreadLocal(true);
  return variable;
}

namespace {

/// Defines the data of `unit` that `module` declares and `is_wanted` wants, until there is no more.
void define_declared(const AsmUnit& unit, llvm::Module& module,
                     const std::function<const AsmDatum*(const std::string&)>& wanted) {
  std::set<std::string> tried;
  for (bool found = true; found;) {
    found = false;
    std::vector<const AsmDatum*> next;
    for (const llvm::GlobalVariable& variable : module.globals()) {
      if (!variable.isDeclaration() || variable.use_empty()) continue;
      const AsmDatum* const datum = wanted(variable.getName().str());
      if (datum != nullptr && tried.insert(datum->name).second) next.push_back(datum);
    }
    for (const AsmDatum* const datum : next) {
      found = true;
      // What IR cannot say stays a declaration.
      (void)define_datum(unit, *datum, module);
    }
  }
}

}  // namespace

void define_private_data(const AsmUnit& unit, llvm::Module& module) {
  define_declared(unit, module, [&](const std::string& name) { return unit.datum(".L" + name); });
}

Result<std::string> with_data(const AsmUnit& unit, const std::string& ir) {
  LLMC_TRY(IrModule module, IrModule::parse(ir, "the lifted IR"));
  define_declared(unit, module.module(), [&](const std::string& name) {
    const AsmDatum* const datum = unit.datum(name);
    return datum != nullptr ? datum : unit.datum(".L" + name);
  });
  return module.text();
}

}  // namespace llmc
