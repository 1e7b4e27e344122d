#include "propose/flag_evaluation.h"

#include <fmt/format.h>

#include <set>

#include "tune/hub.h"
#include "tune/run_all.h"

namespace llmc {
namespace {

Task<Result<FlagSizes>> measure_one(EvaluationHub& hub, const Program& program,
                                    std::vector<std::string> lists, Objective objective) {
  auto rows = co_await hub.evaluate(program, lists);
  if (!rows) co_return std::unexpected(rows.error());
  FlagSizes sizes;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Evaluation& row = (*rows)[i];
    std::optional<std::uint64_t> size;
    if (row.ok()) size = cost(row.sizes, objective);
    if (!row.ok())
      sizes.failures[lists[i]] = fmt::format("{}: {}", to_string(row.outcome), row.message);
    if (i == 0)
      sizes.baseline = size, sizes.measured = row.sizes;
    else
      sizes.with[lists[i]] = size;
  }
  co_return sizes;
}

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

}  // namespace llmc
