#include "benchmark/flag_rows.h"

#include <set>

#include "benchmark/evaluated_program.h"
#include "eval/report_scores.h"
#include "support/text.h"

namespace llmc {
namespace {

constexpr std::string_view k_clang_prefix = "clang ";

/// Why there is no size with `list`.
std::string failure_of(const std::string& list, const FlagSizes& sizes) {
  const auto why = sizes.failures.find(list);
  return why == sizes.failures.end() ? "it was not measured" : why->second;
}

/// The lists that `test_deciding_lists` speaks of.
std::set<std::string> deciding_lists(const ProposalTable& table,
                                     const std::vector<std::uint64_t>& ks) {
  std::set<std::string> deciding;
  const auto add = [&](const ProposalRow* row) {
    if (row != nullptr) deciding.insert(row->list);
  };
  for (const ProposerLists& one : table.proposers)
    for (std::size_t i = 0; i < table.units.size(); ++i) {
      for (const std::uint64_t k : ks)
        add(smaller_list(*table.units[i], one.by_unit[i], first_lists(k)));
      add(smaller_list(*table.units[i], one.by_unit[i], first_lists(table.most_lists)));
    }
  return deciding;
}

}  // namespace

UnitRow unit_row(const Program& program, const std::string& benchmark, const FlagSizes& sizes) {
  if (!sizes.baseline)
    return failed_row(program, benchmark, failure_of(std::string(k_baseline_list), sizes));
  UnitRow row;
  row.id = program.id.hex();
  row.name = program.name;
  row.benchmark = benchmark;
  row.baseline = sizes.measured;
  row.size = sizes.baseline;
  return row;
}

std::vector<ProposalRow> list_rows(const std::string& id, const std::string& proposer,
                                   const std::vector<std::string>& lists, const FlagSizes& sizes) {
  std::vector<ProposalRow> rows;
  for (const std::string& list : lists) {
    ProposalRow row;
    row.id = id;
    row.proposer = proposer;
    row.rank = row.compilations = rows.size() + 1;
    row.list = list;
    const auto found = sizes.with.find(list);
    if (found != sizes.with.end()) row.size = found->second;
    if (!row.size) {
      row.status = ProposalStatus::failed;
      row.reason = failure_of(list, sizes);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

ProposalRow unanswered_row(const std::string& id, const std::string& proposer,
                           const std::string& reason) {
  ProposalRow row;
  row.id = id;
  row.proposer = proposer;
  row.status = ProposalStatus::failed;
  row.reason = reason;
  row.compilations = 0;
  return row;
}

std::vector<ProposalRow> search_rows(const std::string& id, const std::string& proposer,
                                     const SearchResult& result, Objective objective) {
  std::vector<ProposalRow> rows;
  const auto add = [&](std::uint64_t evaluations, const std::string& list, std::uint64_t size) {
    ProposalRow row;
    row.id = id;
    row.proposer = proposer;
    row.rank = row.compilations = evaluations;
    row.list = list;
    row.size = size;
    rows.push_back(std::move(row));
  };
  if (result.trace.empty() || result.trace.front().evaluations > 1)
    add(1, std::string(k_baseline_list), cost(result.baseline.sizes, objective));
  for (const TracePoint& point : result.trace) add(point.evaluations, point.list, point.cost);
  return rows;
}

ProposalRow level_row(const std::string& id, const std::string& level, const FrontEnd& front_end,
                      const CompileCommand& command, Objective objective) {
  ProposalRow row;
  row.id = id;
  row.proposer = level;
  row.list = std::string(k_clang_prefix) + level;
  row.status = ProposalStatus::failed;
  if (objective == Objective::instructions) {
    row.reason = "clang's objects have no IR to count";
    return row;
  }
  const auto object = front_end.clang_object(command, level);
  const auto sizes = object ? measure_object(*object, command.file.string())
                            : Result<Measurement>(std::unexpected(object.error()));
  if (!sizes) {
    row.reason = first_line(sizes.error().message);
    return row;
  }
  row.status = ProposalStatus::ok;
  row.size = sizes->binary_size();
  return row;
}

bool is_clang_level(std::string_view list) { return list.starts_with(k_clang_prefix); }

const ProposalRow* smaller_pass_list(const UnitRow& unit,
                                     const std::vector<const ProposalRow*>& lists) {
  return smaller_list(unit, lists,
                      [](const ProposalRow& row) { return !is_clang_level(row.list); });
}

Result<std::size_t> test_deciding_lists(
    ResultSet& results, const std::vector<std::uint64_t>& ks, const IsSoundList& is_sound,
    const std::function<void(std::size_t done, std::size_t all)>& progress) {
  const ProposalTable table = tabulate(results);
  std::set<std::string> tested;
  while (true) {
    std::set<std::string> untested = deciding_lists(table, ks);
    std::erase_if(untested, [&](const std::string& list) { return tested.contains(list); });
    if (untested.empty()) return tested.size();
    const std::size_t all = tested.size() + untested.size();
    std::set<std::string> unsound;
    for (const std::string& list : untested) {
      LLMC_TRY(const bool sound, is_sound(list));
      if (!sound) unsound.insert(list);
      tested.insert(list);
      progress(tested.size(), all);
    }
    // The table points to these rows: the next round sees what has become of them.
    for (ProposalRow& row : results.proposals)
      if (unsound.contains(row.list)) {
        row.status = ProposalStatus::unsound;
        row.reason = "it breaks a program of the suite";
      }
  }
}

}  // namespace llmc
