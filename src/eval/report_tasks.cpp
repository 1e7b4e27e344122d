// The sections of a report about models' other tasks: lifting, emulation, perplexity, programming;
// and times.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include "eval/report_parts.h"

namespace llmc {
namespace {

constexpr std::array k_lifted = {LiftedTo::refused,           LiftedTo::parses,
                                 LiftedTo::verifies,          LiftedTo::compiles,
                                 LiftedTo::same_instructions, LiftedTo::identical};
constexpr std::array k_executions = {LiftExecution::equal, LiftExecution::different,
                                     LiftExecution::undecided, LiftExecution::not_run};
constexpr std::array k_answers = {EmulatedAnswer::none, EmulatedAnswer::does_not_compile,
                                  EmulatedAnswer::compiles, EmulatedAnswer::exact};

struct LengthBucket {
  const char* name;
  std::uint64_t least, most;
};
constexpr auto k_lengths = std::to_array<LengthBucket>({{"1–5", 0, 5},
                                                        {"6–10", 6, 10},
                                                        {"11–20", 11, 20},
                                                        {"21–50", 21, 50},
                                                        {"51–100", 51, 100},
                                                        {"over 100", 101, UINT64_MAX}});

using LiftGroup = std::pair<std::string, std::function<bool(const LiftRow&)>>;

/// All, by length, by feature.
std::vector<LiftGroup> lift_groups(const std::vector<LiftRow>& rows) {
  std::vector<LiftGroup> groups = {{"all", [](const LiftRow&) { return true; }}};
  for (const LengthBucket& bucket : k_lengths)
    groups.emplace_back(fmt::format("{} instructions", bucket.name), [&bucket](const LiftRow& row) {
      return row.instructions >= bucket.least && row.instructions <= bucket.most;
    });
  std::map<std::string, int> features;
  for (const LiftRow& row : rows)
    for (const std::string& feature : row.features) ++features[feature];
  for (const auto& [feature, count] : features)
    groups.emplace_back(feature, [feature = feature](const LiftRow& row) {
      return std::ranges::find(row.features, feature) != row.features.end();
    });
  return groups;
}

/// The ways of lifting, in the order of the rows.
std::vector<std::string> lifters(const std::vector<LiftRow>& rows) {
  std::vector<std::string> names;
  for (const LiftRow& row : rows)
    if (std::ranges::find(names, row.by) == names.end()) names.push_back(row.by);
  return names;
}

std::optional<double> mean_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return mean(values);
}

std::vector<ReportCell> lift_row(const std::string& by, const std::string& group,
                                 const std::vector<const LiftRow*>& rows) {
  std::vector<ReportCell> cells = {text_cell(by), text_cell(group), count_cell(rows.size())};
  std::vector<double> bleu, edits;
  for (const LiftRow* row : rows) {
    if (row->bleu) bleu.push_back(*row->bleu);
    if (row->edit_distance) edits.push_back(*row->edit_distance);
  }
  // Rungs include the ones before them, so each column has what came at least so far.
  for (const LiftedTo rung : k_lifted) {
    const auto reached = std::ranges::count_if(rows, [&](const LiftRow* row) {
      return rung == LiftedTo::refused ? row->rung == rung : row->rung >= rung;
    });
    cells.push_back(share_cell(static_cast<std::uint64_t>(reached), rows.size()));
  }
  for (const LiftExecution outcome : k_executions)
    cells.push_back(count_cell(static_cast<std::uint64_t>(
        std::ranges::count(rows, outcome, [](const LiftRow* row) { return row->executed; }))));
  cells.push_back(number_cell(mean_of(bleu), 3));
  cells.push_back(number_cell(mean_of(edits), 3));
  return cells;
}

ReportTable lift_table(const std::vector<LiftRow>& results) {
  ReportTable table{
      "Functions",
      "How far the IR came: each rung includes those after it. Executed: the function "
      "and its IR on the same inputs. BLEU and edit distance are means over what has "
      "them.",
      {"by", "functions", "count", "refused", "parses", "verifies", "compiles", "same instructions",
       "identical", "executed equal", "different", "undecided", "not run", "BLEU", "edit distance"},
      {},
      {}};
  for (const std::string& by : lifters(results)) {
    for (const auto& [name, belongs] : lift_groups(results)) {
      std::vector<const LiftRow*> rows;
      for (const LiftRow& row : results)
        if (row.by == by && belongs(row)) rows.push_back(&row);
      if (!rows.empty()) table.rows.push_back(lift_row(by, name, rows));
    }
  }
  return table;
}

ReportTable lift_benchmarks_table(const std::vector<LiftRow>& results) {
  ReportTable table{"Lifting by benchmark",
                    "",
                    {"benchmark", "by", "functions", "compiles", "identical"},
                    {},
                    {}};
  std::map<std::pair<std::string, std::string>, std::array<std::uint64_t, 3>> counts;
  for (const LiftRow& row : results) {
    auto& [count, compiles, identical] = counts[{row.benchmark, row.by}];
    ++count;
    compiles += row.rung >= LiftedTo::compiles;
    identical += row.rung == LiftedTo::identical;
  }
  for (const auto& [group, count] : counts)
    table.rows.push_back({text_cell(group.first), text_cell(group.second), count_cell(count[0]),
                          share_cell(count[1], count[0]), share_cell(count[2], count[0])});
  return table;
}

ReportTable lift_reasons_table(const std::vector<LiftRow>& results) {
  constexpr std::size_t k_most_reasons = 30;
  ReportTable table{"Why functions came no further",
                    "The 30 most frequent reasons.",
                    {"by", "rung", "reason", "functions"},
                    {},
                    {}};
  std::map<std::array<std::string, 3>, std::uint64_t> reasons;
  for (const LiftRow& row : results)
    if (!row.reason.empty()) ++reasons[{row.by, std::string(to_string(row.rung)), row.reason}];
  std::vector<std::pair<std::array<std::string, 3>, std::uint64_t>> order(reasons.begin(),
                                                                          reasons.end());
  std::ranges::stable_sort(order, std::greater(), [](const auto& one) { return one.second; });
  order.resize(std::min(order.size(), k_most_reasons));
  for (const auto& [reason, times] : order)
    table.rows.push_back(
        {text_cell(reason[0]), text_cell(reason[1]), text_cell(reason[2]), count_cell(times)});
  return table;
}

ReportPlot plot_rungs(const std::vector<LiftRow>& results) {
  ReportJson groups = ReportJson::array(), facets = ReportJson::array();
  for (const LengthBucket& bucket : k_lengths) groups.push_back(bucket.name);
  for (const std::string& by : lifters(results)) {
    ReportJson series = ReportJson::array();
    for (const LiftedTo rung : k_lifted) {
      ReportJson values = ReportJson::array();
      for (const LengthBucket& bucket : k_lengths) {
        std::uint64_t all = 0, here = 0;
        for (const LiftRow& row : results) {
          if (row.by != by || row.instructions < bucket.least || row.instructions > bucket.most)
            continue;
          ++all;
          here += row.rung == rung;
        }
        values.push_back(all == 0
                             ? ReportJson()
                             : ReportJson(static_cast<double>(here) / static_cast<double>(all)));
      }
      series.push_back({{"name", to_string(rung)}, {"values", values}});
    }
    facets.push_back({{"name", by}, {"series", series}});
  }
  return {"How far functions came, by length", "Functions by their instructions of assembly.",
          "stack",
          report_json_text({{"x", "instructions"}, {"groups", groups}, {"facets", facets}})};
}

ReportTable emulation_table(const std::vector<EmulateRow>& results) {
  ReportTable table{
      "Answers",
      "Compiles: LLVM reads it (exact ones included); exact: what the compiler gives. "
      "MAPE of sizes that answers name.",
      {"benchmark", "asked", "no answer", "compiles", "exact", "BLEU", "sizes", "MAPE", "Pearson"},
      {},
      {}};
  std::map<std::string, std::vector<const EmulateRow*>> groups;
  for (const EmulateRow& row : results) {
    groups[row.benchmark].push_back(&row);
    groups[""].push_back(&row);
  }
  for (const auto& [name, rows] : groups) {
    std::uint64_t none = 0, compiles = 0, exact = 0;
    std::vector<double> bleu, predicted, truth;
    for (const EmulateRow* row : rows) {
      none += row->answer == EmulatedAnswer::none;
      compiles += row->answer >= EmulatedAnswer::compiles;
      exact += row->answer == EmulatedAnswer::exact;
      if (row->bleu) bleu.push_back(*row->bleu);
      if (!row->predicted_size || !row->true_size) continue;
      predicted.push_back(static_cast<double>(*row->predicted_size));
      truth.push_back(static_cast<double>(*row->true_size));
    }
    table.rows.push_back({text_cell(name.empty() ? "all" : name), count_cell(rows.size()),
                          share_cell(none, rows.size()), share_cell(compiles, rows.size()),
                          share_cell(exact, rows.size()), number_cell(mean_of(bleu), 3),
                          count_cell(truth.size()),
                          number_cell(mean_absolute_share(predicted, truth), 3),
                          number_cell(pearson(predicted, truth), 3)});
  }
  return table;
}

ReportPlot plot_answers(const std::vector<EmulateRow>& results) {
  std::map<std::string, std::array<double, k_answers.size()>> counts;
  for (const EmulateRow& row : results)
    ++counts[row.benchmark][static_cast<std::size_t>(row.answer)];
  ReportJson groups = ReportJson::array(), series = ReportJson::array();
  for (const auto& [name, count] : counts) groups.push_back(name);
  for (const EmulatedAnswer answer : k_answers) {
    ReportJson values = ReportJson::array();
    for (const auto& [name, count] : counts)
      values.push_back(count[static_cast<std::size_t>(answer)] /
                       (count[0] + count[1] + count[2] + count[3]));
    series.push_back({{"name", to_string(answer)}, {"values", values}});
  }
  return {"Answers by benchmark", "", "stack",
          report_json_text({{"x", "benchmark"},
                            {"groups", groups},
                            {"facets", {{{"name", "model"}, {"series", series}}}}})};
}

struct TextSums {
  std::size_t texts = 0;
  std::uint64_t tokens = 0, bytes = 0;
  double nats = 0;
};

std::vector<ReportCell> perplexity_row(const std::string& language, const std::string& benchmark,
                                       const TextSums& sums) {
  const auto per = [&](double what, std::uint64_t of) -> std::optional<double> {
    if (of == 0) return std::nullopt;
    return what / static_cast<double>(of);
  };
  auto perplexity = per(sums.nats, sums.tokens);
  if (perplexity) perplexity = std::exp(*perplexity);
  return {text_cell(language),
          text_cell(benchmark),
          count_cell(sums.texts),
          count_cell(sums.tokens),
          count_cell(sums.bytes),
          number_cell(perplexity, 4),
          number_cell(per(sums.nats / std::log(2.0), sums.bytes), 4)};
}

}  // namespace

ReportSection lifting_section(const ResultSet& results) {
  if (results.lifts.empty()) return {};
  return {"Lifting",
          {plot_rungs(results.lifts)},
          {lift_table(results.lifts), lift_benchmarks_table(results.lifts),
           lift_reasons_table(results.lifts)}};
}

ReportSection emulation_section(const ResultSet& results) {
  if (results.emulations.empty()) return {};
  return {"Emulation", {plot_answers(results.emulations)}, {emulation_table(results.emulations)}};
}

ReportSection perplexity_section(const ResultSet& results) {
  if (results.perplexities.empty()) return {};
  ReportTable table{
      "Texts",
      "Perplexity: e to the mean -log probability of a token. Bits per byte can be "
      "compared between tokenizers.",
      {"language", "benchmark", "texts", "tokens", "bytes", "perplexity", "bits per byte"},
      {},
      {}};
  std::map<std::pair<std::string, std::string>, TextSums> groups;
  for (const PerplexityRow& row : results.perplexities) {
    for (const std::string& benchmark : {std::string(), row.benchmark}) {
      TextSums& sums = groups[{row.language, benchmark}];
      ++sums.texts;
      sums.tokens += row.tokens;
      sums.bytes += row.bytes;
      sums.nats += row.nats;
    }
  }
  for (const auto& [group, sums] : groups)
    table.rows.push_back(
        perplexity_row(group.first, group.second.empty() ? "all" : group.second, sums));
  return {"Perplexity", {}, {std::move(table)}};
}

ReportSection code_section(const ResultSet& results) {
  if (results.codes.empty()) return {};
  constexpr std::array<std::uint64_t, 3> k_ks = {1, 10, 100};
  ReportTable table{
      "Problems",
      "pass@k: the probability that one of k answers is right (unbiased estimator), a "
      "mean over the problems with at least k answers.",
      {"set", "problems", "answers", "right", "pass@1", "pass@10", "pass@100"},
      {},
      {}};
  std::map<std::string, std::vector<const CodeRow*>> sets;
  for (const CodeRow& row : results.codes) sets[row.set].push_back(&row);
  for (const auto& [set, rows] : sets) {
    std::uint64_t samples = 0, passed = 0;
    std::array<std::vector<double>, k_ks.size()> shares;
    for (const CodeRow* row : rows) {
      samples += row->samples;
      passed += row->passed;
      for (std::size_t i = 0; i < k_ks.size(); ++i)
        if (row->samples >= k_ks[i])
          shares[i].push_back(pass_at_k(row->samples, row->passed, k_ks[i]));
    }
    std::vector<ReportCell> cells = {text_cell(set), count_cell(rows.size()), count_cell(samples),
                                     count_cell(passed)};
    for (const auto& share : shares)
      cells.push_back(share.empty() ? text_cell("–") : percent_cell(mean(share)));
    table.rows.push_back(std::move(cells));
  }
  return {"Programming", {}, {std::move(table)}};
}

ReportSection times_section(const ResultSet& results) {
  if (results.times.empty()) return {};
  ReportTable table{"Times",
                    "Differ from run to run; nothing else in this report does.",
                    {"proposer", "units", "seconds", "seconds for a unit, median"},
                    {},
                    {}};
  std::map<std::string, std::pair<double, std::vector<double>>> groups;
  for (const TimeRow& row : results.times) {
    auto& [sum, units] = groups[row.proposer];
    sum += row.seconds;
    if (!row.id.empty()) units.push_back(row.seconds);
  }
  for (const auto& [proposer, times] : groups)
    table.rows.push_back(
        {text_cell(proposer), count_cell(times.second.size()), number_cell(times.first, 2),
         times.second.empty() ? text_cell("–") : number_cell(median(times.second), 4)});
  return {"Times", {}, {std::move(table)}};
}

}  // namespace llmc
