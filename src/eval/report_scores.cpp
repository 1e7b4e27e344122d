#include "eval/report_scores.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

namespace llmc {
namespace {

double log_size_ratio(std::uint64_t after, std::uint64_t before) {
  return before == 0 || after == 0
             ? 0
             : std::log(static_cast<double>(after) / static_cast<double>(before));
}

/// Counts one unit's lists into a score.
class ScoreCounter {
 public:
  ScoreCounter(ProposerScore& score, const CountsList& counts) : score_(score), counts_(counts) {}

  void add(const UnitRow& unit, const std::vector<const ProposalRow*>& lists) {
    ++score_.units;
    count_lists(lists);
    const ProposalRow* best = best_list(lists, counts_);
    const std::uint64_t before = *unit.size;
    const std::uint64_t raw = best == nullptr ? before : *best->size;
    const std::uint64_t kept = std::min(raw, before);
    score_.improved += kept < before;
    score_.regressed += best == nullptr || raw > before;
    score_.bytes_before += before;
    score_.bytes_after += kept;
    score_.log_ratios.push_back(log_size_ratio(kept, before));
    score_.raw_log_ratios.push_back(log_size_ratio(raw, before));
  }

 private:
  void count_lists(const std::vector<const ProposalRow*>& lists) {
    std::size_t counted = 0;
    std::uint64_t compilations = 0;
    for (const ProposalRow* list : lists) {
      if (!counts_(*list)) continue;
      ++counted;
      compilations = std::max(compilations, list->compilations);
      score_.invalid += list->status == ProposalStatus::invalid;
      score_.failed += list->status == ProposalStatus::failed;
      score_.unsound += list->status == ProposalStatus::unsound;
    }
    score_.answered += counted > 0;
    score_.lists += static_cast<double>(counted);
    score_.compilations += static_cast<double>(compilations);
  }

  ProposerScore& score_;
  const CountsList& counts_;
};

}  // namespace

ProposalTable tabulate(const ResultSet& results) {
  ProposalTable table;
  std::unordered_map<std::string, std::size_t> unit_index, proposer_index;
  for (const UnitRow& unit : results.units) {
    if (!unit.failed.empty()) {
      ++table.failed_units;
      continue;
    }
    unit_index.emplace(unit.id, table.units.size());
    table.units.push_back(&unit);
  }
  for (const ProposalRow& row : results.proposals) {
    const auto unit = unit_index.find(row.id);
    if (unit == unit_index.end()) {
      ++table.strays;
      continue;
    }
    const auto [proposer, is_new] = proposer_index.emplace(row.proposer, table.proposers.size());
    if (is_new)
      table.proposers.push_back(
          {row.proposer, std::vector<std::vector<const ProposalRow*>>(table.units.size())});
    table.proposers[proposer->second].by_unit[unit->second].push_back(&row);
    table.most_lists = std::max(table.most_lists, row.rank);
  }
  for (ProposerLists& one : table.proposers)
    for (auto& lists : one.by_unit)
      std::ranges::stable_sort(lists, {}, [](const ProposalRow* row) { return row->rank; });
  return table;
}

CountsList first_lists(std::uint64_t k) {
  return [k](const ProposalRow& row) { return row.rank <= k; };
}

CountsList first_compilations(std::uint64_t compilations) {
  return [compilations](const ProposalRow& row) { return row.compilations <= compilations; };
}

const ProposalRow* best_list(const std::vector<const ProposalRow*>& lists,
                             const CountsList& counts) {
  const ProposalRow* best = nullptr;
  for (const ProposalRow* row : lists) {
    if (row->status != ProposalStatus::ok || !counts(*row)) continue;
    if (best == nullptr || *row->size < *best->size) best = row;
  }
  return best;
}

const ProposalRow* smaller_list(const UnitRow& unit, const std::vector<const ProposalRow*>& lists,
                                const CountsList& counts) {
  const ProposalRow* best = best_list(lists, counts);
  return best != nullptr && *best->size < *unit.size ? best : nullptr;
}

ProposerScore score_proposer(const ProposalTable& table, const ProposerLists& lists,
                             const CountsList& counts, const Resampling& resampling) {
  ProposerScore score;
  ScoreCounter counter(score, counts);
  for (std::size_t i = 0; i < table.units.size(); ++i)
    counter.add(*table.units[i], lists.by_unit[i]);
  const auto units = static_cast<double>(std::max<std::size_t>(1, score.units));
  score.lists /= units;
  score.compilations /= units;
  score.gain = gain_of(score.log_ratios);
  score.gain_interval = gains_of(bootstrap_mean(score.log_ratios, resampling));
  score.raw_gain = gain_of(score.raw_log_ratios);
  score.raw_interval = gains_of(bootstrap_mean(score.raw_log_ratios, resampling));
  if (score.units == 0) return score;
  const auto [least, most] = std::ranges::minmax(score.raw_log_ratios);
  score.best = 1 - std::exp(least);
  score.worst = 1 - std::exp(most);
  score.median = 1 - std::exp(median(score.raw_log_ratios));
  return score;
}

double gain_with(const ProposalTable& table, const ProposerLists& lists, const CountsList& counts) {
  std::vector<double> log_ratios;
  for (std::size_t i = 0; i < table.units.size(); ++i) {
    const UnitRow& unit = *table.units[i];
    const ProposalRow* smaller = smaller_list(unit, lists.by_unit[i], counts);
    log_ratios.push_back(smaller == nullptr ? 0 : log_size_ratio(*smaller->size, *unit.size));
  }
  return gain_of(log_ratios);
}

PredictionScore score_predictions(const ProposalTable& table, const ProposerLists& lists) {
  PredictionScore score;
  std::vector<double> unchanged;
  for (std::size_t i = 0; i < table.units.size(); ++i) {
    for (const ProposalRow* row : lists.by_unit[i]) {
      if (row->status != ProposalStatus::ok || !row->predicted_after) continue;
      unchanged.push_back(static_cast<double>(*table.units[i]->size));
      score.predicted.push_back(static_cast<double>(*row->predicted_after));
      score.truth.push_back(static_cast<double>(*row->size));
    }
  }
  score.lists = score.truth.size();
  score.error = mean_absolute_share(score.predicted, score.truth);
  score.error_of_no_change = mean_absolute_share(unchanged, score.truth);
  score.pearson = pearson(score.predicted, score.truth);
  score.spearman = spearman(score.predicted, score.truth);
  return score;
}

PairedGains pair_gains(const std::vector<double>& first_log_ratios,
                       const std::vector<double>& second_log_ratios, const Resampling& resampling) {
  PairedGains paired;
  paired.units = first_log_ratios.size();
  std::vector<double> saved;
  for (std::size_t i = 0; i < paired.units; ++i) {
    saved.push_back(first_log_ratios[i] - second_log_ratios[i]);
    paired.smaller += saved.back() > 0;
    paired.larger += saved.back() < 0;
  }
  paired.difference = gain_of(second_log_ratios) - gain_of(first_log_ratios);
  paired.interval = bootstrap(paired.units, resampling, [&](const std::vector<std::size_t>& items) {
    double first = 0, second = 0;
    for (const std::size_t item : items) {
      first += first_log_ratios[item];
      second += second_log_ratios[item];
    }
    const auto count = static_cast<double>(items.size());
    return std::exp(first / count) - std::exp(second / count);
  });
  paired.test = signed_rank_test(saved);
  return paired;
}

std::vector<std::size_t> benchmark_numbers(const std::vector<const UnitRow*>& units) {
  std::map<std::string, std::size_t> numbers;
  std::vector<std::size_t> of_units;
  for (const UnitRow* unit : units)
    of_units.push_back(numbers.emplace(unit->benchmark, numbers.size()).first->second);
  return of_units;
}

std::vector<std::string> passes_of(std::string_view list) {
  std::vector<std::string> passes;
  std::string word, parameters;
  int depth = 0;
  const auto end_pass = [&] {
    if (!word.empty()) passes.push_back(word == "default" ? word + parameters : word);
    word.clear();
    parameters.clear();
  };
  for (const char c : list) {
    if (c == '<') ++depth;
    if (depth > 0)
      parameters += c;
    else if (c == '(')
      word.clear(), parameters.clear();
    else if (c == ',' || c == ')')
      end_pass();
    else
      word += c;
    if (c == '>') --depth;
  }
  end_pass();
  return passes;
}

std::vector<std::uint64_t> usual_numbers(std::uint64_t most) {
  std::vector<std::uint64_t> numbers;
  for (const std::uint64_t number : {1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10000})
    if (number < most) numbers.push_back(number);
  if (most > 0) numbers.push_back(most);
  return numbers;
}

}  // namespace llmc
