// Changes of IR that mean the same to whoever runs it and something else to code generation: what
// an exact match may hang on. Included by the .cpp files of the lifter only.
#pragma once

#include <llvm/IR/Function.h>

#include <cstddef>

namespace llmc {

/// How many kinds of changes there are. In this order:
///
///   - a conditional branch goes either way as often
///   - a byte that a call gives and that is only compared with zero is an i1
///   - a load of 32 bits of which 16 are looked at loads 16, from an address that is aligned for 32
///   - a branch on the opposite of an i1 becomes one on the i1
///   - a conditional branch most often goes to its first target; to its second
///   - an instruction that computes only goes down into the block that needs it
///   - an instruction changes places with the next one
///   - operands of a commutative operation or of a comparison change places
///   - a conditional branch asks the opposite
///   - an instruction that computes only goes up into the block before
///   - a phi becomes the first of its block
///   - a block goes to the end
///   - an addition, subtraction, multiplication or shift claims not to overflow (which is taken
///     back after an exact match where the match does not hang on it)
std::size_t move_kinds();

/// True for the kinds that claim what assembly does not prove: an i1 in the place of a byte, an
/// alignment, no overflow.
bool move_claims(std::size_t kind);

/// The first of these kinds are worth trying at all places at once.
inline constexpr std::size_t k_moves_everywhere = 4;

/// Makes the change of that kind at the instruction with the number `place`. False: there it would
/// change what the function does, so nothing was done.
bool make_move(llvm::Function& function, std::size_t place, std::size_t kind);

/// Makes the change of that kind wherever it can be made; false if that is nowhere.
bool make_everywhere(llvm::Function& function, std::size_t kind);

}  // namespace llmc
