#include "lift/lift_function.h"

#include <algorithm>
#include <map>

#include "lift/lift_pass.h"

namespace llmc {
namespace {

constexpr unsigned k_most_rounds = 12;

/// The stack pointer is a multiple of 16 where the arguments on the stack begin.
llvm::Align alignment_of(const FramePart& part, const LiftConvention& convention) {
  const std::int64_t place = part.begin + convention.stack_arguments;
  std::int64_t alignment = 16;
  while (alignment > 1 && (place % alignment != 0 || part.end - part.begin < alignment))
    alignment /= 2;
  return llvm::Align(static_cast<std::uint64_t>(alignment));
}

/// An empty function; without a signature it takes and gives nothing.
llvm::Function* make_function(const LiftSource& source, const LiftSignature* signature,
                              llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  llvm::FunctionType* const type =
      signature == nullptr ? llvm::FunctionType::get(llvm::Type::getVoidTy(context), false)
                           : function_type_of(*signature, context);
  llvm::Function* const function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                                          source.function->name, &module);
  llvm::BasicBlock::Create(context, "", function);
  return function;
}

}  // namespace

Result<LiftFacts> study(const LiftSource& source, const LiftContext& context) {
  std::map<std::size_t, LiftRegisters> exits;
  for (unsigned round = 0; round < k_most_rounds; ++round) {
    llvm::LLVMContext llvm_context;
    llvm::Module module("", llvm_context);
    module.setDataLayout(llvm::StringRef(data_layout_of(source.unit->target)));
    LiftFacts facts;
    const auto pass =
        make_pass(source, context, *make_function(source, nullptr, module), facts, nullptr);
    const auto before = exits;
    LLMC_CHECK(pass->run(exits));
    if (round > 0 && exits == before) {
      facts.exits = std::move(exits);
      return facts;
    }
  }
  return fail("what its registers hold is not settled after " + std::to_string(k_most_rounds) +
              " rounds");
}

Result<void> write(const LiftSource& source, const LiftContext& context, LiftFacts facts,
                   const LiftSignature& signature, llvm::Module& module) {
  llvm::Function* const function = make_function(source, &signature, module);
  const LiftConvention& convention = convention_of(source.unit->target);
  const std::vector<FramePart> parts = frame_parts(facts, context.cut, convention);
  LiftFacts again;
  const auto pass = make_pass(source, context, *function, again, &signature);
  LiftMachine& machine = pass->machine();
  std::vector<FrameObject> objects;
  for (const FramePart& part : parts) {
    const auto size = static_cast<std::uint64_t>(part.end - part.begin);
    auto* const alloca =
        machine.ir.CreateAlloca(llvm::ArrayType::get(machine.ir.getInt8Ty(), size));
    alloca->setAlignment(alignment_of(part, convention));
    objects.push_back({part.begin, part.end, alloca});
  }
  machine.lay_out(std::move(objects));
  pass->calls().bind_parameters();
  std::map<std::size_t, LiftRegisters> exits = std::move(facts.exits);
  pass->calls().use_sites(std::move(facts.calls));
  return pass->run(exits);
}

}  // namespace llmc
