// How far two functions of assembly are from being the same. BLEU of their texts is in eval/bleu.h.
#pragma once

#include <cstddef>

#include "assembly/assembly.h"
#include "assembly/flow.h"

namespace llmc {

/// The difference between two sequences of lines.
struct EditDistance {
  std::size_t distance = 0;  ///< lines to insert and delete, fewest
  std::size_t length = 0;  ///< lines of both
  bool exact = true;  ///< false: it was more work than allowed; `distance` is less than the
                      ///< true one, or equal

  /// 1 for equal functions, 0 if no line is common.
  [[nodiscard]] double similarity() const {
    return length == 0 ? 1 : 1 - static_cast<double>(distance) / static_cast<double>(length);
  }
};

/// The distance between the lines of the canonical texts of two functions (Myers 1986). Looks for
/// at most 4000 edits, which takes time in proportion to the lines and to the square of the edits;
/// where there are more, the lines that one has more often than the other are counted.
EditDistance edit_distance(const AsmUnit& unit_a, const AsmFunction& a, const AsmUnit& unit_b,
                           const AsmFunction& b);

/// Whether two functions do the same with other registers and in another order: they have the same
/// blocks in the same order, and in each block the same instructions, each on the same values. True
/// is a proof, by value numbering: registers of `a` and `b` that hold the same value are tracked
/// from the entry, where each register holds what it holds in the other, over the blocks to the
/// returns. At a call each register that can have an argument, and at a return each that can have a
/// result or must be kept, has to hold the same value in both. Memory is one value: what reads it
/// may change places with other reads only. So other registers for the same value are seen, also
/// different ones in different blocks, but not other places on the stack, nor another register
/// saved there. Says no where it cannot tell: problems, flow that blocks_of refuses, instructions
/// that change vector registers in part while others use the whole.
bool same_modulo_registers(const AsmUnit& unit_a, const AsmFunction& a, const AsmUnit& unit_b,
                           const AsmFunction& b);

}  // namespace llmc
