#include "propose/optimize.h"

#include <fmt/format.h>

#include <algorithm>

#include "propose/compose.h"
#include "tune/run_all.h"

namespace llmc {
namespace {

/// A list to measure and who named it first.
struct Candidate {
  std::string list;
  std::string by;
};

std::vector<Candidate> candidates_of(const ProgramProposals& proposals,
                                     const std::vector<PassList>& portfolio) {
  std::vector<Candidate> candidates;
  const auto add = [&](const PassList& list, const char* by) {
    std::string text = list.to_string();
    if (std::ranges::find(candidates, text, &Candidate::list) == candidates.end())
      candidates.push_back({std::move(text), by});
  };
  for (const RankedList& ranked : proposals.from_model) add(ranked.list, "model");
  for (const PassList& list : portfolio) add(list, "portfolio");
  return candidates;
}

/// Measures the baseline and all candidates.
Task<Result<SearchResult>> measure(EvaluationHub& hub, const Program& program,
                                   const std::vector<Candidate>& candidates, Objective objective) {
  std::vector<std::string> lists(1, std::string(k_baseline_list));
  for (const Candidate& candidate : candidates) lists.push_back(candidate.list);
  auto rows = co_await hub.evaluate(program, lists);
  if (!rows) co_return std::unexpected(rows.error());
  SearchResult result;
  result.baseline = rows->front();
  if (!result.baseline.ok())
    co_return fail(fmt::format("{}: the -Oz baseline does not compile: {}: {}", program.name,
                               to_string(result.baseline.outcome), result.baseline.message));
  result.best = result.baseline;
  result.found_by = "-Oz";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Evaluation& row = (*rows)[i + 1];
    ++result.evaluations;
    result.failed += !row.ok();
    contend(result, row, objective);
    const bool smaller =
        row.ok() && cost(row.sizes, objective) < cost(result.best.sizes, objective);
    if (smaller) result.trace.push_back({result.evaluations, cost(row.sizes, objective), row.list});
    if (!better(row, result.best, objective)) continue;
    result.best = row;
    result.found_by = candidates[i].by;
  }
  co_return result;
}

/// The search that follows, with what it found before as its first seeds. `setting` is filled in
/// here and must live as long as the task.
Task<Result<SearchResult>> search_on(EvaluationHub& hub, const Program& program,
                                     const std::vector<Candidate>& candidates,
                                     const PassCatalogue& catalogue, SearchResult measured,
                                     SearchSetting& setting) {
  std::vector<PassList> seeds;
  for (const Candidate& candidate : candidates)
    if (auto list = PassList::parse(candidate.list, catalogue)) seeds.push_back(std::move(*list));
  for (PassList& seed : setting.seeds)
    if (std::ranges::find(seeds, seed) == seeds.end()) seeds.push_back(std::move(seed));
  setting.seeds = std::move(seeds);
  auto found = co_await search(hub, program, setting, [](std::uint64_t, const Evaluation&) {});
  if (!found) co_return std::unexpected(found.error());
  const Objective objective = setting.options.objective;
  for (const Evaluation& row : measured.contenders) contend(*found, row, objective);
  found->evaluations += measured.evaluations;
  found->failed += measured.failed;
  if (cost(found->best.sizes, objective) >= cost(measured.best.sizes, objective)) {
    found->best = measured.best;
    found->found_by = measured.found_by;
  }
  co_return found;
}

constexpr std::size_t k_answers_for_parts = 2;  ///< of each function

/// A part and what it alone saves.
struct MeasuredPart {
  FunctionPart part;
  std::uint64_t cost = 0;
};

/// Tries the model's answers about single functions as parts in front of the best list so far:
/// each alone, then those that help, best first, together.
Task<Result<SearchResult>> try_parts(EvaluationHub& hub, const Program& program,
                                     const ModelAdvice& advice, const PassCatalogue& catalogue,
                                     SearchResult result, std::size_t most, Objective objective) {
  const bool has_list = result.best.list != k_baseline_list;
  auto tail = PassList::parse(has_list ? result.best.list : "default<Oz>", catalogue);
  if (!tail) co_return std::unexpected(tail.error());
  const std::vector<FunctionPart> parts = parts_of_advice(advice, k_answers_for_parts);
  std::vector<std::string> lists;
  for (const FunctionPart& part : parts) {
    const std::vector<FunctionPart> alone(1, part);
    lists.push_back(compose(alone, *tail).to_string());
  }
  const auto take = [&](const Evaluation& row) {
    ++result.evaluations;
    result.failed += !row.ok();
    contend(result, row, objective);
    if (!better(row, result.best, objective)) return;
    result.trace.push_back({result.evaluations, cost(row.sizes, objective), row.list});
    result.best = row;
    result.found_by = "model, by function";
  };
  const std::uint64_t before = cost(result.best.sizes, objective);
  auto rows = co_await hub.evaluate(program, lists);
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<MeasuredPart> helpful;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Evaluation& row = (*rows)[i];
    if (row.ok() && cost(row.sizes, objective) < before)
      helpful.push_back({parts[i], cost(row.sizes, objective)});
    take(row);
  }
  std::ranges::stable_sort(helpful, {}, &MeasuredPart::cost);
  std::vector<FunctionPart> together;
  lists.clear();
  for (const MeasuredPart& one : helpful) {
    if (together.size() == most) break;
    if (std::ranges::find(together, one.part.function, &FunctionPart::function) != together.end())
      continue;
    together.push_back(one.part);
    if (together.size() > 1) lists.push_back(compose(together, *tail).to_string());
  }
  rows = co_await hub.evaluate(program, lists);
  if (!rows) co_return std::unexpected(rows.error());
  for (const Evaluation& row : *rows) take(row);
  co_return result;
}

/// The whole run, phase by phase.
class Optimiser {
 public:
  Optimiser(Evaluator& evaluator, const std::vector<Program>& programs,
            const OptimizeSetting& setting,
            const std::function<void(const OptimizeProgress&)>& observer)
      : hub_(evaluator),
        programs_(programs),
        setting_(setting),
        observer_(observer),
        candidates_(programs.size()) {
    outcome_.tuned.resize(programs.size());
    outcome_.proposals.resize(programs.size());
    for (std::size_t i = 0; i < programs.size(); ++i) {
      outcome_.tuned[i].program = &programs[i];
      outcome_.tuned[i].result = fail("interrupted", ErrorKind::interrupted);
    }
  }

  Result<OptimizeOutcome> run() {
    LLMC_CHECK(ask());
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      ProgramProposals& proposals = outcome_.proposals[i];
      candidates_[i] = candidates_of(proposals, setting_.sources.portfolio);
      for (const Candidate& candidate : candidates_[i])
        proposals.named_by[candidate.list] = candidate.by;
    }
    LLMC_CHECK(measure_all());
    if (setting_.sources.function_parts > 0) {
      LLMC_CHECK(compose_all());
    }
    if (setting_.sources.search != nullptr) {
      LLMC_CHECK(search_all());
    }
    return std::move(outcome_);
  }

 private:
  Result<void> ask() {
    if (setting_.sources.model == nullptr) return {};
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      observer_({OptimizeProgress::Phase::asking, i, programs_.size()});
      const ProposalSources& sources = setting_.sources;
      LLMC_TRY(ModelAdvice advice,
               sources.responses != nullptr
                   ? ask_for_responses(programs_[i], *sources.model, *sources.responses,
                                       *setting_.catalogue, sources.advice)
                   : ask_model(programs_[i], *sources.model, *setting_.catalogue, sources.advice));
      ProgramProposals& proposals = outcome_.proposals[i];
      proposals.from_model = rank_lists(advice, setting_.model_lists);
      proposals.advice = std::move(advice);
    }
    return {};
  }

  Result<void> measure_all() {
    const auto make = [&](std::size_t i) {
      return measure(hub_, programs_[i], candidates_[i], setting_.objective);
    };
    return run_phase(programs_.size(), make, [](std::size_t k) { return k; });
  }

  Result<void> compose_all() {
    std::vector<std::size_t> split;
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      const auto& advice = outcome_.proposals[i].advice;
      if (outcome_.tuned[i].result && advice && advice->questions.is_split) split.push_back(i);
    }
    const auto make = [&](std::size_t k) {
      const std::size_t i = split[k];
      return try_parts(hub_, programs_[i], *outcome_.proposals[i].advice, *setting_.catalogue,
                       *outcome_.tuned[i].result, setting_.sources.function_parts,
                       setting_.objective);
    };
    return run_phase(split.size(), make, [&](std::size_t k) { return split[k]; });
  }

  Result<void> search_all() {
    std::vector<std::size_t> measured;
    for (std::size_t i = 0; i < programs_.size(); ++i)
      if (outcome_.tuned[i].result) measured.push_back(i);
    std::vector<SearchSetting> settings(measured.size(), *setting_.sources.search);
    const auto make = [&](std::size_t k) {
      const std::size_t i = measured[k];
      return search_on(hub_, programs_[i], candidates_[i], *setting_.catalogue,
                       *outcome_.tuned[i].result, settings[k]);
    };
    return run_phase(measured.size(), make, [&](std::size_t k) { return measured[k]; });
  }

  template <typename Make, typename Index>
  Result<void> run_phase(std::size_t count, Make make, Index index) {
    std::size_t done = 0;
    const auto finish = [&](std::size_t k, Result<SearchResult> result) {
      outcome_.tuned[index(k)].result = std::move(result);
      observer_({OptimizeProgress::Phase::measuring, ++done, count});
    };
    LLMC_TRY(const bool all, run_all(hub_, count, hub_.evaluator().jobs(), make, finish));
    if (!all) return fail("interrupted", ErrorKind::interrupted);
    return {};
  }

  EvaluationHub hub_;
  const std::vector<Program>& programs_;
  const OptimizeSetting& setting_;
  const std::function<void(const OptimizeProgress&)>& observer_;
  std::vector<std::vector<Candidate>> candidates_;
  OptimizeOutcome outcome_;
};

}  // namespace

Result<OptimizeOutcome> optimise(Evaluator& evaluator, const std::vector<Program>& programs,
                                 const OptimizeSetting& setting,
                                 const std::function<void(const OptimizeProgress&)>& observer) {
  return Optimiser(evaluator, programs, setting, observer).run();
}

void prefer_tested_lists(std::vector<TunedProgram>& tuned, Objective objective,
                         const std::function<bool(const std::string& list)>& is_known_sound) {
  for (TunedProgram& one : tuned) {
    if (!one.result || one.result->best.list == k_baseline_list ||
        is_known_sound(one.result->best.list))
      continue;
    SearchResult& result = *one.result;
    const auto tested = std::ranges::find_if(result.contenders, [&](const Evaluation& row) {
      return cost(row.sizes, objective) == cost(result.best.sizes, objective) &&
             is_known_sound(row.list);
    });
    if (tested != result.contenders.end()) result.best = *tested;
  }
}

}  // namespace llmc
