#include "tune/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "support/digest.h"
#include "support/stopwatch.h"

namespace llmc {
namespace {

constexpr std::size_t k_generation = 8;  ///< lists evaluated together
constexpr std::size_t k_brood = 4;  ///< of which so many have one parent: they share its beginning
constexpr std::size_t k_most_seeds = 28;  ///< later lists of a portfolio only lend their parts
constexpr std::size_t k_call_changes = 4;  ///< of a generation, once all seeds are tried
constexpr std::size_t k_pool = 12;  ///< lists that may become parents

/// A candidate on its way to being evaluated.
struct Candidate {
  PassList list;
  std::string text;
  const char* origin;
};

/// A list that may be changed further.
struct Parent {
  PassList list;
  std::uint64_t cost;
  Digest ir;
};

/// The state of one program's search between batches.
class Explorer {
 public:
  Explorer(const Program& program, const SearchSetting& setting)
      : program_(program), setting_(setting), random_(seed_for(program, setting.options.seed)) {}

  /// The next lists to evaluate: at most `most`, all new; empty when no more can be thought of.
  std::vector<Candidate> propose(std::size_t most) {
    const bool evolve = setting_.options.strategy == Strategy::evolve;
    const std::size_t wanted = std::min(most, evolve ? k_generation : std::size_t{64});
    std::vector<Candidate> batch;
    brood_left_ = 0;
    for (int attempts = 0; batch.size() < wanted && attempts < 400; ++attempts) {
      Candidate candidate = evolve ? evolved(batch.size()) : random_candidate();
      candidate.text = candidate.list.to_string();
      if (candidate.text.empty() || !proposed_.insert(candidate.text).second) continue;
      batch.push_back(std::move(candidate));
    }
    return batch;
  }

  /// Takes in what came of a proposal.
  void learn(const Candidate& candidate, const Evaluation& row) {
    if (!row.ok()) return;
    const std::uint64_t value = cost(row.sizes, setting_.options.objective);
    // Of lists that give the same code, one parent is enough: the shortest.
    for (Parent& parent : pool_) {
      if (parent.ir != row.ir) continue;
      if (candidate.list.pass_count() < parent.list.pass_count()) parent.list = candidate.list;
      return;
    }
    pool_.push_back({candidate.list, value, row.ir});
    std::ranges::stable_sort(pool_, {}, &Parent::cost);
    if (pool_.size() > k_pool) pool_.resize(k_pool);
  }

 private:
  static std::uint64_t seed_for(const Program& program, std::uint64_t seed) {
    return Digest::of(program.id.hex() + fmt::format("/{}", seed)).low;
  }

  Candidate random_candidate() {
    return {random_list(*setting_.alphabet, setting_.options.random_length, random_), "", "random"};
  }

  /// The first two batches are seeds alone; later ones mix in two until all have been tried.
  Candidate evolved(std::size_t place_in_batch) {
    const bool seeds_left = next_seed_ < std::min(setting_.seeds.size(), k_most_seeds);
    const bool early = next_seed_ < 2 * k_generation;
    if (seeds_left && (early || place_in_batch < 2 || pool_.empty()))
      return {setting_.seeds[next_seed_++], "", "seed"};
    if (pool_.empty()) return random_candidate();
    const bool decide = setting_.options.decide_calls && !program_.calls.empty() && !seeds_left;
    if (decide && place_in_batch < k_call_changes)
      return {mutate_calls(pick_parent().list, program_.calls, random_), "", "calls"};
    if (brood_left_ == 0) {
      brood_parent_ = pick_parent().list;
      brood_left_ = k_brood;
    }
    --brood_left_;
    if (pool_.size() > 1 && random_.chance(0.3))
      return {crossover(brood_parent_, without_leading_call_decisions(pick_parent().list), random_),
              "", "crossover"};
    return {mutated(brood_parent_), "", "mutation"};
  }

  /// The best of three drawn from the sorted pool.
  const Parent& pick_parent() {
    std::size_t best = pool_.size() - 1;
    for (int draw = 0; draw < 3; ++draw) best = std::min(best, random_.below(pool_.size()));
    return pool_[best];
  }

  /// Numbers of calls are those of the program's IR, so decisions on them stay where they are.
  PassList mutated(const PassList& list) {
    return with_call_decisions(
        leading_call_decisions(list, program_.calls),
        mutate(without_leading_call_decisions(list), *setting_.alphabet, random_));
  }

  const Program& program_;
  const SearchSetting& setting_;
  Random random_;
  std::vector<Parent> pool_;
  PassList brood_parent_;
  std::size_t brood_left_ = 0;
  std::unordered_set<std::string> proposed_;
  std::size_t next_seed_ = 0;
};

std::vector<std::string> texts(const std::vector<Candidate>& batch) {
  std::vector<std::string> lists;
  for (const Candidate& candidate : batch) lists.push_back(candidate.text);
  return lists;
}

}  // namespace

bool better(const Evaluation& a, const Evaluation& b, Objective objective) {
  if (a.ok() != b.ok()) return a.ok();
  const std::uint64_t cost_a = cost(a.sizes, objective);
  const std::uint64_t cost_b = cost(b.sizes, objective);
  if (cost_a != cost_b) return cost_a < cost_b;
  // The baseline wins ties: a list that gains nothing is not worth having.
  if ((a.list == k_baseline_list) != (b.list == k_baseline_list)) return a.list == k_baseline_list;
  if (a.list.size() != b.list.size()) return a.list.size() < b.list.size();
  return a.list < b.list;
}

void contend(SearchResult& result, const Evaluation& row, Objective objective) {
  const bool smaller = row.ok() && row.list != k_baseline_list &&
                       cost(row.sizes, objective) < cost(result.baseline.sizes, objective);
  auto& rows = result.contenders;
  const auto place = std::ranges::find_if(
      rows, [&](const Evaluation& other) { return !better(other, row, objective); });
  const bool known = place != rows.end() && place->list == row.list;
  if (!smaller || known) return;
  rows.insert(place, row);
  if (rows.size() > k_most_contenders) rows.pop_back();
}

Task<Result<SearchResult>> search(EvaluationHub& hub, const Program& program,
                                  const SearchSetting& setting, SearchObserver observer) {
  const auto start = std::chrono::steady_clock::now();
  const SearchOptions& options = setting.options;
  SearchResult result;
  // (A braced list inside the co_await expression crashes g++ 12.)
  const std::vector<std::string> only_baseline(1, std::string(k_baseline_list));
  auto baseline = co_await hub.evaluate(program, only_baseline);
  if (!baseline) co_return std::unexpected(baseline.error());
  result.baseline = (*baseline)[0];
  if (!result.baseline.ok())
    co_return fail(fmt::format("{}: the -Oz baseline does not compile: {}: {}", program.name,
                               to_string(result.baseline.outcome), result.baseline.message));
  result.best = result.baseline;
  result.found_by = "-Oz";

  Explorer explorer(program, setting);
  const auto time_left = [&] {
    return !options.seconds || seconds_since(start) < *options.seconds;
  };
  while (result.evaluations < options.evaluations && time_left()) {
    const std::vector<Candidate> batch = explorer.propose(options.evaluations - result.evaluations);
    if (batch.empty()) break;
    auto rows = co_await hub.evaluate(program, texts(batch));
    if (!rows) co_return std::unexpected(rows.error());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Evaluation& row = (*rows)[i];
      ++result.evaluations;
      result.failed += !row.ok();
      explorer.learn(batch[i], row);
      contend(result, row, options.objective);
      const bool smaller = row.ok() && cost(row.sizes, options.objective) <
                                           cost(result.best.sizes, options.objective);
      if (better(row, result.best, options.objective)) {
        result.best = row;
        result.found_by = batch[i].origin;
      }
      if (smaller)
        result.trace.push_back({result.evaluations, cost(row.sizes, options.objective), row.list});
    }
    observer(result.evaluations, result.best);
  }

  if (options.minimise != Minimise::none && result.best.list != k_baseline_list) {
    auto minimal = co_await minimise(hub, program, result.best, setting, result.minimisation);
    if (!minimal) co_return std::unexpected(minimal.error());
    result.best = std::move(*minimal);
  }
  co_return result;
}

}  // namespace llmc
