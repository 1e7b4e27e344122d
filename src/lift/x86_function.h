// One function of x86-64 assembly as IR. Included by the .cpp files of the lifter only.
//
// A function is lifted twice. The first pass (`study`) goes over its blocks until nothing new is
// learnt, and throws its IR away: what it learns is which registers carry arguments and results,
// where the stack frame is touched and how, and what each call seems to be given. Signatures and
// the frame's layout are decided on that, for all functions of a unit together. The second pass
// (`write`) makes the IR.
#pragma once

#include <llvm/IR/Module.h>

#include <memory>

#include "assembly/assembly.h"
#include "assembly/flow.h"
#include "lift/lift_facts.h"
#include "lift/signature.h"

namespace llmc {

/// A function with its blocks.
struct X86Source {
  const AsmUnit* unit = nullptr;
  const AsmFunction* function = nullptr;
  std::vector<AsmBlock> blocks;
};

/// How the stack frame becomes variables.
enum class FrameCut {
  objects,  ///< one for each place whose address is taken, up to the next; one for each other slot
  whole  ///< one for all from the lowest place whose address is taken; one for each slot below
};

/// What lifting needs to know of others.
struct X86Context {
  const SignatureTable* signatures = nullptr;  ///< of callees; those missing are inferred
  FrameCut cut = FrameCut::whole;
};

/// What the code of `source` tells. Fails, with the instruction and the reason, on what the lifter
/// does not model.
Result<LiftFacts> study(const X86Source& source, const X86Context& context);

/// The signature that `facts` make likely.
LiftSignature inferred_signature(const LiftFacts& facts, const SignatureTable& callees);

/// `signature` with all that the function may be giving back, so that no caller misses anything:
/// %rax wherever it has a value at every return, and %rdx wherever it has one that was not used.
LiftSignature widest_signature(LiftSignature signature, const LiftFacts& facts,
                               const SignatureTable& callees);

/// The signature of a callee that its calls make likely.
LiftSignature inferred_signature(const std::vector<CallFacts>& calls);

/// Writes `source` as a function of that signature into the empty `module`, next to declarations
/// of what it refers to. Registers and flags are still variables of the entry block.
Result<void> write(const X86Source& source, const X86Context& context, LiftFacts facts,
                   const LiftSignature& signature, llvm::Module& module);

/// The parts that a frame falls into, by the places that `facts` names; `end` is where the caller's
/// part begins, with the return address at 0.
struct FramePart {
  std::int64_t begin = 0, end = 0;
};
std::vector<FramePart> frame_parts(const LiftFacts& facts, FrameCut cut);

}  // namespace llmc
