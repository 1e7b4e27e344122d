// Changes of IR that mean the same to whoever runs it and something else to code generation: what
// an exact match may hang on. Included by the .cpp files of the lifter only.
#pragma once

#include <llvm/IR/Function.h>

#include <cstddef>

#include "support/random.h"

namespace llmc {

/// How many places there are in `function` where something can be changed.
std::size_t count_moves(llvm::Function& function);

/// Makes change number `which` of those that count_moves counted. False: there it would change
/// what the function does, so nothing was done.
///
///   - operands of a commutative operation or of a comparison change places
///   - an instruction changes places with the next one
///   - a conditional branch asks the opposite
///   - a phi becomes the first of its block
///   - an instruction that computes only goes up into the block before
///   - a block goes to the end
///   - an addition, subtraction, multiplication or shift claims not to overflow (which is taken
///   back
///     after an exact match where the match does not hang on it)
bool make_move(llvm::Function& function, std::size_t which);

}  // namespace llmc
