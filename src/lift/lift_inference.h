// What code tells about signatures and stack frames. Included by the .cpp files of the lifter only.
#pragma once

#include <vector>

#include "lift/lift_convention.h"
#include "lift/lift_facts.h"
#include "lift/signature.h"

namespace llmc {

/// The signature that `facts` make likely.
LiftSignature inferred_signature(const LiftFacts& facts, const SignatureTable& callees,
                                 const LiftConvention& convention);

/// `signature` with all that the function may be giving back, so that no caller misses anything:
/// the first register of results wherever it has a value at every return, and the second wherever
/// it has one that was not used.
LiftSignature widest_signature(LiftSignature signature, const LiftFacts& facts,
                               const SignatureTable& callees, const LiftConvention& convention);

/// The signature of a callee that its calls make likely.
LiftSignature inferred_signature(const std::vector<CallFacts>& calls,
                                 const LiftConvention& convention);

/// The parts that a frame falls into, by the places that `facts` names; `end` is where the caller's
/// part begins, with the stack pointer at entry at 0.
struct FramePart {
  std::int64_t begin = 0, end = 0;
};
std::vector<FramePart> frame_parts(const LiftFacts& facts, FrameCut cut,
                                   const LiftConvention& convention);

}  // namespace llmc
