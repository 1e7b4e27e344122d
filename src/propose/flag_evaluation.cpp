#include "propose/flag_evaluation.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "support/random.h"
#include "tune/hub.h"
#include "tune/report.h"
#include "tune/run_all.h"

namespace llmc {
namespace {

using IsSound = std::function<bool(const std::string&)>;

Task<Result<FlagSizes>> measure_one(EvaluationHub& hub, const Program& program,
                                    std::vector<std::string> lists, Objective objective) {
  auto rows = co_await hub.evaluate(program, lists);
  if (!rows) co_return std::unexpected(rows.error());
  FlagSizes sizes;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Evaluation& row = (*rows)[i];
    std::optional<std::uint64_t> size;
    if (row.ok()) size = cost(row.sizes, objective);
    if (i == 0)
      sizes.baseline = size;
    else
      sizes.with[lists[i]] = size;
  }
  co_return sizes;
}

double log_ratio(std::uint64_t after, std::uint64_t before) {
  return before == 0 || after == 0
             ? 0
             : std::log(static_cast<double>(after) / static_cast<double>(before));
}

/// The smallest size with the first k lists; none if all fail.
std::optional<std::uint64_t> smallest(const FlagSizes& sizes, const std::vector<std::string>& lists,
                                      std::size_t k, const IsSound& is_sound) {
  std::optional<std::uint64_t> best;
  for (std::size_t i = 0; i < std::min(k, lists.size()); ++i) {
    const auto found = sizes.with.find(lists[i]);
    if (found == sizes.with.end() || !found->second || !is_sound(lists[i])) continue;
    best = best ? std::min(*best, *found->second) : *found->second;
  }
  return best;
}

/// Counts programs into a score.
class Scorer {
 public:
  explicit Scorer(std::size_t k) { score_.k = k; }

  void add(std::uint64_t baseline, std::optional<std::uint64_t> size) {
    ++score_.programs;
    const std::uint64_t kept = size ? std::min(*size, baseline) : baseline;
    score_.improved += kept < baseline;
    score_.regressed += !size || *size > baseline;
    score_.bytes_before += baseline;
    score_.bytes_after += kept;
    score_.log_ratios.push_back(log_ratio(kept, baseline));
    guarded_ += score_.log_ratios.back();
    unguarded_ += log_ratio(size.value_or(baseline), baseline);
  }

  [[nodiscard]] FlagScore score() const {
    FlagScore score = score_;
    const auto count = static_cast<double>(std::max<std::size_t>(1, score.programs));
    score.gain = 1 - std::exp(guarded_ / count);
    score.unguarded = 1 - std::exp(unguarded_ / count);
    return score;
  }

 private:
  FlagScore score_;
  double guarded_ = 0, unguarded_ = 0;  ///< sums of log ratios
};

}  // namespace

Result<std::vector<FlagSizes>> measure_proposals(
    Evaluator& evaluator, const std::vector<Program>& programs,
    const std::vector<FlagProposals>& proposals, Objective objective,
    const std::function<void(std::size_t, std::size_t)>& progress) {
  EvaluationHub hub(evaluator);
  std::vector<FlagSizes> sizes(programs.size());
  std::optional<Error> failure;
  std::size_t done = 0;
  const auto make = [&](std::size_t i) {
    std::vector<std::string> lists = {std::string(k_baseline_list)};
    std::set<std::string> known;
    for (const FlagProposals& one : proposals)
      for (const std::string& list : one.lists[i])
        if (known.insert(list).second) lists.push_back(list);
    return measure_one(hub, programs[i], std::move(lists), objective);
  };
  const auto finish = [&](std::size_t i, Result<FlagSizes> result) {
    if (result)
      sizes[i] = std::move(*result);
    else if (!failure)
      failure = result.error();
    progress(++done, programs.size());
  };
  LLMC_TRY(const bool all, run_all(hub, programs.size(), 2 * evaluator.jobs(), make, finish));
  if (!all) return fail("interrupted", ErrorKind::interrupted);
  if (failure) return std::unexpected(*failure);
  return sizes;
}

std::vector<FlagScore> score_proposals(const std::vector<FlagSizes>& sizes,
                                       const FlagProposals& proposals,
                                       const std::vector<std::size_t>& ks,
                                       const IsSound& is_sound) {
  std::vector<FlagScore> scores;
  for (const std::size_t k : ks) {
    Scorer scorer(k);
    for (std::size_t i = 0; i < sizes.size(); ++i)
      if (sizes[i].baseline)
        scorer.add(*sizes[i].baseline, smallest(sizes[i], proposals.lists[i], k, is_sound));
    scores.push_back(scorer.score());
  }
  return scores;
}

FlagScore score_best(const std::vector<FlagSizes>& sizes, const IsSound& is_sound) {
  FlagProposals all{"best", {}};
  std::size_t most = 0;
  for (const FlagSizes& one : sizes) {
    std::vector<std::string>& lists = all.lists.emplace_back();
    for (const auto& [list, size] : one.with) lists.push_back(list);
    most = std::max(most, lists.size());
  }
  return score_proposals(sizes, all, {most}, is_sound).front();
}

FlagScore score_searches(const std::vector<TunedProgram>& tuned, Objective objective,
                         std::size_t k) {
  Scorer scorer(k);
  for (const TunedProgram& one : tuned)
    if (one.result)
      scorer.add(cost(one.result->baseline.sizes, objective),
                 cost_after(*one.result, objective, k));
  return scorer.score();
}

Interval bootstrap_mean(const std::vector<double>& values, std::size_t draws, std::uint64_t seed) {
  if (values.empty() || draws == 0) return {};
  Random random(seed);
  std::vector<double> means;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random.below(values.size())];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::ranges::sort(means);
  const auto at = [&](double share) {
    return means[static_cast<std::size_t>(share * static_cast<double>(draws - 1))];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace llmc
