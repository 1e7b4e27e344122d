#include "tune/tuner.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "passes/call_decisions.h"
#include "tune/run_all.h"

namespace llmc {
namespace {

/// What a list is for other programs.
std::string without_decisions(const std::string& list) {
  auto elements = read_elements(list);
  if (!elements) return list;
  return without_leading_call_decisions(PassList(std::move(*elements))).to_string();
}

/// The most frequent winning lists, most frequent first, then by text.
std::vector<std::string> frequent_winners(const std::vector<TunedProgram>& tuned,
                                          std::size_t most) {
  std::map<std::string, std::size_t> counts;
  for (const TunedProgram& one : tuned)
    if (one.result && one.result->best.list != k_baseline_list)
      ++counts[without_decisions(one.result->best.list)];
  counts.erase("");
  std::vector<std::pair<std::string, std::size_t>> ranked(counts.begin(), counts.end());
  std::ranges::stable_sort(ranked,
                           [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> lists;
  for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i) lists.push_back(ranked[i].first);
  return lists;
}

/// The winners of other programs, tried on this one.
Task<Result<SearchResult>> try_winners(EvaluationHub& hub, const TunedProgram& tuned,
                                       const std::vector<std::string>& winners,
                                       Objective objective) {
  SearchResult result = *tuned.result;
  std::vector<std::string> others;
  for (const std::string& winner : winners)
    if (winner != result.best.list) others.push_back(winner);
  auto rows = co_await hub.evaluate(*tuned.program, others);
  if (!rows) co_return std::unexpected(rows.error());
  result.broadcast += rows->size();
  for (const Evaluation& row : *rows) {
    result.failed += !row.ok();
    contend(result, row, objective);
    if (!row.ok() || cost(row.sizes, objective) >= cost(result.best.sizes, objective)) continue;
    result.best = row;
    result.found_by = "broadcast";
  }
  co_return result;
}

double log_ratio(const SearchResult& result, Objective objective) {
  const auto before = static_cast<double>(cost(result.baseline.sizes, objective));
  const auto after = static_cast<double>(cost(result.best.sizes, objective));
  return before > 0 && after > 0 ? std::log(after / before) : 0;
}

}  // namespace

Result<std::vector<TunedProgram>> tune(Evaluator& evaluator, const std::vector<Program>& programs,
                                       const SearchSetting& setting, std::size_t broadcast,
                                       const std::function<void(const TunerProgress&)>& observer) {
  EvaluationHub hub(evaluator);
  const Objective objective = setting.options.objective;
  std::vector<TunedProgram> tuned(programs.size());
  std::vector<std::uint64_t> spent(programs.size(), 0);
  TunerProgress progress;
  progress.programs = programs.size();
  progress.evaluations_wanted = programs.size() * setting.options.evaluations;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    tuned[i].program = &programs[i];
    tuned[i].result = fail("interrupted", ErrorKind::interrupted);
  }

  const auto make_search = [&](std::size_t i) {
    ++progress.programs_started;
    return search(hub, programs[i], setting, [&, i](std::uint64_t done, const Evaluation&) {
      progress.evaluations += done - std::exchange(spent[i], done);
      observer(progress);
    });
  };
  const auto finish_search = [&](std::size_t i, Result<SearchResult> result) {
    tuned[i].result = std::move(result);
    ++progress.programs_done;
    if (tuned[i].result) progress.log_ratio += log_ratio(*tuned[i].result, objective);
    observer(progress);
  };
  LLMC_TRY(const bool all_searched,
           run_all(hub, programs.size(), evaluator.jobs(), make_search, finish_search));
  if (!all_searched || broadcast == 0 || programs.size() < 2) return tuned;

  const std::vector<std::string> winners = frequent_winners(tuned, broadcast);
  std::vector<std::size_t> searched;
  for (std::size_t i = 0; i < tuned.size(); ++i)
    if (tuned[i].result) searched.push_back(i);
  const auto make_broadcast = [&](std::size_t i) {
    return try_winners(hub, tuned[searched[i]], winners, objective);
  };
  const auto finish_broadcast = [&](std::size_t i, Result<SearchResult> result) {
    if (result) tuned[searched[i]].result = std::move(result);
  };
  LLMC_CHECK(run_all(hub, searched.size(), evaluator.jobs(), make_broadcast, finish_broadcast));
  return tuned;
}

}  // namespace llmc
