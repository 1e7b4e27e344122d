// Measuring what proposers of pass lists propose for programs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tune/evaluator.h"

namespace llmc {

/// The lists that one proposer names for each program, in its order: canonical texts.
struct FlagProposals {
  std::string proposer;
  std::vector<std::vector<std::string>> lists;  ///< by program
};

/// Sizes of one program with what was proposed.
struct FlagSizes {
  std::optional<std::uint64_t> baseline;  ///< none: it could not be compiled
  std::map<std::string, std::optional<std::uint64_t>> with;  ///< by list; none: the list failed
  Measurement measured;                         ///< of the baseline
  std::map<std::string, std::string> failures;  ///< why, by list that failed
};

/// Measures every program with every list that anyone proposes for it, and with -Oz. Interrupted:
/// an error of that kind.
Result<std::vector<FlagSizes>> measure_proposals(
    Evaluator& evaluator, const std::vector<Program>& programs,
    const std::vector<FlagProposals>& proposals, Objective objective,
    const std::function<void(std::size_t done, std::size_t programs)>& progress);

}  // namespace llmc
