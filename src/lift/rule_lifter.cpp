#include "lift/rule_lifter.h"

#include <fmt/format.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <map>

#include "assembly/facts.h"
#include "ir/module.h"
#include "lift/lift_data.h"
#include "lift/lift_function.h"
#include "lift/recover.h"
#include "support/text.h"
#include "toolchain/codegen.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

/// Inference of one function can add to what is known of another; it settles soon.
constexpr unsigned k_inference_rounds = 3;

/// Registers and flags become values; those that nothing reads go.
constexpr const char* k_promote = "function(sroa,instsimplify,adce)";
/// What is left of casts is folded before addresses are looked for.
constexpr const char* k_fold = "function(instcombine<no-verify-fixpoint>,simplifycfg,adce)";

/// Whether x29 is made the base of the frame: always, where others are called, or never.
const char* frame_pointer_of(const AsmFunction& source) {
  bool sets_frame = false, calls = false;
  for (const AsmInstruction& instruction : source.instructions) {
    sets_frame =
        sets_frame || (instruction.name == "ADDXri" && instruction.operands[0].reg == "FP" &&
                       instruction.operands[1].reg == "SP");
    calls = calls || flow_kind(NormalTarget::aarch64, instruction) == FlowKind::call;
  }
  if (sets_frame) return calls ? "non-leaf" : "all";
  return calls ? "none" : "non-leaf";
}

/// What clang says of functions for a target, beside what it says of all.
std::vector<std::pair<const char*, const char*>> target_attributes(NormalTarget target,
                                                                   const AsmFunction& source) {
  if (target == NormalTarget::x86_64)
    return {{"target-cpu", "x86-64"},
            {"target-features", "+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87"},
            {"tune-cpu", "generic"}};
  return {{"frame-pointer", frame_pointer_of(source)},
          {"target-cpu", "generic"},
          {"target-features", "+fp-armv8,+neon,+outline-atomics,+v8a,-fmv"}};
}

void describe(llvm::Module& module, llvm::Function& function, const AsmFunction& source,
              NormalTarget target) {
  module.setTargetTriple(llvm::StringRef(triple_of(target)));
  module.addModuleFlag(llvm::Module::Error, "wchar_size", 4);
  module.setPICLevel(llvm::PICLevel::BigPIC);
  module.setPIELevel(llvm::PIELevel::Large);
  function.setDSOLocal(true);
  if (source.linkage == AsmLinkage::local) function.setLinkage(llvm::GlobalValue::InternalLinkage);
  for (const auto kind :
       {llvm::Attribute::MinSize, llvm::Attribute::OptimizeForSize, llvm::Attribute::NoUnwind})
    function.addFnAttr(kind);
  if (source.unwinds) function.setUWTableKind(llvm::UWTableKind::Default);
  for (const auto& [name, value] : target_attributes(target, source))
    function.addFnAttr(name, value);
  function.addFnAttr("no-trapping-math", "true");
}

std::string text_of(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

Result<void> verify(const llvm::Module& module) {
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (!llvm::verifyModule(module, &stream)) return {};
  return fail("the lifted IR is not valid: " + first_line(message));
}

/// Jump tables and pages leave declarations behind.
void forget_unused(llvm::Module& module) {
  for (llvm::GlobalVariable& variable : llvm::make_early_inc_range(module.globals())) {
    variable.removeDeadConstantUsers();
    if (variable.isDeclaration() && variable.use_empty()) variable.eraseFromParent();
  }
}

}  // namespace

struct RuleLifter::Parts {
  Parts(const AsmUnit& for_unit, CodeGenerator made) : unit(for_unit), generator(std::move(made)) {}

  struct Function {
    LiftSource source;
    LiftFacts facts;
    std::string refusal;
  };
  void study_all();
  void infer();
  bool may_return_pair(const std::string& name) const;

  const AsmUnit& unit;
  CodeGenerator generator;
  SignatureTable known;   ///< given and of the library
  SignatureTable callees; ///< those and the inferred ones
  std::map<std::string, Function, std::less<>> functions;
};

void RuleLifter::Parts::study_all() {
  for (auto& [name, function] : functions) {
    if (!function.refusal.empty()) continue;
    auto facts = study(function.source, {&callees});
    if (facts)
      function.facts = std::move(*facts);
    else
      function.refusal = facts.error().message;
  }
}

/// True if the function `name` leaves a value of its own in %rdx wherever it returns.
bool RuleLifter::Parts::may_return_pair(const std::string& name) const {
  const auto found = functions.find(name);
  if (found == functions.end()) return false;
  return std::ranges::all_of(found->second.facts.returns, [](const ReturnFacts& exit) {
    return exit.second.kind == RegisterOrigin::Kind::defined;
  });
}

/// Makes the table of callees anew from what all functions tell.
void RuleLifter::Parts::infer() {
  const LiftConvention& convention = convention_of(unit.target);
  SignatureTable table = known;
  std::map<std::string, std::vector<CallFacts>> calls;
  for (auto& [name, function] : functions) {
    if (!function.refusal.empty()) continue;
    const LiftSignature own =
        table.emplace(name, inferred_signature(function.facts, callees, convention)).first->second;
    // What is given back as it comes from a call is a result of that call.
    const unsigned width = own.result.type == AbiType::none || is_vector_class(own.result.type) ? 0
                           : own.result.type == AbiType::i64 || own.result.type == AbiType::ptr
                               ? 64
                               : 32;
    for (const ReturnFacts& exit : function.facts.returns)
      for (const std::size_t site : exit.first.sites) {
        unsigned& most = function.facts.calls[site].result_width;
        most = std::max(most, width);
      }
    for (const CallFacts& call : function.facts.calls)
      if (!call.callee.empty()) calls[call.callee].push_back(call);
  }
  for (const auto& [name, sites] : calls) {
    const auto known_one = table.find(name);
    if (known_one == table.end()) {
      table.emplace(name, inferred_signature(sites, convention));
    } else if (known_one->second.source == SignatureSource::inferred) {
      // What callers read is a result, however it looks inside.
      const LiftSignature seen = inferred_signature(sites, convention);
      const bool is_pair = seen.second != AbiType::none && may_return_pair(name);
      if (known_one->second.result.type == AbiType::none || is_pair) {
        known_one->second.result = seen.result;
        known_one->second.second = is_pair ? seen.second : AbiType::none;
      }
    }
  }
  callees = std::move(table);
}

std::string default_lift_passes() {
  return "function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg,early-cse,adce)";
}

RuleLifter::RuleLifter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RuleLifter::RuleLifter(RuleLifter&&) noexcept = default;
RuleLifter::~RuleLifter() = default;

Result<RuleLifter> RuleLifter::create(const AsmUnit& unit, SignatureTable given) {
  LLMC_TRY(CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), std::string(triple_of(unit.target))));
  auto parts = std::make_unique<Parts>(unit, std::move(generator));
  LLMC_TRY(parts->known, library_signatures());
  // A function here may have the name of one there.
  for (const AsmFunction& function : unit.functions) parts->known.erase(function.name);
  for (auto& [name, signature] : given) parts->known.insert_or_assign(name, signature);
  parts->callees = parts->known;
  for (const AsmFunction& function : unit.functions) {
    Parts::Function& made = parts->functions[function.name];
    made.source.unit = &unit;
    made.source.function = &function;
    made.refusal = function.problem;
    if (!made.refusal.empty()) continue;
    auto blocks = blocks_of(unit, function);
    if (blocks)
      made.source.blocks = std::move(*blocks);
    else
      made.refusal = blocks.error().message;
  }
  for (unsigned round = 0; round < k_inference_rounds; ++round) {
    parts->study_all();
    const SignatureTable before = parts->callees;
    parts->infer();
    if (before == parts->callees) break;
  }
  return RuleLifter(std::move(parts));
}

const LiftSignature* RuleLifter::signature(const std::string& function) const {
  const auto found = parts_->callees.find(function);
  return found == parts_->callees.end() ? nullptr : &found->second;
}

LiftSignature RuleLifter::widest_signature(const std::string& function) const {
  const auto found = parts_->functions.find(function);
  const LiftSignature inferred = parts_->callees.at(function);
  return found == parts_->functions.end()
             ? inferred
             : llmc::widest_signature(inferred, found->second.facts, parts_->callees,
                                      convention_of(parts_->unit.target));
}

Result<LiftedFunction> RuleLifter::lift(const std::string& name, const LiftGuess& guess) const {
  const auto found = parts_->functions.find(name);
  if (found == parts_->functions.end()) return fail("there is no function '" + name + "'");
  const Parts::Function& function = found->second;
  if (!function.refusal.empty()) return fail(function.refusal);
  const LiftSignature signature = guess.signature.value_or(parts_->callees.at(name));
  llvm::LLVMContext llvm_context;
  llvm::Module module("", llvm_context);
  module.setDataLayout(llvm::StringRef(data_layout_of(parts_->unit.target)));
  const LiftContext context{&parts_->callees, guess.frame};
  LLMC_CHECK(write(function.source, context, function.facts, signature, module));
  describe(module, *module.getFunction(name), *function.source.function, parts_->unit.target);
  LLMC_CHECK(verify(module));
  const auto run = [&](const std::string& passes) {
    return Optimizer(module, parts_->generator).run(passes);
  };
  LLMC_CHECK(run(k_promote));
  narrow_phis(*module.getFunction(name));
  recover_pointers(*module.getFunction(name));
  LLMC_CHECK(run(k_fold));
  // Where a register is known to be zero, code generation does not set it to zero.
  if (parts_->unit.target == NormalTarget::aarch64) use_known_values(*module.getFunction(name));
  narrow_phis(*module.getFunction(name));
  recover_pointers(*module.getFunction(name));
  LLMC_CHECK(run(guess.passes.empty() ? default_lift_passes() : guess.passes));
  recover_switches(*module.getFunction(name));
  recover_bit_tests(*module.getFunction(name));
  order_blocks(*module.getFunction(name));
  recover_elements(*module.getFunction(name));
  forget_unused(module);
  define_private_data(parts_->unit, module);
  LLMC_CHECK(verify(module));
  return LiftedFunction{text_of(module), signature};
}

}  // namespace llmc
