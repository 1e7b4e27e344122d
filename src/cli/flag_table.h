// The table that `llmc eval flags` prints.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "eval/results.h"

namespace llmc {

/// What the table shows, and how.
struct FlagTable {
  std::vector<std::uint64_t> ks;     ///< a line for each proposer after so many lists
  std::uint64_t evaluations = 0;     ///< of a search; another line of its own
  std::uint64_t seed = 1;            ///< of the resampling
  bool has_best = false;             ///< a line for the smallest of all that was measured
  bool is_unsafe = false;            ///< no list was tested on any program
  bool json = false;                 ///< JSON lines
};

/// What was spent on the figures.
struct FlagCosts {
  std::map<std::string, std::size_t>
      failures;  ///< programs that a model gave no answer for, by reason
  std::uint64_t prompt_tokens = 0;
  std::size_t programs = 0;
  bool has_models = false;
  std::size_t lists_tested = 0;
  std::size_t lists_left_untested = 0;
};

/// Prints scores, the comparison of models with the portfolio, times and costs.
void print_flag_table(const ResultSet& results, const FlagTable& table, const FlagCosts& costs);

}  // namespace llmc
