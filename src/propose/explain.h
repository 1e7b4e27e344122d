// Why a list makes a program smaller: which of its passes matter, and what shrank.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "passes/pass_list.h"
#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/tuner.h"

namespace llmc {

/// What becomes of the program without one pass of the list.
struct PassEffect {
  std::string pass;
  bool ok = false;           ///< the shorter list compiles
  std::int64_t change = 0;   ///< bytes that the program grows by without it
};

/// A function, an object or a section, at -Oz and with the list; 0: it is not there.
struct SizeChange {
  std::string name;
  std::uint64_t before = 0, after = 0;
};

struct Explanation {
  std::vector<PassEffect> passes;     ///< in the order of the list
  std::vector<SizeChange> sections;   ///< by kind: code, read-only data, unwind tables, data
  std::vector<SizeChange> symbols;    ///< those that changed, the largest change first
};

/// The lists that are `list` without one of its passes, in order, each with the text of what it
/// lacks; managers that are left empty go too.
std::vector<std::pair<std::string, PassList>> without_each_pass(const PassList& list);

/// Evaluates the winner without each of its passes, and compares its object with that of -Oz. The
/// winner must not be -Oz itself.
Result<Explanation> explain(Evaluator& evaluator, const TunedProgram& tuned,
                            const PassCatalogue& catalogue);

/// The explanation as text for people.
std::string to_string(const Explanation& explanation);

}  // namespace llmc
