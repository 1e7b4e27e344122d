// What an exact match leaves open, and what matters as soon as the IR is optimised. Included by the
// .cpp files of the lifter only.
#pragma once

#include <llvm/IR/Function.h>

#include <string>

#include "assembly/assembly.h"
#include "lift/signature.h"

namespace llmc {

/// Why `function`, lifted from `unit`, must not be optimised: something was guessed that code
/// outside of it relies on. Empty if there is nothing.
///
///   - It hands out addresses on its stack, or computes them: where one object there ends and the
///     next begins cannot be told from code, and passes remove what they take for another object.
///   - It calls through a pointer, or a function that is neither in the file nor in `known`: which
///     registers are arguments is a guess.
std::string guess_in(const llvm::Function& function, const AsmUnit& unit,
                     const SignatureTable& known);

/// True if code or data of `unit` refers to `name` other than by calling it.
bool is_address_taken(const AsmUnit& unit, const std::string& name);

}  // namespace llmc
