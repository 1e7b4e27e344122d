// Whether calls and what they call agree about registers. Included by the .cpp files of the lifter
// only.
#pragma once

#include <llvm/IR/InstrTypes.h>

#include <string>

namespace llmc {

/// What the declaration of the callee says about how values are extended and whether it returns, at
/// `call` itself, so that it stays true when the declaration is replaced.
void repeat_at_call(llvm::CallBase& call);

/// Why `call`, which calls a function that is defined with another type, does not pass all that
/// this one takes, or uses more than it returns, as x86-64 Linux passes values; empty if all is
/// well or the callee has no body. A result that is only returned in turn, as tail calls have it,
/// is not used.
std::string disagreement(const llvm::CallBase& call);

}  // namespace llmc
