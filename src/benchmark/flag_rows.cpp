#include "benchmark/flag_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
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

/// Visits all figures that hang on lists: what a proposer's first k lists make of a unit, for each
/// k of `ks` and for all lists. `visit` takes the unit, the proposer's lists for it, and which of
/// them count.
template <typename Visit>
void for_each_figure(const ProposalTable& table, const std::vector<std::uint64_t>& ks,
                     Visit visit) {
  for (const ProposerLists& one : table.proposers)
    for (std::size_t i = 0; i < table.units.size(); ++i) {
      for (const std::uint64_t k : ks) visit(*table.units[i], one.by_unit[i], first_lists(k));
      visit(*table.units[i], one.by_unit[i], first_lists(table.most_lists));
    }
}

/// The smallest list of each figure, as far as they beat -Oz.
std::set<std::string> deciding_lists(const ProposalTable& table,
                                     const std::vector<std::uint64_t>& ks) {
  std::set<std::string> deciding;
  for_each_figure(table, ks, [&](const UnitRow& unit, const auto& lists, const CountsList& counts) {
    if (const ProposalRow* row = smaller_list(unit, lists, counts)) deciding.insert(row->list);
  });
  return deciding;
}

/// Where a list would count: in a figure, with a size.
struct Use {
  std::size_t figure = 0;
  std::uint64_t size = 0;
};

/// The order in which lists are tested, and what came of it.
class DecidingTests {
 public:
  DecidingTests(const ProposalTable& table, const std::vector<std::uint64_t>& ks,
                const ListTests& tests)
      : tests_(tests), deciding_(deciding_lists(table, ks)) {
    for_each_figure(
        table, ks, [&](const UnitRow& unit, const auto& lists, const CountsList& counts) {
          for (const ProposalRow* row : lists)
            if (row->status == ProposalStatus::ok && counts(*row) && *row->size < *unit.size)
              uses_[row->list].push_back({sizes_.size(), *row->size});
          sizes_.push_back(*unit.size);
        });
  }

  /// Whether all that matters is tested now; if not, no more tests were allowed.
  Result<bool> run() {
    LLMC_CHECK(look_up());
    const auto open = static_cast<std::size_t>(std::ranges::count_if(
        deciding_, [&](const std::string& list) { return uses_.contains(list); }));
    const std::size_t expected = std::min(open, tests_.most);
    std::size_t done = 0;
    while (const std::string* list = most_useful()) {
      if (done == tests_.most) return false;
      LLMC_TRY(const bool is_sound, tests_.test(*list));
      take(*list, is_sound);
      ++done;
      tests_.progress(done, std::max(done, expected));
    }
    return true;
  }

  [[nodiscard]] const std::set<std::string>& sound() const { return sound_; }
  [[nodiscard]] const std::set<std::string>& unsound() const { return unsound_; }

 private:
  /// Takes in all verdicts that are known.
  Result<void> look_up() {
    std::vector<std::pair<std::string, bool>> known;
    for (const auto& [list, uses] : uses_) {
      LLMC_TRY(const std::optional<bool> is_sound, tests_.known(list));
      if (is_sound) known.emplace_back(list, *is_sound);
    }
    for (const auto& [list, is_sound] : known) take(list, is_sound);
    return {};
  }

  void take(std::string list, bool is_sound) {
    if (is_sound)
      for (const Use& use : uses_.at(list))
        sizes_[use.figure] = std::min(sizes_[use.figure], use.size);
    uses_.erase(list);
    (is_sound ? sound_ : unsound_).insert(std::move(list));
  }

  /// The list that would make most figures smaller by most; null if none makes any smaller.
  [[nodiscard]] const std::string* most_useful() const {
    const std::string* best = nullptr;
    double most = 0;
    for (const auto& [list, uses] : uses_) {
      double saved = 0;
      for (const Use& use : uses)
        if (const std::uint64_t size = sizes_[use.figure]; use.size < size)
          saved += std::log(static_cast<double>(size) / static_cast<double>(use.size));
      if (saved > most) most = saved, best = &list;
    }
    return best;
  }

  const ListTests& tests_;
  std::vector<std::uint64_t> sizes_;  ///< of figures, with known sound lists or -Oz
  std::map<std::string, std::vector<Use>> uses_;  ///< of lists without a verdict
  std::set<std::string> sound_, unsound_;
  std::set<std::string> deciding_;  ///< if all were sound
};

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

Result<TestedLists> test_deciding_lists(ResultSet& results, const std::vector<std::uint64_t>& ks,
                                        const ListTests& tests) {
  const ProposalTable table = tabulate(results);
  DecidingTests run(table, ks, tests);
  LLMC_TRY(const bool is_complete, run.run());
  const auto mark = [&](const std::set<std::string>& lists, ProposalStatus status,
                        const char* reason) {
    for (ProposalRow& row : results.proposals)
      if (row.status == ProposalStatus::ok && lists.contains(row.list)) {
        row.status = status;
        row.reason = reason;
      }
  };
  mark(run.unsound(), ProposalStatus::unsound, "it breaks a program of the suite");
  TestedLists counts;
  while (true) {
    // The table points to the rows: each round sees what has become of them.
    std::set<std::string> untested = deciding_lists(table, ks);
    counts.deciding = untested.size();
    std::erase_if(untested, [&](const std::string& list) { return run.sound().contains(list); });
    if (untested.empty()) return counts;
    if (!is_complete) counts.left_untested += untested.size();
    mark(untested, ProposalStatus::untested, "it was not tested");
  }
}

}  // namespace llmc
