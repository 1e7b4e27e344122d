#include <fmt/format.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "lift/call_agreement.h"
#include "lift/lift_data.h"
#include "lift/lift_symbols.h"
#include "lift/lift_unit.h"
#include "support/text.h"

namespace llmc {
namespace {

/// True if `section` is `family` or one of its kin, such as ".text.startup".
bool is_of(std::string_view section, std::string_view family) {
  return section == family ||
         (section.starts_with(family) && section.substr(family.size()).starts_with('.'));
}

/// True if code generation finds the section by itself.
bool is_standard(std::string_view section) {
  constexpr std::array k_families = {".text",  ".data", ".bss",     ".rodata", ".tdata", ".tbss",
                                     ".ldata", ".lbss", ".lrodata", ".ltext",  "COMMON"};
  return std::ranges::any_of(k_families, [&](auto family) { return is_of(section, family); });
}

/// True if the section says something about code that is compiled anew, so that it is made anew.
bool describes_code(std::string_view section) {
  constexpr std::array k_families = {".gcc_except_table", ".eh_frame",   ".note",
                                     ".comment",          ".debug_info", ".stack_sizes"};
  return section.starts_with(".debug") || section.starts_with(".llvm") ||
         std::ranges::any_of(k_families, [&](auto family) { return is_of(section, family); });
}

void show(llvm::GlobalValue& value, AsmVisibility visibility) {
  if (value.hasLocalLinkage()) return;
  if (visibility == AsmVisibility::hidden)
    value.setVisibility(llvm::GlobalValue::HiddenVisibility);
  else if (visibility == AsmVisibility::protected_)
    value.setVisibility(llvm::GlobalValue::ProtectedVisibility);
}

class Joiner {
 public:
  explicit Joiner(const AsmUnit& unit)
      : unit_(unit), module_(std::make_unique<llvm::Module>("", context_)), linker_(*module_) {
    module_->setTargetTriple(llvm::StringRef(triple_of(unit.target)));
    module_->setDataLayout(llvm::StringRef(data_layout_of(unit.target)));
    note_ambiguous_names();
  }

  void add(const LiftResult& result);
  void refuse_calls_that_disagree();
  void define_data();
  void finish_functions();
  void define_aliases();
  void tidy();
  Result<std::string> text() const;

 private:
  void note_ambiguous_names();
  Result<void> link(const LiftResult& result);
  Result<void> prepare(llvm::Module& module, const std::string& function) const;
  void finish_datum(const AsmDatum& datum, llvm::GlobalVariable& variable);
  void define_alias(const std::string& name, llvm::Constant* target, AsmLinkage linkage,
                    AsmVisibility visibility);
  void place(llvm::GlobalObject& object, const std::string& section, const std::string& comdat);
  std::string commented(const std::string& ir) const;

  const AsmUnit& unit_;
  llvm::LLVMContext context_;
  std::unique_ptr<llvm::Module> module_;
  llvm::Linker linker_;
  std::set<std::string> ambiguous_;  ///< names that IR has for two symbols
  std::map<std::string, std::string> comments_;  ///< by name in IR
  std::set<std::string> lifted_;
};

/// ".Lx" and "x" have one name in IR.
void Joiner::note_ambiguous_names() {
  std::set<std::string> others;
  for (const AsmFunction& function : unit_.functions) others.insert(function.name);
  for (const auto& [name, linkage] : unit_.undefined) others.insert(name);
  for (const auto& [name, target] : unit_.aliases) others.insert(name);
  for (const AsmDatum& datum : unit_.data)
    if (!is_private_symbol(datum.name)) others.insert(datum.name);
  for (const AsmDatum& datum : unit_.data)
    if (is_private_symbol(datum.name) && others.contains(ir_name(datum.name)))
      ambiguous_.insert(ir_name(datum.name));
}

/// Leaves the function as the only definition that others can see; data of the unit become
/// references to it. What a call owes to its callee's declaration is said at the call itself,
/// because that declaration gives way to the definition.
Result<void> Joiner::prepare(llvm::Module& module, const std::string& name) const {
  const llvm::Function* const function = module.getFunction(name);
  if (function == nullptr || function->isDeclaration()) return fail("its IR does not define it");
  for (const std::string& one : ambiguous_)
    if (module.getNamedValue(one) != nullptr)
      return fail(fmt::format("'{0}' and '.L{0}' have the same name in IR", one));
  for (llvm::Function& other : module) {
    other.setComdat(nullptr);
    if (other.isDeclaration() || &other == function) continue;
    if (unit_.function(other.getName().str()) != nullptr)
      other.deleteBody();
    else
      other.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
  module.getFunction(name)->setLinkage(llvm::GlobalValue::ExternalLinkage);
  for (llvm::GlobalVariable& variable : module.globals()) {
    const std::string own = variable.getName().str();
    if (!variable.hasInitializer() || own.starts_with("llvm.")) continue;
    variable.setComdat(nullptr);
    if (unit_.datum(own) != nullptr || unit_.datum(".L" + own) != nullptr) {
      variable.setInitializer(nullptr);
      variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
      variable.setDSOLocal(true);
    } else if (!variable.hasLocalLinkage()) {
      variable.setLinkage(llvm::GlobalValue::InternalLinkage);
    }
  }
  for (llvm::Function& other : module)
    for (llvm::Instruction& instruction : llvm::instructions(other))
      if (auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction)) repeat_at_call(*call);
  return {};
}

Result<void> Joiner::link(const LiftResult& result) {
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(result.ir, diagnostic, context_);
  if (!module) return fail("its IR cannot be read: " + diagnostic.getMessage().str());
  module->setTargetTriple(module_->getTargetTriple());
  module->setDataLayout(module_->getDataLayout());
  LLMC_CHECK(prepare(*module, result.name));
  if (llvm::verifyModule(*module)) return fail("its IR is not valid");
  if (linker_.linkInModule(std::move(module))) return fail("its IR cannot be linked to the rest");
  return {};
}

void Joiner::add(const LiftResult& result) {
  if (result.ir.empty()) {
    comments_[result.name] = "not lifted: " + result.reason;
    return;
  }
  if (auto linked = link(result); !linked) {
    comments_[result.name] = "not lifted: " + linked.error().message;
    return;
  }
  lifted_.insert(result.name);
  comments_[result.name] =
      fmt::format("{}, by {}{}{}", to_string(result.rung), to_string(result.origin),
                  result.reason.empty() ? "" : ": ", result.reason);
}

void Joiner::refuse_calls_that_disagree() {
  for (llvm::Function& function : *module_) {
    std::string reason;
    for (const llvm::Instruction& instruction : llvm::instructions(function))
      if (const auto* const call = llvm::dyn_cast<llvm::CallBase>(&instruction);
          call && reason.empty())
        reason = disagreement(*call);
    if (reason.empty()) continue;
    function.deleteBody();
    lifted_.erase(function.getName().str());
    comments_[function.getName().str()] = "not lifted: " + reason;
  }
}

void Joiner::place(llvm::GlobalObject& object, const std::string& section,
                   const std::string& comdat) {
  if (!section.empty() && !is_standard(section)) object.setSection(section);
  if (comdat.empty()) return;
  // The group is known by the symbol that it is called after, where that is here to be seen.
  const llvm::GlobalValue* const key = module_->getNamedValue(comdat);
  if (key == nullptr || key->isDeclaration() || key->hasLocalLinkage()) return;
  object.setComdat(module_->getOrInsertComdat(comdat));
}

void Joiner::finish_datum(const AsmDatum& datum, llvm::GlobalVariable& variable) {
  if (datum.name.empty()) variable.setLinkage(llvm::GlobalValue::PrivateLinkage);
  show(variable, datum.visibility);
  place(variable, datum.section, datum.comdat);
  // The linker or the loader finds it by its section alone.
  if (variable.hasSection() && variable.hasLocalLinkage())
    llvm::appendToCompilerUsed(*module_, {&variable});
}

/// Everything that has a name, or a meaning by its section; of the rest what is used.
void Joiner::define_data() {
  std::vector<std::pair<const AsmDatum*, llvm::GlobalVariable*>> defined;
  for (const AsmDatum& datum : unit_.data) {
    const bool is_found_by_section = !datum.section.empty() && !is_standard(datum.section);
    if (describes_code(datum.section) || ambiguous_.contains(ir_name(datum.name))) continue;
    if ((datum.name.empty() || is_private_symbol(datum.name)) && !is_found_by_section) continue;
    auto made = datum.problem.empty() ? define_datum(unit_, datum, *module_)
                                      : Result<llvm::GlobalVariable*>(fail(datum.problem));
    if (made)
      defined.emplace_back(&datum, *made);
    else
      comments_[ir_name(datum.name)] = "not defined: " + made.error().message;
  }
  define_private_data(unit_, *module_);
  for (const AsmDatum& datum : unit_.data) {
    if (!is_private_symbol(datum.name)) continue;
    llvm::GlobalVariable* const variable = module_->getNamedGlobal(ir_name(datum.name));
    if (variable != nullptr && variable->hasInitializer()) defined.emplace_back(&datum, variable);
  }
  for (const auto& [datum, variable] : defined) finish_datum(*datum, *variable);
}

void Joiner::finish_functions() {
  for (const AsmFunction& function : unit_.functions) {
    llvm::Function* made = module_->getFunction(function.name);
    if (made == nullptr)
      made =
          llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context_), false),
                                 llvm::GlobalValue::ExternalLinkage, function.name, module_.get());
    if (made->isDeclaration()) continue;
    made->setLinkage(ir_linkage(function.linkage, function.name));
    made->setDSOLocal(true);
    show(*made, function.visibility);
    place(*made, function.section, function.comdat);
  }
}

/// `name` as another name of `target`, which is a global value or a place in one.
void Joiner::define_alias(const std::string& name, llvm::Constant* target, AsmLinkage linkage,
                          AsmVisibility visibility) {
  const std::string in_ir = ir_name(name);
  const auto* const base = llvm::dyn_cast<llvm::GlobalObject>(target->stripInBoundsOffsets());
  const auto* const known = module_->getNamedValue(in_ir);
  if (known != nullptr && !known->isDeclaration()) return;
  if (base == nullptr || base->isDeclaration()) {
    comments_[in_ir] = "not defined: it is another name of what is not defined";
    return;
  }
  auto* const alias = llvm::GlobalAlias::create(base->getValueType(), 0, ir_linkage(linkage, name),
                                                "", target, module_.get());
  alias->setDSOLocal(true);
  show(*alias, visibility);
  take_place(*alias, in_ir, *module_);
}

void Joiner::define_aliases() {
  llvm::Type* const byte = llvm::Type::getInt8Ty(context_);
  for (const AsmDatum& datum : unit_.data) {
    llvm::GlobalVariable* const variable = module_->getNamedGlobal(ir_name(datum.name));
    if (datum.name.empty() || variable == nullptr || variable->isDeclaration()) continue;
    for (const std::string& name : datum.other_names)
      define_alias(name, variable, datum.linkage, datum.visibility);
    for (const AsmInnerName& inner : datum.inner_names) {
      llvm::Constant* const at = llvm::ConstantExpr::getInBoundsGetElementPtr(
          byte, variable, llvm::ConstantInt::get(llvm::Type::getInt64Ty(context_), inner.offset));
      define_alias(inner.name, at, inner.linkage, inner.visibility);
    }
  }
  for (const auto& [name, target] : unit_.aliases) {
    std::string last = target;
    for (std::size_t hops = 0; hops < unit_.aliases.size() && unit_.aliases.contains(last); ++hops)
      last = unit_.aliases.at(last);
    llvm::GlobalValue* const value = module_->getNamedValue(ir_name(last));
    const auto linkage = unit_.alias_linkage.find(name);
    if (value != nullptr)
      define_alias(name, value,
                   linkage == unit_.alias_linkage.end() ? AsmLinkage::local : linkage->second,
                   AsmVisibility::standard);
  }
}

/// Declarations that nothing uses go, but for those that stand for what was not lifted.
void Joiner::tidy() {
  for (llvm::GlobalVariable& variable : llvm::make_early_inc_range(module_->globals()))
    if (variable.isDeclaration() && variable.use_empty()) variable.eraseFromParent();
  for (llvm::Function& function : llvm::make_early_inc_range(*module_)) {
    if (!function.isDeclaration()) continue;
    const std::string name = function.getName().str();
    if (function.use_empty() && unit_.function(name) == nullptr) {
      function.eraseFromParent();
      continue;
    }
    const auto known = unit_.undefined.find(name);
    if (known != unit_.undefined.end() && known->second == AsmLinkage::weak)
      function.setLinkage(llvm::GlobalValue::ExternalWeakLinkage);
  }
  for (llvm::GlobalVariable& variable : module_->globals()) {
    const auto known = unit_.undefined.find(variable.getName().str());
    if (variable.isDeclaration() && known != unit_.undefined.end() &&
        known->second == AsmLinkage::weak)
      variable.setLinkage(llvm::GlobalValue::ExternalWeakLinkage);
  }
}

/// `ir` with a comment line before what there is something to say of.
std::string Joiner::commented(const std::string& ir) const {
  std::map<std::string, std::string> by_spelling;
  for (const auto& [name, comment] : comments_) {
    const llvm::GlobalValue* const value = module_->getNamedValue(name);
    if (value == nullptr) continue;
    std::string spelling;
    llvm::raw_string_ostream stream(spelling);
    value->printAsOperand(stream, /*PrintType=*/false);
    by_spelling[spelling] = comment;
  }
  std::string text =
      fmt::format("; {} of {} functions lifted\n", lifted_.size(), unit_.functions.size());
  for (std::size_t at = 0; at < ir.size();) {
    const std::size_t end = std::min(ir.find('\n', at), ir.size() - 1) + 1;
    const std::string_view line = std::string_view(ir).substr(at, end - at);
    at = end;
    const bool is_function = line.starts_with("declare ") || line.starts_with("define ");
    const std::size_t sign = line.find('@');
    if ((is_function || line.starts_with('@')) && sign != std::string_view::npos) {
      const bool is_quoted = line.substr(sign).starts_with("@\"");
      const std::size_t stop = is_quoted     ? line.find('"', sign + 2) + 1
                               : is_function ? line.find('(', sign)
                                             : line.find(' ', sign);
      const auto comment = by_spelling.find(std::string(line.substr(sign, stop - sign)));
      if (comment != by_spelling.end()) {
        std::string words = comment->second;
        std::ranges::replace(words, '\n', ' ');
        text += "; " + words + "\n";
      }
    }
    text += line;
  }
  return text;
}

Result<std::string> Joiner::text() const {
  std::string problem;
  llvm::raw_string_ostream problems(problem);
  if (llvm::verifyModule(*module_, &problems))
    return fail("the joined IR is not valid: " + first_line(problem));
  std::string ir;
  llvm::raw_string_ostream stream(ir);
  module_->print(stream, nullptr);
  return commented(ir);
}

}  // namespace

Result<std::string> joined_ir(const AsmUnit& unit, const std::vector<LiftResult>& results) {
  Joiner joiner(unit);
  for (const LiftResult& result : results) joiner.add(result);
  joiner.refuse_calls_that_disagree();
  joiner.define_data();
  joiner.finish_functions();
  joiner.define_aliases();
  joiner.tidy();
  return joiner.text();
}

}  // namespace llmc
