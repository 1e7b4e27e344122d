// How far an IR is proven to be what an assembly was made from: rungs, each of which includes the
// ones below it.
#pragma once

#include <string>
#include <string_view>

#include "support/error.h"

namespace llmc {

enum class LiftRung {
  none,       ///< there is no IR
  readable,   ///< LLVM reads and verifies it, and there is no assembly hidden in it
  compiles,   ///< LLVM makes assembly of it: the paper's round trip
  same_instructions,  ///< that assembly is the original but for registers and order
  identical   ///< that assembly is the original: the paper's exact match
};

/// "none", "readable", "compiles", "same-instructions" or "identical".
std::string_view to_string(LiftRung rung);

/// Where an IR stands and why it is not higher.
struct LiftStanding {
  LiftRung rung = LiftRung::none;
  std::string reason;      ///< empty if identical
  std::string assembly;    ///< what it compiles to, as clean_assembly leaves it
};

/// The first line in which two texts differ: "line 3 is 'ret' instead of 'nop'". There must be one.
std::string first_differing_line(std::string_view made, std::string_view wanted);

/// Climbs as far as `ir` goes, for x86-64 Linux at -Oz as clang lowers it. Assemblies are compared
/// as clean_assembly leaves them. All work is done in a child process, which may die of the IR.
LiftStanding climb(std::string_view ir, std::string_view assembly);

}  // namespace llmc
