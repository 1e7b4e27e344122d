// Jump tables: from an indirect jump to the table that it reads. Internal to this folder.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "assembly/facts.h"
#include "assembly/flow.h"

namespace llmc {

/// Where the labels of a function are.
using LabelPlaces = std::map<std::string_view, std::size_t>;

/// What is known of the flow before tables are: for each instruction the ones that may run just
/// before it, where that is not only the one that stands before it.
struct RoughFlow {
  /// Instructions that jump here; indirect jumps lead to all labels that are not only jumped to.
  std::vector<std::vector<std::size_t>> from;
  std::vector<bool> falls;  ///< whether the instruction may go on with the next one
};

/// Where an indirect jump reads a table, and how.
struct LocatedTable {
  JumpTable table;
  unsigned size = 8;                   ///< of an entry, in bytes
  std::string from;  ///< what the entries count from; empty: they are addresses
  unsigned shift = 0;  ///< by how much entries are shifted left
  bool is_signed = true;  ///< whether entries may be negative
  std::optional<std::size_t> checked;  ///< AArch64: a comparison lets through so many indices
};

/// What an indirect jump by a table comes to.
struct FoundTable {
  JumpTable table;
  std::vector<std::size_t> targets;  ///< of each entry, the instruction
};

/// The table that the indirect jump at `jump` reads, with its targets; nothing if the jump does not
/// look like one of a table; an error if it does, but table, index or entries cannot be told.
Result<std::optional<FoundTable>> find_table(const AsmUnit& unit, const AsmFunction& function,
                                             const LabelPlaces& labels, const RoughFlow& flow,
                                             const InstructionFacts& facts, std::size_t jump);

/// As find_table, without a look at the table's entries.
Result<std::optional<LocatedTable>> locate_table(const AsmUnit& unit, const AsmFunction& function,
                                                 const LabelPlaces& labels, const RoughFlow& flow,
                                                 const InstructionFacts& facts, std::size_t jump);

/// The tables that the indirect jumps of `function` read, as far as they can be told.
std::vector<LocatedTable> located_tables(const AsmUnit& unit, const AsmFunction& function,
                                         const InstructionFacts& facts);

}  // namespace llmc
