// How proposers of pass lists do, from the rows of a run: sizes after the first k lists or after so
// many compilations, gains, and proposers against each other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "eval/results.h"
#include "eval/statistics.h"

namespace llmc {

/// The lists that one proposer names for each unit, by rank.
struct ProposerLists {
  std::string proposer;
  std::vector<std::vector<const ProposalRow*>> by_unit;
};

/// The units that have a baseline, and who proposed what for them. Points into a ResultSet.
struct ProposalTable {
  std::vector<const UnitRow*> units;
  std::vector<ProposerLists> proposers;  ///< in the order in which the rows name them
  std::size_t failed_units = 0;  ///< units without a baseline
  std::size_t strays = 0;  ///< proposals for units that have no baseline or no row
  std::uint64_t most_lists = 0;  ///< the largest rank
};
ProposalTable tabulate(const ResultSet& results);

/// Which of a unit's lists count.
using CountsList = std::function<bool(const ProposalRow&)>;
CountsList first_lists(std::uint64_t k);
CountsList first_compilations(std::uint64_t compilations);

/// The row of the smallest size of those that count and are ok, the first of equals; null if none
/// is.
const ProposalRow* best_list(const std::vector<const ProposalRow*>& lists,
                             const CountsList& counts);

/// The same, but null also if it makes `unit` no smaller than -Oz does.
const ProposalRow* smaller_list(const UnitRow& unit, const std::vector<const ProposalRow*>& lists,
                                const CountsList& counts);

/// A proposer's gains over all units of a table. Gains are 1 - geometric mean of size / -Oz size.
struct ProposerScore {
  std::size_t units = 0;
  std::size_t answered = 0;  ///< units with a list that counts, of whatever status
  std::size_t improved = 0;  ///< units that are smaller than with -Oz
  std::size_t regressed = 0;  ///< units where no list that counts is at most as large as with -Oz
  double gain = 0;  ///< -Oz where nothing is smaller
  Interval gain_interval;
  double raw_gain = 0;  ///< without that backup; -Oz only where no list is ok
  Interval raw_interval;
  double median = 0, worst = 0, best = 0;  ///< of the units' own gains, without the backup
  std::uint64_t bytes_before = 0, bytes_after = 0;  ///< totals, with the backup
  double lists = 0, compilations = 0;  ///< means over the units
  std::uint64_t invalid = 0, failed = 0, unsound = 0;  ///< lists that count
  /// log(size / -Oz size) of each unit, with and without the backup.
  std::vector<double> log_ratios, raw_log_ratios;
};
ProposerScore score_proposer(const ProposalTable& table, const ProposerLists& lists,
                             const CountsList& counts, const Resampling& resampling);

/// Only what a curve of gains needs: the gain with the backup.
double gain_with(const ProposalTable& table, const ProposerLists& lists, const CountsList& counts);

/// How sizes that a proposer predicts for its lists compare with the true ones. Lists that are ok.
struct PredictionScore {
  std::size_t lists = 0;
  std::optional<double> error, pearson, spearman;  ///< error: MAPE
  std::optional<double> error_of_no_change;  ///< MAPE of the unit's -Oz size as the prediction
  std::vector<double> predicted, truth;
};
PredictionScore score_predictions(const ProposalTable& table, const ProposerLists& lists);

/// Two scores of the same units, unit by unit: the second against the first.
struct PairedGains {
  std::size_t units = 0, smaller = 0, larger = 0;  ///< units that are so with the second
  double difference = 0;  ///< of the gains, positive: the second is better
  Interval interval;
  SignedRankTest test;
};
PairedGains pair_gains(const std::vector<double>& first_log_ratios,
                       const std::vector<double>& second_log_ratios, const Resampling& resampling);

/// The number of each unit's benchmark: clusters for Resampling.
std::vector<std::size_t> benchmark_numbers(const std::vector<const UnitRow*>& units);

/// The names of the passes of a list, in its order: "module(function(sroa<…>),default<Oz>)" has
/// sroa and default<Oz>. Managers ("module", "on<NAME>") are no passes.
std::vector<std::string> passes_of(std::string_view list);

/// 1, 2, 5, 10, 30, 100, … below `most`, and `most`.
std::vector<std::uint64_t> usual_numbers(std::uint64_t most);

}  // namespace llmc
