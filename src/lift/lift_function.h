// One function of assembly as IR. Included by the .cpp files of the lifter only.
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
#include "lift/lift_inference.h"
#include "lift/signature.h"

namespace llmc {

/// A function with its blocks.
struct LiftSource {
  const AsmUnit* unit = nullptr;
  const AsmFunction* function = nullptr;
  std::vector<AsmBlock> blocks;
};

/// What lifting needs to know of others.
struct LiftContext {
  const SignatureTable* signatures = nullptr;  ///< of callees; those missing are inferred
  FrameCut cut = FrameCut::whole;
};

/// What the code of `source` tells. Fails, with the instruction and the reason, on what the lifter
/// does not model.
Result<LiftFacts> study(const LiftSource& source, const LiftContext& context);

/// Writes `source` as a function of that signature into the empty `module`, next to declarations
/// of what it refers to. Registers and flags are still variables of the entry block.
Result<void> write(const LiftSource& source, const LiftContext& context, LiftFacts facts,
                   const LiftSignature& signature, llvm::Module& module);

}  // namespace llmc
