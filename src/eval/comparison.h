// Two files of results against each other: what the second reaches on the programs of both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/report_scores.h"
#include "eval/results.h"
#include "eval/statistics.h"

namespace llmc {

struct ComparisonOptions {
  std::vector<std::uint64_t> ks;  ///< empty: the usual numbers up to the most that both have
  Resampling resampling;          ///< its clusters are not used
  bool cluster_benchmarks = false;
};

/// Something that both runs say about themselves, and not the same.
struct VersionDifference {
  std::string what, first, second;  ///< values, several with commas between
};

/// One proposer after its first k lists.
struct ComparedGains {
  std::string proposer;
  std::uint64_t k = 0;
  double first = 0, second = 0;          ///< gains
  double first_raw = 0, second_raw = 0;  ///< without the -Oz backup
  PairedGains paired;                    ///< with the backup
};

/// A number of the other tasks that both files have: the share of functions that came back
/// identical, perplexity, pass@1.
struct ComparedNumber {
  std::string what;
  std::size_t count = 0;  ///< what both have: functions, texts, problems
  double first = 0, second = 0;
  enum class Better { larger, smaller } better = Better::larger;
};

struct Comparison {
  std::vector<VersionDifference> versions;
  std::size_t common_units = 0;
  std::vector<std::string> only_first, only_second;  ///< names of units
  std::size_t other_baselines = 0;  ///< common units whose -Oz size is not the same
  std::vector<std::string> proposers_only_first, proposers_only_second;
  std::vector<ComparedGains> gains;
  std::vector<ComparedNumber> numbers;
};

Comparison compare_results(const ResultSet& first, const ResultSet& second,
                           const ComparisonOptions& options);

/// Whether a gain is worse in the second file: by more than `tolerance` (a share: 0.001 is 0.1
/// points), or, without one, with an interval that lies below 0.
bool is_worse(const ComparedGains& gains, std::optional<double> tolerance);
/// Whether a number is worse by more than `tolerance`.
bool is_worse(const ComparedNumber& number, double tolerance);

/// For people, and as one JSON object with its newline.
std::string print_comparison(const Comparison& comparison);
std::string comparison_json(const Comparison& comparison);

}  // namespace llmc
