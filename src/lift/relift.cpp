#include "lift/relift.h"

#include <fmt/format.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <map>
#include <set>

#include "ir/module.h"
#include "lift/assembly_lines.h"
#include "lift/register_use.h"
#include "lift/relift_guesses.h"
#include "sandbox/child.h"
#include "support/files.h"
#include "support/numbers.h"
#include "support/subprocess.h"
#include "toolchain/codegen.h"
#include "toolchain/front_end.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

constexpr Limits k_optimising_limits{std::chrono::seconds(60), std::uint64_t{4} << 30};
constexpr std::chrono::seconds k_assembling_limit{60};

/// Makes data of the text references to the text: what is in it may be known, not defined again.
Result<void> refer_to_text(const AsmUnit& unit, llvm::Module& module) {
  for (llvm::GlobalVariable& variable : module.globals()) {
    const std::string name = variable.getName().str();
    const bool is_private = unit.datum(".L" + name) != nullptr;
    const bool is_named = unit.datum(name) != nullptr || unit.undefined.contains(name);
    if (is_private && (is_named || unit.function(name) != nullptr))
      return fail(fmt::format("'{0}' and '.L{0}' have the same name in IR", name));
    if (!is_private && !is_named) continue;
    variable.setComdat(nullptr);
    if (variable.hasInitializer() && variable.isConstant()) {
      variable.setLinkage(llvm::GlobalValue::AvailableExternallyLinkage);
    } else {
      variable.setInitializer(nullptr);
      variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
    }
    if (!is_private) continue;
    variable.setDSOLocal(true);
    variable.setName("\1.L" + name);
  }
  return {};
}

/// The function as assembly; its bytes of code, and of data that it brings along, before the first
/// line end.
Result<std::string> compile_again(const AsmUnit& unit, const LiftResult& result,
                                  const std::string& passes, const SignatureTable& known) {
  LLMC_TRY(IrModule ir, IrModule::parse(result.ir, result.name));
  llvm::Module& module = ir.module();
  llvm::Function* const function = module.getFunction(result.name);
  if (function == nullptr || function->isDeclaration()) return fail("its IR does not define it");
  for (llvm::Function& other : module) {
    other.setComdat(nullptr);
    const bool is_here = unit.function(other.getName().str()) != nullptr;
    if (&other != function && is_here && !other.isDeclaration()) other.deleteBody();
    if (is_here && unit.function(other.getName().str())->linkage == AsmLinkage::local)
      other.setDSOLocal(true);
  }
  if (std::string guess = guess_in(*function, unit, known); !guess.empty())
    return fail(std::move(guess));
  function->setLinkage(llvm::GlobalValue::ExternalLinkage);
  LLMC_CHECK(refer_to_text(unit, module));
  const CodegenOptions codegen;
  LLMC_TRY(const CodeGenerator generator, CodeGenerator::create(codegen, ir.target_triple()));
  {
    Optimizer optimizer(module, generator);
    if (passes.empty())
      optimizer.run_clang_oz(codegen);
    else
      LLMC_CHECK(optimizer.run(passes));
  }
  LLMC_CHECK(ir.verify());
  const std::string bitcode = ir.bitcode();
  LLMC_TRY(const std::string object, generator.emit_object(module));
  LLMC_TRY(const Measurement size, measure_object(object, result.name));
  LLMC_TRY(IrModule again, IrModule::parse(bitcode, result.name));
  LLMC_TRY(const std::string assembly, generator.emit_assembly(again.module()));
  return fmt::format("{} {}\n{}", size.text, size.rodata + size.data + size.bss, assembly);
}

/// The object that clang assembles `text` to.
Result<std::string> assembled(const std::string& text) {
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const std::string object = (folder.path() / "a.o").string();
  SubprocessOptions options;
  options.input = text;
  options.limit = k_assembling_limit;
  LLMC_TRY(const SubprocessResult result,
           run_subprocess({front_end.path(), "-c", "-x", "assembler", "-", "-o", object}, options));
  if (result.exit_status != 0)
    return fail("clang cannot assemble it: " + result.errors.substr(0, result.errors.find('\n')));
  return read_file(object);
}

/// One way to write a function, smaller than the original.
struct Replacement {
  std::vector<std::string> text;
  std::uint64_t code = 0;
  std::int64_t gain = 0;  ///< bytes of code and data saved
};

class Relifting {
 public:
  Relifting(const std::string& text, const AsmUnit& unit, const ReliftOptions& options,
            SignatureTable known, RegisterUse registers)
      : text_(text),
        lines_(text),
        unit_(unit),
        options_(options),
        known_(std::move(known)),
        registers_(std::move(registers)) {
    find_owned_data();
  }

  Result<Relifted> run(const std::vector<LiftResult>& results);

 private:
  void find_owned_data();
  std::string obstacle(const LiftResult& result) const;
  Result<Replacement> replace(const LiftResult& result, std::uint64_t before);
  Result<void> check_registers(const std::string& assembly, const std::string& name);
  std::uint64_t data_given_up(const LiftResult& result, const std::vector<std::string>& text) const;
  Result<void> put_together(Relifted& made);

  const std::string& text_;
  AssemblyLines lines_;
  const AsmUnit& unit_;
  const ReliftOptions& options_;
  SignatureTable known_;
  RegisterUse registers_;
  std::map<std::string, std::set<std::string>> owned_;  ///< private data of one function alone
  std::map<std::string, Replacement> replacements_;
};

void Relifting::find_owned_data() {
  std::map<std::string, std::set<std::string>> users;
  for (const AsmFunction& function : unit_.functions)
    for (const AsmInstruction& instruction : function.instructions)
      for (const AsmOperand& operand : instruction.operands)
        if (operand.symbol.starts_with(".L")) users[operand.symbol].insert(function.name);
  for (const AsmDatum& datum : unit_.data)
    for (const AsmReference& reference : datum.references)
      if (datum.name != reference.symbol) users[reference.symbol].insert("");
  for (const auto& [symbol, names] : users)
    if (names.size() == 1 && unit_.datum(symbol) != nullptr) owned_[*names.begin()].insert(symbol);
}

/// Bytes of private data that go with the old code of a function.
std::uint64_t Relifting::data_given_up(const LiftResult& result,
                                       const std::vector<std::string>& text) const {
  const auto owned = owned_.find(result.name);
  if (owned == owned_.end()) return 0;
  std::set<std::string> used;
  for (const std::string& line : text)
    for (std::string& symbol : local_symbols(line)) used.insert(std::move(symbol));
  std::uint64_t bytes = 0;
  for (const std::string& symbol : owned->second)
    if (!used.contains(symbol)) bytes += unit_.datum(symbol)->bytes.size();
  return bytes;
}

/// Why the function stays as it is, before anything is compiled; empty: it may be replaced.
std::string Relifting::obstacle(const LiftResult& result) const {
  if (result.ir.empty()) return "not lifted: " + result.reason;
  if (result.execution && result.execution->outcome == ExecutionOutcome::different)
    return "its IR runs otherwise: " + result.execution->reason;
  if (result.rung != LiftRung::identical) {
    const bool is_equal = options_.trust == ReliftTrust::executed && result.execution &&
                          result.execution->outcome == ExecutionOutcome::equal;
    if (!is_equal) {
      const bool is_undecided = options_.trust == ReliftTrust::executed && result.execution;
      return fmt::format("not proven: its IR has reached '{}'{}{}", to_string(result.rung),
                         is_undecided ? ", and running it decided nothing: " : "",
                         is_undecided ? result.execution->reason : "");
    }
    const AsmFunction* const function = unit_.function(result.name);
    const bool has_unseen_callers =
        function->linkage != AsmLinkage::local || is_address_taken(unit_, result.name);
    if (result.signature.source == SignatureSource::inferred && has_unseen_callers)
      return "its signature is guessed; --sig can name it";
  }
  if (registers_.reads_across_calls(*unit_.function(result.name), known_))
    return "it keeps values in registers that calls may change";
  return lines_.obstacle(result.name);
}

/// Callers in the file may count on what the old code left alone: registers, and that it did not
/// mind a stack that is not aligned.
Result<void> Relifting::check_registers(const std::string& assembly, const std::string& name) {
  if (!registers_.is_called(name)) return {};
  LLMC_TRY(const AsmUnit made, read_assembly(assembly, unit_.target, name, AsmSyntax::att));
  const AsmFunction* const function = made.function(name);
  if (function == nullptr || !function->problem.empty())
    return fail("its new code is not readable");
  const RegisterNames before =
      registers_.changed_by(*unit_.function(name), RegisterUse::Saved::unchanged);
  const RegisterNames now = registers_.changed_by(*function, RegisterUse::Saved::changed);
  if (!std::ranges::includes(before, now))
    return fail("its new code changes registers that the old one leaves alone");
  const auto needs_alignment = [&](const AsmFunction& code) {
    return std::ranges::any_of(code.instructions, [&](const AsmInstruction& instruction) {
      const std::string_view text = instruction.text;
      const bool is_aligned = text.starts_with("movap") || text.starts_with("movdqa") ||
                              text.starts_with("movntp") || text.starts_with("movntdq");
      const auto& operands = instruction.operands;
      if (is_aligned)
        return std::ranges::any_of(operands, [](const AsmOperand& operand) {
          return operand.reg == "RSP" || operand.reg == "RBP";
        });
      return instruction.name.starts_with("CALL") &&
             (operands.empty() || unit_.function(operands.front().symbol) == nullptr);
    });
  };
  if (needs_alignment(*function) && !needs_alignment(*unit_.function(name)))
    return fail("its new code needs an aligned stack, which the old one does not");
  return {};
}

Result<Replacement> Relifting::replace(const LiftResult& result, std::uint64_t before) {
  LLMC_TRY(const std::string made,
           run_in_child([&] { return compile_again(unit_, result, options_.passes, known_); },
                        k_optimising_limits));
  const std::string head = made.substr(0, made.find('\n'));
  const std::size_t blank = head.find(' ');
  std::uint64_t code = 0, data = 0;
  if (blank == std::string::npos || !parse_number(head.substr(0, blank), code) ||
      !parse_number(head.substr(blank + 1), data))
    return fail("its new code has no size");
  LLMC_CHECK(check_registers(made.substr(head.size() + 1), result.name));
  Replacement replacement;
  const std::string tag = fmt::format("llmc{}_", replacements_.size());
  LLMC_TRY(replacement.text,
           replacement_text(std::string_view(made).substr(head.size() + 1), result.name, tag));
  const AsmFunction* const function = unit_.function(result.name);
  if (!function->comdat.empty() && data != 0)
    return fail("its new data would have to be in its group");
  replacement.code = code;
  replacement.gain = static_cast<std::int64_t>(before + data_given_up(result, replacement.text)) -
                     static_cast<std::int64_t>(code + data);
  if (code >= before || replacement.gain <= 0) return fail("its new code is not smaller");
  return replacement;
}

/// Puts what there is to replace into the text, less and less of it until nothing is larger.
Result<void> Relifting::put_together(Relifted& made) {
  const auto keep = [&](const std::string& name, const std::string& reason) {
    replacements_.erase(name);
    for (ReliftedFunction& function : made.functions)
      if (function.name == name) function.reason = reason;
  };
  while (!replacements_.empty()) {
    ReplacementTexts texts;
    for (const auto& [name, replacement] : replacements_) texts[name] = replacement.text;
    std::set<std::string> kept;
    made.text = lines_.with(std::move(texts), kept);
    for (const std::string& name : kept) keep(name, "what is not code refers to the inside of it");
    if (replacements_.empty()) break;
    const auto object = assembled(made.text);
    if (object) {
      LLMC_TRY(made.after, measure_object(*object, "the new assembly"));
      if (made.after.binary_size() < made.before.binary_size()) return {};
    }
    std::vector<std::pair<std::int64_t, std::string>> by_gain;
    for (const auto& [name, replacement] : replacements_)
      by_gain.emplace_back(replacement.gain, name);
    std::ranges::sort(by_gain);
    for (std::size_t i = 0; i < (by_gain.size() + 1) / 2; ++i)
      keep(by_gain[i].second,
           object ? "the file would not be smaller"
                  : "with it the file does not assemble: " + object.error().message);
  }
  made.text = text_;
  made.after = made.before;
  return {};
}

Result<Relifted> Relifting::run(const std::vector<LiftResult>& results) {
  Relifted made;
  LLMC_TRY(const std::string object, assembled(text_));
  LLMC_TRY(made.before, measure_object(object, "the assembly"));
  LLMC_TRY(const std::vector<SymbolSize> sizes, symbol_sizes(object, "the assembly"));
  std::map<std::string, std::uint64_t> bytes;
  for (const SymbolSize& size : sizes) bytes[size.name] = size.bytes;
  for (const LiftResult& result : results) {
    ReliftedFunction function;
    function.name = result.name;
    function.before = function.after = bytes[result.name];
    function.reason = obstacle(result);
    if (function.reason.empty()) {
      auto replacement = replace(result, function.before);
      if (replacement)
        replacements_[result.name] = std::move(*replacement);
      else
        function.reason = replacement.error().message;
    }
    made.functions.push_back(std::move(function));
  }
  LLMC_CHECK(put_together(made));
  for (ReliftedFunction& function : made.functions) {
    const auto found = replacements_.find(function.name);
    if (found == replacements_.end()) continue;
    function.replaced = true;
    function.after = found->second.code;
  }
  return made;
}

}  // namespace

Result<Relifted> relift(const std::string& text, const AsmUnit& unit,
                        const std::vector<LiftResult>& results, const std::string& name,
                        const ReliftOptions& options) {
  LLMC_TRY(SignatureTable known, library_signatures());
  for (const auto& [function, signature] : options.given)
    known.insert_or_assign(function, signature);
  for (const LiftResult& result : results) known.try_emplace(result.name, result.signature);
  LLMC_TRY(RegisterUse registers, RegisterUse::create(unit));
  auto made = Relifting(text, unit, options, std::move(known), std::move(registers)).run(results);
  if (!made) return std::unexpected(made.error().with_context(name));
  return made;
}

}  // namespace llmc
