#include "tune/gate.h"

#include <algorithm>
#include <map>
#include <set>

#include "tune/run_all.h"

namespace llmc {
namespace {

/// The gate while it is at work.
class Gatekeeper {
 public:
  Gatekeeper(Evaluator& evaluator, std::vector<TunedProgram>& tuned, const SearchSetting& setting,
             const ListCheck& check, const std::function<void(const GateProgress&)>& observer)
      : hub_(evaluator),
        jobs_(evaluator.jobs()),
        tuned_(tuned),
        setting_(setting),
        check_(check),
        observer_(observer),
        tried_(tuned.size()) {}

  Result<GateProgress> run() {
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < tuned_.size(); ++i) {
      if (!tuned_[i].result) continue;
      ++progress_.programs;
      if (is_baseline(i))
        ++progress_.programs_done;
      else
        waiting.push_back(i);
    }
    Result<void> round;
    while (!waiting.empty() && round) round = check_once(waiting);
    for (const std::size_t i : waiting)
      tuned_[i].result = fail("interrupted", ErrorKind::interrupted);
    if (!round && round.error().kind != ErrorKind::interrupted)
      return std::unexpected(round.error());
    return progress_;
  }

 private:
  bool is_baseline(std::size_t i) const { return tuned_[i].result->best.list == k_baseline_list; }

  /// One check for each waiting program; those that need another one are left in `waiting`.
  Result<void> check_once(std::vector<std::size_t>& waiting) {
    std::vector<std::size_t> rejected;
    while (!waiting.empty()) {
      const std::size_t i = waiting.front();
      auto verdict = verdict_on(tuned_[i].result->best.list);
      if (!verdict) {
        waiting.insert(waiting.end(), rejected.begin(), rejected.end());
        return std::unexpected(verdict.error());
      }
      waiting.erase(waiting.begin());
      if (verdict->sound()) {
        tuned_[i].verdict = std::move(*verdict);
        ++progress_.programs_done;
      } else {
        tried_[i].insert(verdict->list);
        // Minimised, another list may be the same as one before.
        auto& convicted = tuned_[i].rejected;
        if (std::ranges::find(convicted, verdict->list, &Verdict::list) == convicted.end())
          convicted.push_back(std::move(*verdict));
        if (take_next(i)) rejected.push_back(i);
      }
      observer_(progress_);
    }
    waiting = std::move(rejected);
    return minimise_all(waiting);
  }

  Result<Verdict> verdict_on(const std::string& list) {
    const auto known = verdicts_.find(list);
    if (known != verdicts_.end()) return known->second;
    LLMC_TRY(Verdict verdict, check_(list));
    ++progress_.lists;
    progress_.rejected += !verdict.sound();
    return verdicts_.emplace(list, std::move(verdict)).first->second;
  }

  /// The next best list of the program becomes its winner; false if there is none, and -Oz does.
  bool take_next(std::size_t i) {
    SearchResult& result = *tuned_[i].result;
    for (const Evaluation& row : result.contenders) {
      const auto known = verdicts_.find(row.list);
      const bool is_rejected = known != verdicts_.end() && !known->second.sound();
      if (is_rejected || !tried_[i].insert(row.list).second) continue;
      result.best = row;
      result.found_by = "contender";
      return true;
    }
    result.best = result.baseline;
    result.found_by = "-Oz";
    ++progress_.programs_done;
    return false;
  }

  Result<void> minimise_all(const std::vector<std::size_t>& programs) {
    if (setting_.options.minimise == Minimise::none || programs.empty()) return {};
    std::vector<std::uint64_t> spent(programs.size(), 0);
    const auto make = [&](std::size_t k) {
      const TunedProgram& one = tuned_[programs[k]];
      return minimise(hub_, *one.program, one.result->best, setting_, spent[k]);
    };
    Result<void> outcome;
    const auto finish = [&](std::size_t k, Result<Evaluation> minimal) {
      SearchResult& result = *tuned_[programs[k]].result;
      result.minimisation += spent[k];
      if (minimal)
        result.best = std::move(*minimal);
      else
        outcome = std::unexpected(minimal.error());
    };
    LLMC_TRY(const bool all_done, run_all(hub_, programs.size(), jobs_, make, finish));
    if (!all_done) return fail("interrupted", ErrorKind::interrupted);
    return outcome;
  }

  EvaluationHub hub_;
  std::size_t jobs_;
  std::vector<TunedProgram>& tuned_;
  const SearchSetting& setting_;
  const ListCheck& check_;
  const std::function<void(const GateProgress&)>& observer_;
  GateProgress progress_;
  std::map<std::string, Verdict> verdicts_;
  std::vector<std::set<std::string>> tried_;  ///< lists of each program that need no second check
};

}  // namespace

Result<GateProgress> gate_winners(Evaluator& evaluator, std::vector<TunedProgram>& tuned,
                                  const SearchSetting& setting, const ListCheck& check,
                                  const std::function<void(const GateProgress&)>& observer) {
  return Gatekeeper(evaluator, tuned, setting, check, observer).run();
}

}  // namespace llmc
