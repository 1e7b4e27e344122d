#include "ir/split.h"

#include <fmt/format.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <set>
#include <span>
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

using Functions = std::set<const llvm::GlobalObject*>;

/// Leaves of `module` what `kept` needs, as declarations.
void keep_only(llvm::Module& module, const Functions& kept) {
  for (llvm::Function& function : module)
    if (!kept.contains(&function) && !function.isDeclaration()) make_declaration(function);
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
    if (!kept.contains(&object) && object.use_empty()) unused.push_back(&object);
  for (llvm::GlobalObject* object : unused) object->eraseFromParent();
}

/// Whether `function` can be cut out of `module`.
Result<void> check_cut(const llvm::Module& module, const std::string& function) {
  const llvm::Function* kept = module.getFunction(function);
  if (kept == nullptr || kept->isDeclaration())
    return fail(fmt::format("{}: no such function in the module", function));
  const bool labels_escape = std::ranges::any_of(
      *kept, [](const llvm::BasicBlock& block) { return block.hasAddressTaken(); });
  if (labels_escape) return fail(fmt::format("{}: addresses of its labels are taken", function));
  return {};
}

/// Makes what is another name of something here (an alias, an ifunc) something of its own that is
/// defined elsewhere.
void replace_indirect_symbols(llvm::Module& module) {
  std::vector<llvm::GlobalValue*> symbols;
  for (llvm::GlobalAlias& alias : module.aliases()) symbols.push_back(&alias);
  for (llvm::GlobalIFunc& ifunc : module.ifuncs()) symbols.push_back(&ifunc);
  for (llvm::GlobalValue* symbol : symbols) {
    llvm::GlobalValue* declared = nullptr;
    if (auto* type = llvm::dyn_cast<llvm::FunctionType>(symbol->getValueType()))
      declared = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "", module);
    else
      declared = new llvm::GlobalVariable(module, symbol->getValueType(), false,
                                          llvm::GlobalValue::ExternalLinkage, nullptr);
    declared->takeName(symbol);
    declared->setDSOLocal(symbol->isDSOLocal());
    symbol->replaceAllUsesWith(declared);
    symbol->eraseFromParent();
  }
}

/// Leaves of `module` the one function and what it needs.
void cut_out(llvm::Module& module, const std::string& function) {
  promote_locals(module);
  llvm::Function& kept = *module.getFunction(function);
  kept.setLinkage(llvm::GlobalValue::ExternalLinkage);
  kept.setComdat(nullptr);
  keep_only(module, {&kept});
}

}  // namespace

Result<SplitModule> split_module(const std::string& bitcode, const std::string& function) {
  LLMC_TRY(IrModule one, IrModule::parse(bitcode, function));
  LLMC_TRY(IrModule other, IrModule::parse(bitcode, function));
  LLMC_CHECK(check_cut(one.module(), function));
  if (!one.module().alias_empty() || !one.module().ifunc_empty())
    return fail(fmt::format("{}: the module has aliases", function));
  cut_out(one.module(), function);
  promote_locals(other.module());
  make_declaration(*other.module().getFunction(function));
  LLMC_CHECK(one.verify());
  LLMC_CHECK(other.verify());
  return SplitModule{std::move(one), std::move(other)};
}

namespace {

/// Reads of `bitcode` the bodies of `functions` alone: bodies are most of a module.
Result<IrModule> read_bodies_of(const std::string& bitcode,
                                const std::set<std::string>& functions) {
  const auto drop_other_bodies = [&](llvm::Module& module) {
    promote_locals(module);
    replace_indirect_symbols(module);
    for (llvm::Function& other : module)
      if (!functions.contains(other.getName().str()) && !other.isDeclaration())
        make_declaration(other);
  };
  return IrModule::parse_lazily(bitcode, *functions.begin(), drop_other_bodies);
}

}  // namespace

Result<IrModule> extract_function(const std::string& bitcode, const std::string& function) {
  LLMC_TRY(IrModule module, read_bodies_of(bitcode, {function}));
  LLMC_CHECK(check_cut(module.module(), function));
  cut_out(module.module(), function);
  LLMC_CHECK(module.verify());
  return module;
}

namespace {

/// Functions that are extracted from one bitcode; more are first halved. Reading what is around a
/// function takes time in proportion to its module, so that is made small first.
constexpr std::size_t k_leaf = 8;

Result<void> extract_some(const std::string& bitcode, std::span<const std::string> functions,
                          const ExtractedFunction& take) {
  if (functions.size() <= k_leaf) {
    for (const std::string& function : functions)
      take(function, extract_function(bitcode, function));
    return {};
  }
  const auto extract_half = [&](std::span<const std::string> half) -> Result<void> {
    const std::set<std::string> names(half.begin(), half.end());
    LLMC_TRY(IrModule module, read_bodies_of(bitcode, names));
    std::vector<std::string> whole;
    Functions kept;
    for (const std::string& function : half) {
      if (auto can = check_cut(module.module(), function); !can) continue;
      kept.insert(module.module().getFunction(function));
      whole.push_back(function);
    }
    keep_only(module.module(), kept);
    const std::string smaller = module.bitcode();
    // The order of the answers is that of the functions.
    auto next = half.begin();
    const auto take_next = [&](const std::string& function, Result<IrModule> extracted) {
      for (; *next != function; ++next)
        take(*next, fail(fmt::format("{}: addresses of its labels are taken", *next)));
      ++next;
      take(function, std::move(extracted));
    };
    LLMC_CHECK(extract_some(smaller, whole, take_next));
    for (; next != half.end(); ++next)
      take(*next, fail(fmt::format("{}: addresses of its labels are taken", *next)));
    return {};
  };
  const std::size_t middle = functions.size() / 2;
  LLMC_CHECK(extract_half(functions.first(middle)));
  return extract_half(functions.subspan(middle));
}

}  // namespace

Result<void> extract_functions(const std::string& bitcode,
                               const std::vector<std::string>& functions,
                               const ExtractedFunction& take) {
  return extract_some(bitcode, functions, take);
}

std::vector<std::string> defined_functions(const IrModule& module) {
  std::vector<std::string> names;
  for (const llvm::Function& function : module.module())
    if (!function.isDeclarationForLinker() && function.hasName())
      names.push_back(function.getName().str());
  return names;
}

std::vector<FunctionSize> functions_by_size(const IrModule& module) {
  std::vector<FunctionSize> functions;
  for (const std::string& name : defined_functions(module))
    functions.push_back({name, module.module().getFunction(name)->getInstructionCount()});
  std::ranges::stable_sort(functions, std::greater<>(), &FunctionSize::instructions);
  return functions;
}

}  // namespace llmc
