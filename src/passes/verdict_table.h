// The table of verdicts on passes: data, made by `llmc judge`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "passes/catalogue.h"
#include "support/error.h"

namespace llmc {

/// What trials said about one pass.
struct PassVerdict {
  std::string pass;
  PassTier tier = PassTier::quarantined;
  std::size_t trials = 0;    ///< (program, list) pairs with this pass in the list
  std::size_t wrong = 0;     ///< of those it was blamed for: the program did something else
  std::size_t broken = 0;  ///< of those it was blamed for: LLVM crashed, hung or left invalid IR
  bool alone = false;  ///< the evidence needs no other pass
  std::string finding;  ///< of the evidence, "wrong-output"; empty if nothing was found
  std::string list;  ///< the minimal list that convicted it
  std::string program;  ///< the program that it broke
  std::string evidence;  ///< one line
};

/// A table and what it was made with.
struct VerdictTable {
  std::string llvm;  ///< version, "19.1.7"
  std::size_t programs = 0;  ///< in all suites
  std::size_t csmith = 0;  ///< of those, made by csmith
  std::size_t trials = 0;
  std::vector<PassVerdict> passes;  ///< sorted by name
};

/// The text form:
///
///     table  := magic row*
///     magic  := "llmc-pass-verdicts 1" TAB llvm TAB programs TAB csmith TAB trials TAB checksum NL
///     row    := pass TAB tier TAB trials TAB wrong TAB broken TAB ("alone" | "together" | "-")
///               TAB finding TAB list TAB program TAB evidence NL
///
/// where the checksum is the hash of all rows, and no field holds a TAB or NL.
std::string print_verdict_table(const VerdictTable& table);

/// Reads the text form. A foreign, truncated or changed text is refused with a sentence.
Result<VerdictTable> parse_verdict_table(const std::string& text, const std::string& name);

/// The table of this installation: $LLMC_PASS_VERDICTS, else data/pass-verdicts.tsv.
std::filesystem::path default_verdict_table();

/// That table; an empty one if the file is missing. A damaged one is an error.
Result<VerdictTable> installed_verdicts();

/// Gives each pass of `catalogue` the less trusting of its own tier and the table's, with what
/// convicted it as the note. A table made with another LLVM says nothing, and is not applied.
void apply_verdicts(const VerdictTable& table, PassCatalogue& catalogue);

/// The catalogue with installed_verdicts() applied.
Result<PassCatalogue> installed_catalogue();

}  // namespace llmc
