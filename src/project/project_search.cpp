#include "project/project_search.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "project/project_budget.h"
#include "support/stopwatch.h"
#include "tune/run_all.h"

namespace llmc {
namespace {

constexpr std::uint64_t k_chunk = 16;  ///< two generations of a search

/// All searches of a project, while they are at work.
class SharedSearcher {
 public:
  SharedSearcher(Evaluator& evaluator, const std::vector<Program>& programs,
                 const SharedSearch& setting,
                 const std::function<void(const SharedSearchProgress&)>& observer)
      : hub_(evaluator),
        programs_(programs),
        setting_(setting),
        observer_(observer),
        settings_(programs.size(), setting.common),
        tuned_(programs.size()) {
    progress_.wanted = setting.evaluations;
    for (std::size_t i = 0; i < programs.size(); ++i) {
      tuned_[i].program = &programs[i];
      tuned_[i].result = fail("interrupted", ErrorKind::interrupted);
      SearchSetting& own = settings_[i];
      own.options.minimise = Minimise::none;
      own.options.seconds.reset();
      own.options.evaluations = 0;
      if (!setting.first.empty()) put_first(own.seeds, setting.first[i]);
    }
  }

  Result<std::vector<TunedProgram>> run() {
    std::vector<std::size_t> all(programs_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    LLMC_CHECK(extend(all, 0));
    LLMC_CHECK(spend());
    LLMC_CHECK(minimise_winners());
    LLMC_CHECK(try_winners_of_others());
    return std::move(tuned_);
  }

 private:
  static void put_first(std::vector<PassList>& seeds, const std::vector<PassList>& first) {
    std::erase_if(
        seeds, [&](const PassList& seed) { return std::ranges::find(first, seed) != first.end(); });
    seeds.insert(seeds.begin(), first.begin(), first.end());
  }

  [[nodiscard]] Objective objective() const { return setting_.common.options.objective; }
  [[nodiscard]] std::uint64_t best_cost(std::size_t i) const {
    return cost(tuned_[i].result->best.sizes, objective());
  }

  /// Bytes of what is linked that `saved` bytes of the object's cost stand for.
  [[nodiscard]] double linked(std::size_t i, double saved) const {
    const auto whole = static_cast<double>(cost(tuned_[i].result->baseline.sizes, objective()));
    return whole > 0 ? saved * setting_.bytes[i] / whole : 0;
  }

  template <typename Make, typename Finish>
  Result<void> run_for(const std::vector<std::size_t>& which, Make make, Finish finish) {
    LLMC_TRY(const bool all, run_all(
                                 hub_, which.size(), hub_.evaluator().jobs(),
                                 [&](std::size_t k) { return make(which[k]); },
                                 [&](std::size_t k, auto result) {
                                   finish(which[k], std::move(result));
                                   observer_(progress_);
                                 }));
    return all ? Result<void>() : fail("interrupted", ErrorKind::interrupted);
  }

  /// Gives each of `which` so many evaluations more.
  Result<void> extend(const std::vector<std::size_t>& which, std::uint64_t evaluations) {
    for (const std::size_t i : which) settings_[i].options.evaluations += evaluations;
    const auto make = [&](std::size_t i) {
      return search(hub_, programs_[i], settings_[i], [](std::uint64_t, const Evaluation&) {});
    };
    return run_for(which, make, [&](std::size_t i, Result<SearchResult> result) {
      tuned_[i].result = std::move(result);
      progress_.evaluations += evaluations;
    });
  }

  Result<void> spend() {
    if (setting_.spread == BudgetSpread::even) return spend_evenly();
    std::vector<BudgetClaim> claims;
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      const bool counts = setting_.seconds.has_value() && tuned_[i].result;
      const double seconds = counts ? std::max(tuned_[i].result->baseline.seconds, 1e-3) : 1;
      claims.emplace_back(setting_.bytes[i], seconds);
      if (!tuned_[i].result) claims.back().finish();
    }
    const std::size_t together =
        std::max<std::size_t>(2 * hub_.evaluator().jobs(), programs_.size() / 8);
    while (progress_.evaluations < setting_.evaluations && time_is_left()) {
      const std::uint64_t left = setting_.evaluations - progress_.evaluations;
      const std::uint64_t chunk = std::min(k_chunk, left);
      const auto chosen =
          choose_claims(claims, chunk, std::min<std::uint64_t>(together, left / chunk));
      if (chosen.empty()) break;
      LLMC_CHECK(spend_on(chosen, chunk, claims));
    }
    return {};
  }

  /// So many evaluations for each of `chosen`.
  Result<void> spend_on(const std::vector<std::size_t>& chosen, std::uint64_t chunk,
                        std::vector<BudgetClaim>& claims) {
    std::map<std::size_t, std::uint64_t> before;
    for (const std::size_t i : chosen) before[i] = best_cost(i);
    LLMC_CHECK(extend(chosen, chunk));
    for (const std::size_t i : chosen) {
      if (!tuned_[i].result) {
        claims[i].finish();
        continue;
      }
      const double saved = linked(i, static_cast<double>(before[i] - best_cost(i)));
      claims[i].learn(chunk, saved);
      progress_.saved += saved;
      if (tuned_[i].result->evaluations < settings_[i].options.evaluations) claims[i].finish();
    }
    return {};
  }

  Result<void> spend_evenly() {
    const std::vector<std::size_t> all = searched();
    return all.empty() ? Result<void>() : extend(all, setting_.evaluations / all.size());
  }

  /// Those that count and can be compiled.
  [[nodiscard]] std::vector<std::size_t> searched() const {
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < tuned_.size(); ++i)
      if (tuned_[i].result && setting_.bytes[i] > 0) which.push_back(i);
    return which;
  }

  [[nodiscard]] bool time_is_left() const {
    return !setting_.seconds || seconds_since(start_) < *setting_.seconds;
  }

  [[nodiscard]] std::vector<std::size_t> improved() const {
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < tuned_.size(); ++i)
      if (tuned_[i].result && tuned_[i].result->best.list != k_baseline_list) which.push_back(i);
    return which;
  }

  Result<void> minimise_winners() {
    if (setting_.common.options.minimise == Minimise::none) return {};
    progress_.phase = "shortening";
    std::vector<std::uint64_t> spent(programs_.size(), 0);
    const auto make = [&](std::size_t i) {
      return minimise(hub_, programs_[i], tuned_[i].result->best, setting_.common, spent[i]);
    };
    return run_for(improved(), make, [&](std::size_t i, Result<Evaluation> shorter) {
      tuned_[i].result->minimisation += spent[i];
      if (!shorter) return;
      contend(*tuned_[i].result, *shorter, objective());
      tuned_[i].result->best = std::move(*shorter);
    });
  }

  /// What one list saves of all that is linked.
  using Savings = std::map<std::string, double>;

  void add_saving(Savings& savings, std::size_t i, const Evaluation& row) const {
    const auto whole = cost(tuned_[i].result->baseline.sizes, objective());
    savings[row.list] += linked(i, static_cast<double>(whole - cost(row.sizes, objective())));
  }

  /// Adds those that save most to `lists`.
  void add_best(const Savings& savings, std::vector<std::string>& lists) const {
    std::vector<std::pair<std::string, double>> ranked(savings.begin(), savings.end());
    std::ranges::stable_sort(ranked, std::ranges::greater(),
                             [](const auto& one) { return one.second; });
    if (ranked.size() > setting_.broadcast) ranked.resize(setting_.broadcast);
    for (const auto& [list, saving] : ranked)
      if (std::ranges::find(lists, list) == lists.end()) lists.push_back(list);
  }

  /// The winners of single programs, and the best of their lists that are known to be sound.
  [[nodiscard]] std::vector<std::string> lists_that_save_most() const {
    Savings winners;
    Savings known;
    std::map<std::string, bool> sound;
    const auto is_sound = [&](const std::string& list) {
      const auto [entry, is_new] = sound.emplace(list, false);
      if (is_new && setting_.is_known_sound) entry->second = setting_.is_known_sound(list);
      return entry->second;
    };
    for (const std::size_t i : improved()) {
      const SearchResult& result = *tuned_[i].result;
      add_saving(winners, i, result.best);
      const auto best = std::ranges::find_if(
          result.contenders, [&](const Evaluation& row) { return is_sound(row.list); });
      if (best != result.contenders.end()) add_saving(known, i, *best);
    }
    std::vector<std::string> lists;
    add_best(winners, lists);
    add_best(known, lists);
    return lists;
  }

  Task<Result<std::vector<Evaluation>>> evaluate(std::size_t i, std::vector<std::string> lists) {
    auto rows = co_await hub_.evaluate(programs_[i], std::move(lists));
    co_return rows;
  }

  Result<void> try_winners_of_others() {
    progress_.phase = "trying the winners of others";
    const std::vector<std::string> winners = lists_that_save_most();
    const auto make = [&](std::size_t i) {
      std::vector<std::string> others = winners;
      std::erase(others, tuned_[i].result->best.list);
      return evaluate(i, std::move(others));
    };
    return run_for(searched(), make, [&](std::size_t i, Result<std::vector<Evaluation>> rows) {
      if (!rows) return;
      SearchResult& result = *tuned_[i].result;
      result.broadcast += rows->size();
      for (const Evaluation& row : *rows) {
        result.failed += !row.ok();
        contend(result, row, objective());
        if (!row.ok() || cost(row.sizes, objective()) >= best_cost(i)) continue;
        result.best = row;
        result.found_by = "broadcast";
      }
    });
  }

  EvaluationHub hub_;
  const std::vector<Program>& programs_;
  const SharedSearch& setting_;
  const std::function<void(const SharedSearchProgress&)>& observer_;
  std::vector<SearchSetting> settings_;
  std::vector<TunedProgram> tuned_;
  SharedSearchProgress progress_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<std::vector<TunedProgram>> search_shared(
    Evaluator& evaluator, const std::vector<Program>& programs, const SharedSearch& setting,
    const std::function<void(const SharedSearchProgress&)>& observer) {
  return SharedSearcher(evaluator, programs, setting, observer).run();
}

}  // namespace llmc
