// What an `optimize` run says about each program: a table, or JSON lines.
#pragma once

#include <string>
#include <vector>

#include "propose/explain.h"
#include "propose/optimize.h"

namespace llmc {

/// Sizes that the model expected of the winner; 0: it named none.
struct PredictedSizes {
  std::uint64_t before = 0, after = 0;
};

/// What the model expected of `list`, where it was asked about the whole unit.
PredictedSizes predicted_sizes(const ProgramProposals& proposals, const std::string& list);

/// One paragraph for one program: sizes, gain, list, who proposed it, verdict, what was not asked.
std::string describe(const TunedProgram& tuned, const ProgramProposals& proposals,
                     Objective objective);

/// One JSON object (a line without the newline).
std::string to_json_line(const TunedProgram& tuned, const ProgramProposals& proposals,
                         Objective objective, const Explanation* explanation);

}  // namespace llmc
