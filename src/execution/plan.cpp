#include "execution/plan.h"

#include <fmt/format.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include <algorithm>
#include <optional>
#include <set>

#include "execution/undefined.h"
#include "ir/module.h"
#include "toolchain/codegen.h"

namespace llmc {
namespace {

constexpr unsigned k_callbacks = 3;

std::string callback_name(unsigned number) { return fmt::format("callback {}", number); }

Result<IrModule> read_candidate(std::string_view ir) {
  // The normal form leaves out what other texts say.
  if (is_bitcode(ir) || ir.find("target datalayout") != std::string_view::npos)
    return IrModule::parse(ir, "the IR");
  return read_normal(ir, "the IR");
}

/// What of `function` or of what it uses cannot be run.
std::string obstacle_of(const llvm::Function& function) {
  for (const llvm::Instruction& instruction : llvm::instructions(function)) {
    if (const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction))
      if (call->isInlineAsm() &&
          !llvm::cast<llvm::InlineAsm>(call->getCalledOperand())->getAsmString().empty())
        return "it contains inline assembly";
    if (llvm::isa<llvm::InvokeInst, llvm::LandingPadInst, llvm::ResumeInst>(instruction))
      return "it handles exceptions";
    if (llvm::isa<llvm::IndirectBrInst, llvm::CallBrInst>(instruction))
      return "it jumps to addresses that it computes";
    for (const llvm::Value* operand : instruction.operands())
      if (const auto* global = llvm::dyn_cast<llvm::GlobalVariable>(operand->stripPointerCasts()))
        if (global->isThreadLocal()) return "it uses thread-local data";
  }
  return "";
}

/// The candidate's assembly; other functions are declared only.
Result<std::string> assembly_of(llvm::Module& module, llvm::Function& function,
                                NormalTarget target) {
  for (llvm::Function& other : module)
    if (&other != &function && !other.isDeclaration()) {
      other.deleteBody();
      other.setComdat(nullptr);
      other.setDSOLocal(false);
    }
  // What is used in ways that nobody sees is not merged with others, of which the original may have
  // merged some.
  std::vector<llvm::GlobalValue*> variables;
  for (llvm::GlobalVariable& variable : module.globals())
    if (!variable.isDeclaration() && !variable.getName().starts_with("llvm."))
      variables.push_back(&variable);
  if (target == NormalTarget::aarch64) llvm::appendToUsed(module, variables);
  if (function.hasAvailableExternallyLinkage())
    function.setLinkage(llvm::GlobalValue::ExternalLinkage);
  LLMC_TRY(const CodeGenerator generator, CodeGenerator::create({}, module.getTargetTriple()));
  return generator.emit_assembly(module);
}

/// Of the parameters of `callee`, how large the local variables are whose addresses all calls in
/// `caller` pass.
std::vector<std::uint64_t> local_sizes(const llvm::Function& callee, const llvm::Function& caller,
                                       std::size_t parameters) {
  const llvm::DataLayout& layout = caller.getParent()->getDataLayout();
  std::vector<std::uint64_t> sizes(parameters, ~std::uint64_t{0});
  for (const llvm::Instruction& instruction : llvm::instructions(caller)) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr || call->getCalledFunction() != &callee) continue;
    // Parameters and arguments have the same numbers where each takes one register.
    if (call->arg_size() < parameters) return std::vector<std::uint64_t>(parameters, 0);
    for (std::size_t i = 0; i < parameters; ++i) {
      const llvm::Value* argument = call->getArgOperand(static_cast<unsigned>(i));
      if (!argument->getType()->isPointerTy()) {
        sizes[i] = 0;
        continue;
      }
      llvm::APInt offset(64, 0);
      const auto* local = llvm::dyn_cast<llvm::AllocaInst>(
          argument->stripAndAccumulateConstantOffsets(layout, offset, true));
      // What is not a local variable here is not in the stack when it is run.
      if (local == nullptr) continue;
      const auto size = local->getAllocationSize(layout);
      const std::uint64_t bytes = size ? size->getFixedValue() : 0;
      sizes[i] = std::min(sizes[i], bytes - std::min(bytes, offset.getZExtValue()));
    }
  }
  for (auto& size : sizes)
    if (size == ~std::uint64_t{0}) size = 0;
  return sizes;
}

CalleePlan plan_callee(const std::string& name, const llvm::Function& function, NormalTarget target,
                       const IsolatedObject& original, const ShapeTable& shapes) {
  CalleePlan callee;
  callee.name = name;
  const auto defined = original.functions.find(name);
  callee.defined = defined != original.functions.end();
  callee.local = callee.defined && defined->second;
  const llvm::Function* declared = function.getParent()->getFunction(name);
  if (name.starts_with("callback "))
    callee.signature = indirect_signature(function);
  else if (declared != nullptr)
    callee.signature = callee_signature(*declared, function);
  else
    callee.signature.results.push_back({});
  const auto shape = shapes.results.find(name);
  if (shape != shapes.results.end())
    for (CallValue& value : callee.signature.results)
      if (value.kind == CallValue::Kind::pointer) value.shape = shape->second;
  const auto hints = shapes.result_hints.find(name.starts_with("callback ") ? "" : name);
  if (hints != shapes.result_hints.end() && callee.signature.results.size() == 1)
    callee.signature.results[0].hints = hints->second;
  for (const std::string_view last :
       {"abort", "exit", "_exit", "__stack_chk_fail", "__assert_fail", "_ZSt9terminatev"})
    if (name == last) callee.signature.returns = false;
  callee.places = places_of(callee.signature.parameters, target);
  callee.local_bytes.assign(callee.places.size(), 0);
  if (declared != nullptr)
    callee.local_bytes = local_sizes(*declared, function, callee.places.size());
  recognise(callee);
  return callee;
}

/// Gives to the other side the constants with names that one side alone defines.
void share_constants(const AddressBook& book, SideImage& a, SideImage& b) {
  for (const DataPlace& datum : book.data()) {
    if (!datum.constant) continue;
    const auto find = [&](SideImage& side) {
      return std::ranges::find(side.blocks, datum.address, &ImageBlock::address);
    };
    const auto in_a = find(a);
    const auto in_b = find(b);
    if (in_a != a.blocks.end() && in_b == b.blocks.end()) b.blocks.push_back(*in_a);
    if (in_a == a.blocks.end() && in_b != b.blocks.end()) a.blocks.push_back(*in_b);
  }
}

/// Builds the plan from what both sides were found to use.
class Planner {
 public:
  Planner(const llvm::Function& function, const IsolatedObject& original, NormalTarget target,
          const ExecutionOptions& options, PreparedPair& pair)
      : function_(function), original_(original), target_(target), options_(options), pair_(pair) {}

  Result<void> plan(AddressBook& book) {
    PairPlan& plan = pair_.plan;
    plan.inputs.seed = options_.seed;
    plan.inputs.shapes = shapes_of(function_);
    plan.input_limit = options_.input_limit;
    plan.floats = uses_floats(function_);
    set_parameter_shapes();
    for (const std::string& name : book.functions())
      plan.callees.push_back(plan_callee(name, function_, target_, original_, plan.inputs.shapes));
    for (unsigned i = 0; i < k_callbacks; ++i) {
      LLMC_TRY(const std::uint64_t address, book.function(callback_name(i)));
      plan.inputs.callbacks.push_back(address);
      plan.callees.push_back(
          plan_callee(callback_name(i), function_, target_, original_, plan.inputs.shapes));
    }
    plan.inputs.places = places_of(plan.inputs.signature.parameters, target_);
    add_regions(book);
    plan.hash_memory =
        !plan.floats && std::ranges::none_of(plan.inputs.signature.parameters,
                                             [](const CallValue& each) { return each.exclusive; });
    return {};
  }

 private:
  void set_parameter_shapes() {
    InputPlan& inputs = pair_.plan.inputs;
    // Shapes are by argument, values by register: they are the same where nothing is flattened.
    if (inputs.signature.parameters.size() != inputs.shapes.parameters.size()) return;
    for (std::size_t i = 0; i < inputs.shapes.parameters.size(); ++i) {
      CallValue& value = inputs.signature.parameters[i];
      if (value.kind == CallValue::Kind::pointer) value.shape = inputs.shapes.parameters[i];
      value.hints = inputs.shapes.parameter_hints[i];
    }
  }

  void add_regions(const AddressBook& book) {
    InputPlan& inputs = pair_.plan.inputs;
    for (unsigned shape = 0; shape < inputs.shapes.shapes.size(); ++shape) {
      inputs.arenas.push_back(shape);
      const MemoryShape& known = inputs.shapes.shapes[shape];
      std::uint64_t object = known.bytes;
      if (!known.fields.empty()) {
        const auto& [offset, field] = *known.fields.rbegin();
        object = std::max(object, offset + field.bytes);
      }
      inputs.regions.push_back({MemoryRegion::Kind::arena, fmt::format("memory {}", shape),
                                k_arena_base + shape * k_arena_stride,
                                (std::max(object, k_arena_size) + k_page - 1) / k_page * k_page,
                                shape, ""});
    }
    if (std::ranges::any_of(pair_.plan.callees, [](const CalleePlan& callee) {
          return callee.kind == CalleePlan::Kind::allocation;
        }))
      inputs.regions.push_back(
          {MemoryRegion::Kind::heap, "the heap", k_heap_base, k_heap_size, 0, ""});
    for (const DataPlace& datum : book.data()) {
      if (datum.constant) {
        pair_.plan.constants.push_back(datum);
        continue;
      }
      if (datum.merged) continue;
      MemoryRegion region{MemoryRegion::Kind::datum, datum.name, datum.address, datum.size, 0, ""};
      const auto shape = inputs.shapes.globals.find(datum.name);
      if (shape != inputs.shapes.globals.end()) region.shape = shape->second;
      if (datum.local) region.start = start_of(datum);
      inputs.regions.push_back(std::move(region));
    }
  }

  /// What a datum is at first, as the original has it.
  std::string start_of(const DataPlace& datum) const {
    for (const SideImage* side : {&pair_.original, &pair_.candidate})
      for (const ImageBlock& block : side->blocks)
        if (datum.address >= block.address && datum.address - block.address < block.bytes.size()) {
          std::string bytes = block.bytes.substr(datum.address - block.address, datum.size);
          bytes.resize(datum.size);
          return bytes;
        }
    return std::string(datum.size, '\0');
  }

  const llvm::Function& function_;
  const IsolatedObject& original_;
  NormalTarget target_;
  const ExecutionOptions& options_;
  PreparedPair& pair_;
};

/// What the candidate's module knows of a symbol.
ExternalSymbol describe_symbol(const llvm::Module& module, const std::string& name) {
  const llvm::GlobalValue* value = module.getNamedValue(name);
  if (value == nullptr) return {};
  if (llvm::isa<llvm::Function>(value)) return {true, 0};
  llvm::Type* type = value->getValueType();
  if (!type->isSized()) return {};
  return {false, module.getDataLayout().getTypeAllocSize(type).getFixedValue()};
}

/// The candidate as an object; with checks of what its IR promises if `checked`.
Result<IsolatedObject> compile(const IrModule& module, NormalTarget target, const std::string& name,
                               bool checked) {
  // Code generation changes what it reads.
  LLMC_TRY(IrModule copy, IrModule::parse(module.bitcode(), "the IR"));
  llvm::Function& function = *copy.module().getFunction(name);
  if (checked) check_promises(function);
  LLMC_TRY(const std::string text, assembly_of(copy.module(), function, target));
  return isolate_function(text, target, name, "the compiled IR");
}

/// Places the original, the candidate and the checked candidate, in this order.
Result<void> link_all(const IrModule& module, NormalTarget target, const std::string& name,
                      const IsolatedObject& original, AddressBook& book, PreparedPair& pair) {
  const auto describe = [&](const std::string& symbol) {
    return describe_symbol(module.module(), symbol);
  };
  LLMC_TRY(const IsolatedObject candidate, compile(module, target, name, false));
  LLMC_TRY(const IsolatedObject checked, compile(module, target, name, true));
  pair.obstacle = candidate.problem;
  LLMC_TRY(pair.original, link_side(original, book, describe));
  LLMC_TRY(pair.candidate, link_side(candidate, book, describe));
  LLMC_TRY(pair.checked, link_side(checked, book, describe));
  share_constants(book, pair.original, pair.candidate);
  share_constants(book, pair.original, pair.checked);
  return {};
}

}  // namespace

Result<PreparedPair> prepare_pair(std::string_view assembly, std::string_view ir,
                                  const std::string& name, NormalTarget target,
                                  const ExecutionOptions& options) {
  PreparedPair pair;
  LLMC_TRY(IrModule module, read_candidate(ir));
  llvm::Function* function = module.module().getFunction(name);
  if (function == nullptr || function->isDeclaration())
    return fail(fmt::format("the IR does not define the function '{}'", name));
  LLMC_TRY(const NormalTarget compiled_for, target_of(module.module()));
  if (compiled_for != target) return fail("the IR and the assembly are for different targets");
  LLMC_TRY(IsolatedObject original, isolate_function(assembly, target, name, "the assembly"));
  auto signature = signature_of(*function);
  pair.obstacle = !signature                  ? signature.error().message
                  : !original.problem.empty() ? original.problem
                                              : obstacle_of(*function);
  if (!pair.obstacle.empty()) return pair;
  pair.plan.inputs.signature = std::move(*signature);
  AddressBook book;
  auto linked = link_all(module, target, name, original, book, pair);
  if (!linked) pair.obstacle = linked.error().message;
  if (!pair.obstacle.empty()) return pair;
  Planner planner(*function, original, target, options, pair);
  LLMC_CHECK(planner.plan(book));
  return pair;
}

}  // namespace llmc
