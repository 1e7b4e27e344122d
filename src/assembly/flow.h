// Control flow of a function of assembly: basic blocks, and what jump tables lead to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assembly/assembly.h"
#include "support/error.h"

namespace llmc {

/// How a block ends.
enum class BlockEnd {
  falls,          ///< into the next block: successors {next}
  jumps,          ///< {target}
  branches,       ///< {target if taken, next}
  table,          ///< by a jump table: one successor an entry, in order, with repetitions
  returns,        ///< {}
  tail_call,      ///< jumps to another function, or through a register or memory: {}
  branches_away,  ///< to another function if its condition holds, a tail call: {next}
  traps           ///< an instruction that never ends (ud2, brk, hlt), or a call that does not
                  ///< return because nothing follows it: {}
};

/// Where an indirect jump reads its table.
struct JumpTable {
  std::size_t load = 0;          ///< the instruction that reads the table
  std::string_view index;        ///< the register that has the index just before it: 64 bits, or
                           ///< a W register that the load extends itself (uxtw)
  std::string datum;  ///< the table's label
};

/// A basic block: the instructions [first, end).
struct AsmBlock {
  std::size_t first = 0, end = 0;
  BlockEnd ending = BlockEnd::falls;
  std::vector<std::size_t> successors;  ///< numbers of blocks
  JumpTable table;  ///< if ending is `table`
};

/// The blocks of `function` in the order of the text; the first is where it is entered. Fails, with
/// the line and the reason, on a jump into the middle of nowhere (a label of another function, no
/// label), on running over the end of the function, and on an indirect jump that looks like one of
/// a table whose table or index cannot be told.
Result<std::vector<AsmBlock>> blocks_of(const AsmUnit& unit, const AsmFunction& function);

}  // namespace llmc
