#include "project/unit_decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "model/open_model.h"
#include "passes/verdict_table.h"
#include "project/known_verdicts.h"
#include "propose/responses.h"
#include "soundness/compiler_wrapper.h"
#include "support/numbers.h"
#include "support/stopwatch.h"
#include "tune/evaluator.h"
#include "tune/portfolio.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

/// Lists of the portfolio that a decision looks at; each one adds less.
constexpr std::size_t k_portfolio_lists = 40;
constexpr unsigned k_model_lists = 6;
/// What loading and asking the shipped model takes (measured: 1.1 s for 25 functions); it is asked
/// only where that fits.
constexpr double k_model_seconds = 1.5;
/// Lists that share a worker's start, small enough to stop in time.
constexpr std::size_t k_lists_at_once = 2;

struct ProposedList {
  std::string list;
  std::string by;
};

/// The search on one unit.
class UnitSearch {
 public:
  UnitSearch(const Program& program, const DecisionSetting& setting, Evaluator& evaluator)
      : program_(program), setting_(setting), evaluator_(evaluator) {}

  Result<UnitDecision> run() {
    LLMC_TRY(const auto baseline, measure({std::string(k_baseline_list)}));
    if (!baseline.front().ok()) return fail("clang's own -Oz fails: " + baseline.front().message);
    decision_.list = k_clang_oz;
    decision_.oz_size = decision_.size = baseline.front().sizes.binary_size();
    list_seconds_ = baseline.front().seconds;
    budget_ = setting_.budget.in_seconds(setting_.front_end_seconds + list_seconds_);
    LLMC_TRY(KnownVerdicts verdicts, KnownVerdicts::open());
    LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
    if (left() > k_model_seconds + list_seconds_) {
      LLMC_CHECK(try_lists(lists_of_model(catalogue), verdicts));
    }
    LLMC_CHECK(try_lists(lists_of_portfolio(catalogue), verdicts));
    return decision_;
  }

 private:
  [[nodiscard]] double left() const { return budget_ - seconds_since(start_); }

  Result<std::vector<Evaluation>> measure(const std::vector<std::string>& lists) {
    return evaluator_.evaluate(program_, lists);
  }

  /// Measures what may be applied, as long as there is time.
  Result<void> try_lists(const std::vector<ProposedList>& proposed, KnownVerdicts& verdicts) {
    std::vector<ProposedList> batch;
    for (const ProposedList& one : proposed) {
      // The first ones are always tried: a decision without any would have to be made again.
      const bool is_first = decision_.tried == 0 && batch.size() < k_lists_at_once;
      if (!is_first && left() < list_seconds_ * static_cast<double>(batch.size() + 1)) break;
      if (std::ranges::find(seen_, one.list) != seen_.end()) continue;
      seen_.push_back(one.list);
      if (!setting_.unsafe && !verdicts.is_sound(one.list)) continue;
      batch.push_back(one);
      if (batch.size() < k_lists_at_once) continue;
      LLMC_CHECK(try_batch(batch, verdicts));
      batch.clear();
    }
    return try_batch(batch, verdicts);
  }

  Result<void> try_batch(const std::vector<ProposedList>& batch, const KnownVerdicts& verdicts) {
    if (batch.empty()) return {};
    std::vector<std::string> lists;
    for (const ProposedList& one : batch) lists.push_back(one.list);
    LLMC_TRY(const auto rows, measure(lists));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ++decision_.tried;
      list_seconds_ = std::max(list_seconds_, rows[i].seconds);
      if (!rows[i].ok() || rows[i].sizes.binary_size() >= decision_.size) continue;
      decision_.list = batch[i].list;
      decision_.size = rows[i].sizes.binary_size();
      decision_.found_by = batch[i].by;
      decision_.suite = setting_.unsafe ? Digest{} : verdicts.suite();
    }
    return {};
  }

  /// None where there is no model, or none that has learnt how sizes respond.
  std::vector<ProposedList> lists_of_model(const PassCatalogue& catalogue) {
    auto model = open_model({}, {}, nullptr);
    if (!model) return {};
    const auto classes = response_classes_of((*model)->info());
    if (!classes || !*classes) return {};
    AdviceOptions options;
    options.questions.splitting = Splitting::always;
    options.sampling.count = k_model_lists;
    const auto advice = ask_for_responses(program_, **model, **classes, catalogue, options);
    std::vector<ProposedList> lists;
    if (advice)
      for (const PassList& list : advice->plan) lists.push_back({list.to_string(), "model"});
    return lists;
  }

  /// None where it cannot be read.
  static std::vector<ProposedList> lists_of_portfolio(const PassCatalogue& catalogue) {
    std::vector<ProposedList> lists;
    const auto path = default_portfolio();
    if (path.empty()) return lists;
    const auto portfolio = read_portfolio(path, catalogue);
    if (!portfolio) return lists;
    for (const PassList& list : *portfolio)
      if (lists.size() < k_portfolio_lists) lists.push_back({list.to_string(), "portfolio"});
    return lists;
  }

  const Program& program_;
  const DecisionSetting& setting_;
  Evaluator& evaluator_;
  Clock::time_point start_ = Clock::now();
  double budget_ = 0;
  double list_seconds_ = 0;  ///< what one list takes at most, by experience
  std::vector<std::string> seen_;
  UnitDecision decision_;
};

}  // namespace

Result<SearchBudget> parse_budget(std::string_view text) {
  SearchBudget budget;
  if (text.empty()) return budget;
  const bool in_seconds = text.ends_with('s');
  double number = 0;
  if (!parse_number(text.substr(0, text.size() - (in_seconds ? 1 : 0)), number) ||
      !(number >= 0 && number <= 1e6))
    return fail(
        fmt::format("'{}': expected how many times clang's own time, such as 3, "
                    "or seconds, such as 10s",
                    text));
  budget.times = in_seconds ? 0 : number;
  budget.seconds = in_seconds ? number : 0;
  return budget;
}

Result<UnitDecision> decide_on_unit(const Program& program, const DecisionSetting& setting) {
  EvaluatorOptions options;
  options.limits = setting.limits;
  LLMC_TRY(const auto evaluator, Evaluator::create(options));
  return UnitSearch(program, setting, *evaluator).run();
}

}  // namespace llmc
