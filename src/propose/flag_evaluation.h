// How much smaller programs become with the first k lists that each of several proposers names:
// the comparison of models, portfolios and searches.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tune/evaluator.h"
#include "tune/search.h"
#include "tune/tuner.h"

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
};

/// Measures every program with every list that anyone proposes for it, and with -Oz. Interrupted:
/// an error of that kind.
Result<std::vector<FlagSizes>> measure_proposals(
    Evaluator& evaluator, const std::vector<Program>& programs,
    const std::vector<FlagProposals>& proposals, Objective objective,
    const std::function<void(std::size_t done, std::size_t programs)>& progress);

/// How a proposer does with its first k lists.
struct FlagScore {
  std::size_t k = 0;
  std::size_t programs = 0;
  std::size_t improved = 0;   ///< smaller than -Oz
  std::size_t regressed = 0;  ///< all k lists are larger than -Oz, or fail
  double gain = 0;  ///< 1 - geometric mean of size / -Oz size, -Oz where nothing is smaller
  double unguarded = 0;  ///< the same without that backup; a failed list counts as -Oz
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
  /// log(size / -Oz size) of each program, at most 0: what the gain is the mean of, for intervals
  /// and for paired comparisons.
  std::vector<double> log_ratios;
};

/// Scores of the first k lists, for each k. `is_sound`: what the gate lets pass; other lists count
/// as if they had failed.
std::vector<FlagScore> score_proposals(const std::vector<FlagSizes>& sizes,
                                       const FlagProposals& proposals,
                                       const std::vector<std::size_t>& ks,
                                       const std::function<bool(const std::string&)>& is_sound);

/// The smallest of all lists that were measured, a bound for what proposers of them can reach.
FlagScore score_best(const std::vector<FlagSizes>& sizes,
                     const std::function<bool(const std::string&)>& is_sound);

/// The same of searches after k evaluations. Their lists are not tested.
FlagScore score_searches(const std::vector<TunedProgram>& tuned, Objective objective,
                         std::size_t k);

/// An interval that holds the mean of what `values` are drawn from with 95 % confidence: percentile
/// bootstrap (Efron 1979) of `draws` resamples.
struct Interval {
  double low = 0, high = 0;
};
Interval bootstrap_mean(const std::vector<double>& values, std::size_t draws, std::uint64_t seed);

}  // namespace llmc
