#include "ir/split.h"

#include <fmt/format.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <vector>

namespace llmc {
namespace {

/// Gives every local symbol a name that the other half can refer to.
void promote_locals(llvm::Module& module) {
  for (llvm::GlobalValue& value : module.global_values()) {
    if (!value.hasLocalLinkage()) continue;
    if (!value.hasName()) value.setName("llmc.local");
    value.setLinkage(llvm::GlobalValue::ExternalLinkage);
    value.setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
}

void make_declaration(llvm::Function& function) {
  function.deleteBody();
  function.setComdat(nullptr);
}

/// Leaves of `module` what `kept` needs, as declarations.
void keep_only(llvm::Module& module, const llvm::Function& kept) {
  for (llvm::Function& function : module)
    if (&function != &kept && !function.isDeclaration()) make_declaration(function);
  std::vector<llvm::GlobalVariable*> special;  // llvm.global_ctors, llvm.used, …
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (variable.getName().starts_with("llvm.")) {
      special.push_back(&variable);
      continue;
    }
    if (variable.isDeclaration()) continue;
    variable.setInitializer(nullptr);
    variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
    variable.setComdat(nullptr);
  }
  for (llvm::GlobalVariable* variable : special) variable->eraseFromParent();
  std::vector<llvm::GlobalObject*> unused;
  for (llvm::GlobalObject& object : module.global_objects()) object.removeDeadConstantUsers();
  for (llvm::GlobalObject& object : module.global_objects())
    if (&object != &kept && object.use_empty()) unused.push_back(&object);
  for (llvm::GlobalObject* object : unused) object->eraseFromParent();
}

}  // namespace

Result<SplitModule> split_module(const std::string& bitcode, const std::string& function) {
  LLMC_TRY(IrModule one, IrModule::parse(bitcode, function));
  LLMC_TRY(IrModule other, IrModule::parse(bitcode, function));
  llvm::Function* kept = one.module().getFunction(function);
  llvm::Function* cut = other.module().getFunction(function);
  if (kept == nullptr || kept->isDeclaration())
    return fail(fmt::format("{}: no such function in the module", function));
  const bool labels_escape = std::ranges::any_of(
      *kept, [](const llvm::BasicBlock& block) { return block.hasAddressTaken(); });
  if (labels_escape) return fail(fmt::format("{}: addresses of its labels are taken", function));
  if (!one.module().alias_empty() || !one.module().ifunc_empty())
    return fail(fmt::format("{}: the module has aliases", function));
  promote_locals(one.module());
  promote_locals(other.module());
  kept->setLinkage(llvm::GlobalValue::ExternalLinkage);
  kept->setComdat(nullptr);
  keep_only(one.module(), *kept);
  make_declaration(*cut);
  LLMC_CHECK(one.verify());
  LLMC_CHECK(other.verify());
  return SplitModule{std::move(one), std::move(other)};
}

}  // namespace llmc
