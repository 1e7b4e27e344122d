// What a model answers, as values that print and parse. The paper does not publish its answers'
// wording; this grammar is ours:
//
//     emulation   := "The output code has instruction count " N " and binary size " N " bytes:"
//                    NL NL code
//     flag-tuning := "Run the following passes opt -p '" LIST "' to reduce the binary size from "
//                    N " to " N " bytes." [NL NL code]
//                  | "No list beats -Oz; the unoptimized binary size is " N " bytes."
//     disassembly := code
//     code        := "<code>" TEXT "</code>"
//
// Printing keeps to it. Parsing takes what models make of it: any wording around the numbers, other
// quotes or none around the list, the paper's spelling of lists, a code block that never ends, and
// anything after the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "passes/pass_list.h"
#include "support/error.h"

namespace llmc {

/// The optimised code and its sizes.
struct EmulationAnswer {
  std::uint64_t instructions = 0;
  std::uint64_t binary_size = 0;
  std::string code;

  /// Fails if there is no code block; numbers that are missing are 0.
  static Result<EmulationAnswer> parse(std::string_view text);
  friend bool operator==(const EmulationAnswer&, const EmulationAnswer&) = default;
};

std::string to_string(const EmulationAnswer& answer);

/// A pass list and what it is expected to do; no list: -Oz is as good as it gets.
struct FlagTuningAnswer {
  std::optional<PassList> list;
  std::uint64_t unoptimised_size = 0;  ///< of the object that the prompt's IR is lowered to
  std::uint64_t optimised_size = 0;  ///< with `list`
  std::string code;  ///< after `list`; may be empty

  /// Fails if `text` holds neither a list nor the word that there is none, or a list that does
  /// not exist; the error says why. Numbers that are missing are 0.
  static Result<FlagTuningAnswer> parse(std::string_view text, const PassCatalogue& catalogue);
  friend bool operator==(const FlagTuningAnswer&, const FlagTuningAnswer&) = default;
};

std::string to_string(const FlagTuningAnswer& answer);

/// The IR that an assembly was made from.
struct DisassemblyAnswer {
  std::string ir;

  /// Fails if there is no code block.
  static Result<DisassemblyAnswer> parse(std::string_view text);
  friend bool operator==(const DisassemblyAnswer&, const DisassemblyAnswer&) = default;
};

std::string to_string(const DisassemblyAnswer& answer);

}  // namespace llmc
