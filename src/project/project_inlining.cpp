#include "project/project_inlining.h"

#include <algorithm>
#include <map>
#include <optional>

#include "ir/module.h"
#include "passes/call_decisions.h"
#include "passes/pass_list.h"

namespace llmc {
namespace {

/// Steps that are put together at most.
constexpr std::size_t k_most_together = 16;

std::string with_decisions(const std::vector<CallDecision>& decisions, const std::string& list) {
  const std::string head = PassList(call_decision_elements(decisions)).to_string();
  return head.empty() ? list : head + "," + list;
}

/// Decisions that are tried together, and what the object weighs with them alone.
struct TriedDecisions {
  std::vector<CallDecision> decisions;
  std::uint64_t size = 0;
};

bool is_same_call(const CallSite& a, const CallSite& b) {
  return a.number == b.number && a.caller == b.caller;
}

/// What is tried: first of each function that is called more than once all of its calls, since one
/// that is kept pays only where no other is inlined; then each call.
std::vector<std::vector<CallDecision>> possible_decisions(const std::vector<CallSite>& sites) {
  std::map<std::string, std::vector<CallSite>> by_callee;
  for (const CallSite& site : sites) by_callee[site.callee].push_back(site);
  std::vector<std::vector<CallDecision>> all;
  for (const bool inlines : {false, true})
    for (const auto& [callee, calls] : by_callee) {
      if (calls.size() < 2) continue;
      std::vector<CallDecision>& group = all.emplace_back();
      for (const CallSite& site : calls) group.push_back({site, inlines});
    }
  for (const bool inlines : {false, true})
    for (const CallSite& site : sites) all.push_back({{site, inlines}});
  return all;
}

/// One unit's decisions.
class UnitInlining {
 public:
  UnitInlining(Evaluator& evaluator, const Program& program, std::string list,
               std::uint64_t evaluations)
      : evaluator_(evaluator), program_(program), list_(std::move(list)), budget_(evaluations) {}

  /// The smallest that was found with the list behind the decisions; nothing if none is smaller
  /// than `size`.
  Result<std::optional<Evaluation>> run(std::uint64_t size) {
    LLMC_TRY(const auto tried, try_alone(size));
    std::optional<Evaluation> best;
    std::size_t together = 0;
    for (const TriedDecisions& one : tried) {
      if (spent_ >= budget_ || together == k_most_together) break;
      if (has_any_of(one.decisions)) continue;
      std::vector<CallDecision> next = chosen_;
      next.insert(next.end(), one.decisions.begin(), one.decisions.end());
      LLMC_TRY(const auto rows, evaluator_.evaluate(program_, {with_decisions(next, list_)}));
      ++spent_;
      if (!rows[0].ok() || rows[0].sizes.binary_size() >= size) continue;
      size = rows[0].sizes.binary_size();
      best = rows[0];
      chosen_ = std::move(next);
      ++together;
    }
    return best;
  }

  [[nodiscard]] std::uint64_t spent() const { return spent_; }
  [[nodiscard]] std::size_t decisions() const { return chosen_.size(); }

 private:
  [[nodiscard]] bool has_any_of(const std::vector<CallDecision>& decisions) const {
    return std::ranges::any_of(decisions, [&](const CallDecision& one) {
      return std::ranges::any_of(
          chosen_, [&](const CallDecision& other) { return is_same_call(one.site, other.site); });
    });
  }

  /// What makes the object smaller by itself, the best first.
  Result<std::vector<TriedDecisions>> try_alone(std::uint64_t size) {
    LLMC_TRY(IrModule module, IrModule::parse(program_.bitcode, program_.name));
    auto possible = possible_decisions(call_sites(module.module()));
    // Some evaluations stay for what is put together.
    const std::size_t most = budget_ - budget_ / 4;
    if (possible.size() > most) possible.resize(most);
    std::vector<std::string> lists;
    for (const auto& one : possible) lists.push_back(with_decisions(one, list_));
    if (lists.empty()) return std::vector<TriedDecisions>();
    LLMC_TRY(const auto rows, evaluator_.evaluate(program_, lists));
    spent_ += rows.size();
    std::vector<TriedDecisions> smaller;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].ok() && rows[i].sizes.binary_size() < size)
        smaller.push_back({possible[i], rows[i].sizes.binary_size()});
    std::ranges::stable_sort(smaller, {}, &TriedDecisions::size);
    return smaller;
  }

  Evaluator& evaluator_;
  const Program& program_;
  std::string list_;
  std::uint64_t budget_ = 0, spent_ = 0;
  std::vector<CallDecision> chosen_;
};

}  // namespace

Result<InliningOutcome> decide_inlining(Evaluator& evaluator, ProductBench& bench,
                                        const std::vector<ProjectUnit>& units,
                                        const std::vector<Program>& programs,
                                        const std::vector<double>& bytes,
                                        std::vector<TunedProgram>& tuned,
                                        const InliningSetting& setting) {
  InliningOutcome outcome;
  outcome.saved.resize(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!setting.observe(i)) return fail("interrupted", ErrorKind::interrupted);
    if (!tuned[i].result || bytes[i] <= 0) continue;
    SearchResult& result = *tuned[i].result;
    const bool has_list = result.best.list != k_baseline_list;
    const std::string list = has_list ? result.best.list : setting.fallback;
    if (list.empty()) continue;
    UnitInlining inlining(evaluator, programs[i], list, setting.evaluations);
    LLMC_TRY(const auto found, inlining.run(result.best.sizes.binary_size()));
    outcome.evaluations += inlining.spent();
    if (!found) continue;
    LLMC_TRY(const BuiltList before, evaluator.build(programs[i], result.best.list));
    LLMC_TRY(const BuiltList after, evaluator.build(programs[i], found->list));
    LLMC_TRY(const std::uint64_t linked, bench.bytes_with(units[i].places, before.object));
    LLMC_TRY(const std::uint64_t smaller, bench.bytes_with(units[i].places, after.object));
    if (smaller >= linked) continue;
    LLMC_CHECK(bench.keep(units[i].places, after.object));
    result.best = *found;
    result.found_by = "inlining";
    ++outcome.units;
    outcome.decisions += inlining.decisions();
    outcome.saved[i] = linked - smaller;
  }
  return outcome;
}

}  // namespace llmc
