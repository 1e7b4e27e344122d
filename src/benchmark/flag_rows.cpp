#include "benchmark/flag_rows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>

namespace llmc {
namespace {

constexpr std::uint64_t k_all = std::numeric_limits<std::uint64_t>::max();

/// Rows of one proposer for one unit, by their place in all rows.
using ProposalGroups = std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>;

ProposalGroups grouped(const std::vector<ProposalRow>& rows) {
  ProposalGroups groups;
  for (std::size_t i = 0; i < rows.size(); ++i) groups[{rows[i].id, rows[i].proposer}].push_back(i);
  return groups;
}

/// The row that is the smallest of ranks up to `k`, and smaller than the baseline; null: none is.
const ProposalRow* chosen(const std::vector<ProposalRow>& rows,
                          const std::vector<std::size_t>& group, std::uint64_t k,
                          std::uint64_t baseline) {
  const ProposalRow* best = nullptr;
  for (const std::size_t i : group) {
    const ProposalRow& row = rows[i];
    if (row.status != ProposalStatus::ok || !row.size || row.rank > k || *row.size >= baseline)
      continue;
    if (best == nullptr || std::tie(*row.size, row.rank) < std::tie(*best->size, best->rank))
      best = &row;
  }
  return best;
}

}  // namespace

UnitRow unit_row(const Program& program, const std::string& benchmark, const FlagSizes& sizes) {
  UnitRow row;
  row.id = program.id.hex();
  row.name = program.name;
  row.benchmark = benchmark;
  if (!sizes.baseline) {
    const auto why = sizes.failures.find(std::string(k_baseline_list));
    row.failed = why == sizes.failures.end() ? "it was not measured" : why->second;
    return row;
  }
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
      const auto why = sizes.failures.find(list);
      row.reason = why == sizes.failures.end() ? "it was not measured" : why->second;
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
  row.list = "clang " + level;
  row.status = ProposalStatus::failed;
  if (objective == Objective::instructions) {
    row.reason = "clang's objects have no IR to count";
    return row;
  }
  const auto object = front_end.clang_object(command, level);
  const auto sizes = object ? measure_object(*object, command.file.string())
                            : Result<Measurement>(std::unexpected(object.error()));
  if (!sizes) {
    row.reason = sizes.error().message.substr(0, sizes.error().message.find('\n'));
    return row;
  }
  row.status = ProposalStatus::ok;
  row.size = sizes->binary_size();
  return row;
}

Result<std::size_t> test_deciding_lists(
    std::vector<ProposalRow>& rows, const std::vector<UnitRow>& units,
    const std::vector<std::uint64_t>& ks, const IsSoundList& is_sound,
    const std::function<void(std::size_t done, std::size_t all)>& progress) {
  const ProposalGroups groups = grouped(rows);
  std::unordered_map<std::string, std::uint64_t> baselines;
  for (const UnitRow& unit : units)
    if (unit.size) baselines[unit.id] = *unit.size;
  std::vector<std::uint64_t> all_ks = ks;
  all_ks.push_back(k_all);
  std::set<std::string> tested;
  while (true) {
    std::set<std::string> deciding;
    for (const auto& [key, group] : groups)
      for (const std::uint64_t k : all_ks)
        if (const auto baseline = baselines.find(key.first); baseline != baselines.end())
          if (const ProposalRow* row = chosen(rows, group, k, baseline->second);
              row != nullptr && !tested.contains(row->list))
            deciding.insert(row->list);
    if (deciding.empty()) return tested.size();
    const std::size_t all = tested.size() + deciding.size();
    std::set<std::string> unsound;
    for (const std::string& list : deciding) {
      LLMC_TRY(const bool sound, is_sound(list));
      if (!sound) unsound.insert(list);
      tested.insert(list);
      progress(tested.size(), all);
    }
    for (ProposalRow& row : rows)
      if (unsound.contains(row.list)) {
        row.status = ProposalStatus::unsound;
        row.reason = "it breaks a program of the suite";
      }
  }
}

}  // namespace llmc
