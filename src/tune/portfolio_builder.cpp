#include "tune/portfolio_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "passes/targeted.h"
#include "tune/run_all.h"

namespace llmc {
namespace {

using Observer = std::function<void(const std::string&)>;

/// The best rows of each program, one for each distinct outcome in code, smaller than -Oz. Lists
/// that name functions are for one program and left out.
std::map<Digest, std::vector<Evaluation>> best_rows(Store& store, Objective objective,
                                                    std::size_t per_program) {
  std::map<Digest, std::vector<Evaluation>> rows;
  std::map<Digest, std::uint64_t> baseline;
  (void)store.for_each([&](const Evaluation& row) {
    if (!row.ok() || has_targeted_parts(row.list)) return;
    if (row.list == k_baseline_list) {
      baseline[row.program] = cost(row.sizes, objective);
      return;
    }
    std::vector<Evaluation>& best = rows[row.program];
    for (Evaluation& known : best) {
      if (known.ir != row.ir) continue;
      if (better(row, known, objective)) known = row;
      return;
    }
    best.push_back(row);
    std::ranges::sort(best, [&](const auto& a, const auto& b) { return better(a, b, objective); });
    if (best.size() > per_program) best.resize(per_program);
  });
  for (auto& [program, best] : rows)
    std::erase_if(best, [&, id = program](const Evaluation& row) {
      return cost(row.sizes, objective) >= baseline[id];
    });
  return rows;
}

/// One coroutine for each program: its best lists, minimised.
Task<Result<std::vector<std::string>>> minimised(EvaluationHub& hub, const Program& program,
                                                 std::vector<Evaluation> winners,
                                                 const SearchSetting& setting) {
  std::vector<std::string> lists;
  std::uint64_t spent = 0;
  for (Evaluation& winner : winners) {
    if (setting.options.minimise == Minimise::none) {
      lists.push_back(winner.list);
      continue;
    }
    auto minimal = co_await minimise(hub, program, std::move(winner), setting, spent);
    if (!minimal) co_return std::unexpected(minimal.error());
    lists.push_back(minimal->list);
  }
  co_return lists;
}

Task<Result<std::vector<double>>> log_ratios(EvaluationHub& hub, const Program& program,
                                             const std::vector<std::string>& lists,
                                             Objective objective) {
  const std::vector<std::string> only_baseline(1, std::string(k_baseline_list));
  auto baseline = co_await hub.evaluate(program, only_baseline);
  if (!baseline) co_return std::unexpected(baseline.error());
  auto rows = co_await hub.evaluate(program, lists);
  if (!rows) co_return std::unexpected(rows.error());
  const auto before = static_cast<double>(cost((*baseline)[0].sizes, objective));
  std::vector<double> ratios;
  for (const Evaluation& row : *rows) {
    const auto after = static_cast<double>(cost(row.sizes, objective));
    const bool usable = row.ok() && before > 0 && after > 0;
    ratios.push_back(usable ? std::log(after / before) : std::numeric_limits<double>::quiet_NaN());
  }
  co_return ratios;
}

std::vector<double> gains_of_prefixes(const RatioTable& table,
                                      const std::vector<std::size_t>& chosen) {
  std::vector<double> best(table.size(), 0.0);
  std::vector<double> gains;
  for (const std::size_t list : chosen) {
    double sum = 0;
    for (std::size_t program = 0; program < table.size(); ++program) {
      const double ratio = table[program][list];
      if (!std::isnan(ratio)) best[program] = std::min(best[program], ratio);
      sum += best[program];
    }
    gains.push_back(1 - std::exp(sum / static_cast<double>(table.size())));
  }
  return gains;
}

}  // namespace

Result<ChosenPortfolio> build_portfolio(Evaluator& evaluator, Store& store,
                                        const std::vector<Program>& programs,
                                        const SearchSetting& setting,
                                        const PortfolioOptions& options, const Observer& observer) {
  EvaluationHub hub(evaluator);
  const Objective objective = setting.options.objective;
  auto winners = best_rows(store, objective, options.per_program);
  if (std::ranges::none_of(programs, [&](const Program& one) { return winners.contains(one.id); }))
    return fail("the store holds no evaluation of these programs; run llmc tune on them first");

  std::set<std::string> candidates;
  std::size_t done = 0;
  std::optional<Error> error;
  const auto make_minimised = [&](std::size_t i) {
    return minimised(hub, programs[i], winners[programs[i].id], setting);
  };
  const auto take_lists = [&](std::size_t, Result<std::vector<std::string>> lists) {
    if (!lists)
      error = lists.error();
    else
      candidates.insert(lists->begin(), lists->end());
    observer(fmt::format("minimising [{}/{}]", ++done, programs.size()));
  };
  LLMC_TRY(bool finished,
           run_all(hub, programs.size(), evaluator.jobs(), make_minimised, take_lists));
  if (!finished) return fail("interrupted", ErrorKind::interrupted);

  for (const PassList& stock : setting.seeds) candidates.insert(stock.to_string());
  const std::vector<std::string> lists(candidates.begin(), candidates.end());
  RatioTable table(programs.size());
  done = 0;
  const auto make_ratios = [&](std::size_t i) {
    return log_ratios(hub, programs[i], lists, objective);
  };
  const auto take_ratios = [&](std::size_t i, Result<std::vector<double>> ratios) {
    if (!ratios)
      error = ratios.error();
    else
      table[i] = std::move(*ratios);
    observer(fmt::format("broadcasting {} lists [{}/{}]", lists.size(), ++done, programs.size()));
  };
  LLMC_TRY(finished, run_all(hub, programs.size(), evaluator.jobs(), make_ratios, take_ratios));
  if (!finished) return fail("interrupted", ErrorKind::interrupted);
  if (error) return std::unexpected(*error);

  const std::vector<std::size_t> chosen = choose_greedily(table, options.most);
  ChosenPortfolio portfolio;
  portfolio.candidates = lists.size();
  portfolio.gain_of_prefix = gains_of_prefixes(table, chosen);
  std::vector<bool> is_chosen(lists.size(), false);
  for (const std::size_t list : chosen) {
    is_chosen[list] = true;
    portfolio.lists.push_back(lists[list]);
  }
  // What was not chosen still holds parts that searches can use.
  for (std::size_t i = 0; i < lists.size(); ++i)
    if (!is_chosen[i]) portfolio.lists.push_back(lists[i]);
  return portfolio;
}

}  // namespace llmc
