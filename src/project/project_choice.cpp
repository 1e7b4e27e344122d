#include "project/project_choice.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace llmc {
namespace {

/// A list that was linked.
struct LinkedList {
  Evaluation row;
  std::string object;
  std::uint64_t bytes = 0;
};

/// The rows to link: the winner and contenders, one for each distinct code.
std::vector<Evaluation> rows_to_link(const SearchResult& result, std::size_t most) {
  std::vector<Evaluation> rows;
  std::set<Digest> seen;
  const auto add = [&](const Evaluation& row) {
    if (row.list == k_baseline_list || rows.size() >= most) return;
    if (seen.insert(row.ir).second) rows.push_back(row);
  };
  add(result.best);
  for (const Evaluation& row : result.contenders) add(row);
  return rows;
}

void take_baseline(SearchResult& result) {
  result.best = result.baseline;
  result.found_by = "-Oz";
  result.contenders.clear();
}

/// Links the unit with each of its lists and takes the best.
Result<LinkedChoice> choose_for(Evaluator& evaluator, ProductBench& bench, const ProjectUnit& unit,
                                TunedProgram& tuned, const ChoiceSetting& setting) {
  SearchResult& result = *tuned.result;
  LinkedChoice choice;
  LLMC_TRY(const BuiltList baseline, evaluator.build(*tuned.program, std::string(k_baseline_list)));
  LLMC_TRY(choice.before, bench.bytes_with(unit.places, baseline.object));
  choice.after = choice.before;
  std::vector<LinkedList> linked;
  for (const Evaluation& row : rows_to_link(result, setting.most)) {
    LLMC_TRY(BuiltList built, evaluator.build(*tuned.program, row.list));
    if (!built.evaluation.ok()) continue;
    const auto bytes = bench.bytes_with(unit.places, built.object);
    ++choice.linked;
    if (bytes && *bytes < choice.before) linked.push_back({row, std::move(built.object), *bytes});
  }
  if (linked.empty()) {
    take_baseline(result);
    return choice;
  }
  // Stable: of equal ones the smaller object stays in front.
  std::ranges::stable_sort(linked, [&](const LinkedList& a, const LinkedList& b) {
    if (a.bytes != b.bytes) return a.bytes < b.bytes;
    return setting.is_known_sound(a.row.list) && !setting.is_known_sound(b.row.list);
  });
  choice.after = linked.front().bytes;
  if (linked.front().row.list != result.best.list) result.found_by = "link";
  result.best = linked.front().row;
  result.contenders.clear();
  for (const LinkedList& one : linked) result.contenders.push_back(one.row);
  LLMC_CHECK(bench.keep(unit.places, linked.front().object));
  return choice;
}

/// The rows below -Oz of one result, its best among them.
std::vector<Evaluation> smaller_rows(const SearchResult& result) {
  std::vector<Evaluation> rows = result.contenders;
  const bool has_best = std::ranges::find(rows, result.best.list, &Evaluation::list) != rows.end();
  if (!has_best && result.best.list != k_baseline_list) rows.push_back(result.best);
  return rows;
}

std::uint64_t bytes_of(const Evaluation& row) { return row.sizes.binary_size(); }

}  // namespace

std::set<std::string> lists_worth_testing(
    const std::vector<TunedProgram>& tuned, const std::vector<double>& weights, std::size_t most,
    const std::function<bool(const std::string& list)>& is_known_sound) {
  std::vector<std::uint64_t> reached(tuned.size(), 0);  // without further lists
  std::map<std::string, std::vector<std::pair<std::size_t, std::uint64_t>>> unknown;
  std::map<std::string, bool> known;
  for (std::size_t i = 0; i < tuned.size(); ++i) {
    if (!tuned[i].result) continue;
    reached[i] = bytes_of(tuned[i].result->baseline);
    for (const Evaluation& row : smaller_rows(*tuned[i].result)) {
      const auto [entry, is_new] = known.emplace(row.list, false);
      if (is_new) entry->second = is_known_sound(row.list);
      if (entry->second)
        reached[i] = std::min(reached[i], bytes_of(row));
      else
        unknown[row.list].emplace_back(i, bytes_of(row));
    }
  }
  std::set<std::string> chosen;
  while (chosen.size() < most) {
    double best_saving = 0;
    auto best = unknown.end();
    for (auto it = unknown.begin(); it != unknown.end(); ++it) {
      double saving = 0;
      for (const auto& [i, bytes] : it->second)
        if (bytes < reached[i]) saving += weights[i] * static_cast<double>(reached[i] - bytes);
      if (saving <= best_saving) continue;
      best_saving = saving;
      best = it;
    }
    if (best == unknown.end()) break;
    for (const auto& [i, bytes] : best->second) reached[i] = std::min(reached[i], bytes);
    chosen.insert(best->first);
    unknown.erase(best);
  }
  return chosen;
}

void keep_only(std::vector<TunedProgram>& tuned, const std::set<std::string>& chosen,
               const std::function<bool(const std::string& list)>& is_known_sound) {
  for (TunedProgram& one : tuned) {
    if (!one.result) continue;
    SearchResult& result = *one.result;
    std::vector<Evaluation> rows = smaller_rows(result);
    std::erase_if(rows, [&](const Evaluation& row) {
      return !chosen.contains(row.list) && !is_known_sound(row.list);
    });
    std::ranges::stable_sort(rows, {}, bytes_of);
    if (rows.empty()) {
      take_baseline(result);
      continue;
    }
    if (rows.front().list != result.best.list) result.found_by = "contender";
    result.best = rows.front();
    result.contenders = std::move(rows);
  }
}

Result<std::vector<LinkedChoice>> choose_by_link(Evaluator& evaluator, ProductBench& bench,
                                                 const std::vector<ProjectUnit>& units,
                                                 const std::vector<double>& bytes,
                                                 std::vector<TunedProgram>& tuned,
                                                 const ChoiceSetting& setting) {
  std::vector<std::size_t> order(units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return bytes[i]; });
  std::vector<LinkedChoice> choices(units.size());
  std::size_t done = 0;
  for (const std::size_t i : order) {
    if (!setting.observe(done++)) return fail("interrupted", ErrorKind::interrupted);
    if (!tuned[i].result || tuned[i].result->best.list == k_baseline_list) continue;
    LLMC_TRY(choices[i], choose_for(evaluator, bench, units[i], tuned[i], setting));
  }
  return choices;
}

}  // namespace llmc
