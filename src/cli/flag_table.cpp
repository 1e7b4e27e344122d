#include "cli/flag_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "cli/command.h"
#include "eval/report_scores.h"
#include "support/terminal.h"

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr unsigned k_resamples = 2000;

class FlagTablePrinter {
 public:
  FlagTablePrinter(const ResultSet& results, const FlagTable& table, const FlagCosts& costs)
      : results_(results), table_(table), costs_(costs), scores_(tabulate(results)) {}

  void print() const {
    if (!table_.json) print_heading();
    print_scores();
    if (!table_.json) print_comparison();
    print_predictions();
    print_costs();
  }

 private:
  void print_heading() const {
    fmt::print("{} programs{}{}\n\n{:<12} {:>5} {:>8} {:>9} {:>9} {:>15} {:>10} {:>10}\n",
               scores_.units.size(),
               scores_.failed_units == 0
                   ? ""
                   : fmt::format(" ({} could not be loaded)", scores_.failed_units),
               table_.is_unsafe ? "; UNSAFE: no list was tested on any program" : "", "proposer",
               "lists", "improved", "regressed", "gain", "95 % interval", "no backup", "bytes");
  }

  /// After how many lists a proposer is scored: those after which its lists were tested.
  [[nodiscard]] std::vector<std::uint64_t> ks_of(const std::string& proposer) const {
    if (proposer.starts_with("-O")) return {1};
    std::vector<std::uint64_t> ks = table_.ks;
    const bool is_search = proposer == "evolve" || proposer == "random";
    if (is_search && std::ranges::find(ks, table_.evaluations) == ks.end())
      ks.push_back(table_.evaluations);
    return ks;
  }

  void print_scores() const {
    ProposerLists all{"best", std::vector<std::vector<const ProposalRow*>>(scores_.units.size())};
    for (const ProposerLists& one : scores_.proposers) {
      for (const std::uint64_t k : ks_of(one.proposer))
        print_score(one.proposer, k, score_proposer(scores_, one, first_lists(k), resampling()));
      for (std::size_t i = 0; i < one.by_unit.size(); ++i)
        all.by_unit[i].insert(all.by_unit[i].end(), one.by_unit[i].begin(), one.by_unit[i].end());
    }
    if (!table_.has_best) return;
    const ProposerScore score =
        score_proposer(scores_, all, [](const ProposalRow&) { return true; }, resampling());
    print_score("best", static_cast<std::uint64_t>(score.lists), score);
  }

  void print_score(const std::string& proposer, std::uint64_t k, const ProposerScore& score) const {
    if (table_.json) {
      fmt::print("{}\n", OrderedJson({{"type", "score"},
                                      {"proposer", proposer},
                                      {"k", k},
                                      {"programs", score.units},
                                      {"improved", score.improved},
                                      {"regressed", score.regressed},
                                      {"gain", score.gain},
                                      {"gain_low", score.gain_interval.low},
                                      {"gain_high", score.gain_interval.high},
                                      {"gain_without_backup", score.raw_gain},
                                      {"bytes_before", score.bytes_before},
                                      {"bytes_after", score.bytes_after}})
                             .dump());
      return;
    }
    fmt::print("{:<12} {:>5} {:>8} {:>9} {:>8.2f}% {:>7.2f} … {:<5.2f} {:>9.2f}% {:>9.2f}%\n",
               proposer, k, score.improved, score.regressed, 100 * score.gain,
               100 * score.gain_interval.low, 100 * score.gain_interval.high, 100 * score.raw_gain,
               100 * (1 - static_cast<double>(score.bytes_after) /
                              static_cast<double>(std::max<std::uint64_t>(1, score.bytes_before))));
  }

  /// Models against the portfolio, program by program.
  void print_comparison() const {
    const auto find = [&](std::string_view name) {
      return std::ranges::find(scores_.proposers, name, &ProposerLists::proposer);
    };
    const auto portfolio = find("portfolio"), model = find("model");
    if (portfolio == scores_.proposers.end() || model == scores_.proposers.end()) return;
    fmt::print("\nmodel against portfolio, gain in points with 95 % interval:");
    const char* comma = "";
    for (const std::uint64_t k : table_.ks) {
      const auto score = [&](const ProposerLists& lists) {
        return score_proposer(scores_, lists, first_lists(k), {0, 1, {}}).log_ratios;
      };
      const PairedGains paired = pair_gains(score(*portfolio), score(*model), resampling());
      fmt::print("{} k={}: {:+.2f} ({:+.2f} … {:+.2f}, p = {:.2g})", comma, k,
                 100 * paired.difference, 100 * paired.interval.low, 100 * paired.interval.high,
                 paired.test.p);
      comma = ",";
    }
    fmt::print("\n");
  }

  /// How far off the sizes are that models expect, beside expecting -Oz's of every list.
  void print_predictions() const {
    for (const ProposerLists& one : scores_.proposers) {
      const PredictionScore score = score_predictions(scores_, one);
      if (!score.error) continue;
      if (table_.json)
        fmt::print("{}\n", OrderedJson({{"type", "prediction"},
                                        {"proposer", one.proposer},
                                        {"lists", score.lists},
                                        {"mape", *score.error},
                                        {"mape_of_no_change", *score.error_of_no_change}})
                               .dump());
      else
        fmt::print(
            "{}: sizes after a list are off by {:.2f}% in the mean of {} measured; by {:.2f}% if "
            "-Oz's are expected\n",
            one.proposer, 100 * *score.error, score.lists, 100 * *score.error_of_no_change);
    }
  }

  void print_costs() const {
    for (const auto& [why, times] : costs_.failures)
      warn(fmt::format("{} programs: {}", times, why));
    const auto unsound = static_cast<std::size_t>(
        std::ranges::count(results_.proposals, ProposalStatus::unsound, &ProposalRow::status));
    if (table_.json) {
      OrderedJson seconds = OrderedJson::object();
      for (const TimeRow& one : results_.times) seconds[one.proposer] = one.seconds;
      fmt::print("{}\n", OrderedJson({{"type", "costs"},
                                      {"seconds", std::move(seconds)},
                                      {"prompt_tokens", costs_.prompt_tokens},
                                      {"lists_tested", costs_.lists_tested},
                                      {"lists_left_untested", costs_.lists_left_untested},
                                      {"proposals_unsound", unsound}})
                             .dump());
      return;
    }
    for (const TimeRow& one : results_.times)
      fmt::print("{}: {}\n", one.proposer, format_duration(one.seconds));
    if (costs_.has_models)
      fmt::print("prompts: {:.0f} tokens a program\n",
                 static_cast<double>(costs_.prompt_tokens) / static_cast<double>(costs_.programs));
    if (!table_.is_unsafe)
      fmt::print(
          "{} lists on which these figures hang were tested on the suite; {} proposals were "
          "unsound\n",
          costs_.lists_tested, unsound);
    if (costs_.lists_left_untested > 0)
      fmt::print("{} lists that would save more were left untested, and count as failed\n",
                 costs_.lists_left_untested);
    for (const OutputRow& one : results_.outputs)
      fmt::print("{} by {}: {}{}{}\n", one.benchmark, one.proposer, to_string(one.result),
                 one.reason.empty() ? "" : ": ", one.reason);
  }

  [[nodiscard]] Resampling resampling() const { return {k_resamples, table_.seed, {}}; }

  const ResultSet& results_;
  const FlagTable& table_;
  const FlagCosts& costs_;
  ProposalTable scores_;
};

}  // namespace

void print_flag_table(const ResultSet& results, const FlagTable& table, const FlagCosts& costs) {
  FlagTablePrinter(results, table, costs).print();
}

}  // namespace llmc
