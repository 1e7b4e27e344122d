// The section of a report about pass lists: proposers, proposers against each other, benchmarks,
// units.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "eval/report_parts.h"

namespace llmc {
namespace {

const CountsList k_any_list = [](const ProposalRow&) { return true; };

std::vector<ReportCell> score_row(const std::string& proposer, const std::string& k,
                                  const ProposerScore& score) {
  const auto before = static_cast<double>(std::max<std::uint64_t>(1, score.bytes_before));
  return {text_cell(proposer),
          {k, score.lists},
          count_cell(score.answered),
          share_cell(score.improved, score.units),
          share_cell(score.regressed, score.units),
          percent_cell(score.gain),
          percent_interval_cell(score.gain_interval),
          percent_cell(score.raw_gain),
          percent_interval_cell(score.raw_interval),
          percent_cell(score.median),
          percent_cell(score.worst),
          percent_cell(score.best),
          count_cell(score.bytes_before),
          count_cell(score.bytes_after),
          percent_cell(1 - static_cast<double>(score.bytes_after) / before),
          number_cell(score.compilations, 1),
          count_cell(score.invalid),
          count_cell(score.failed),
          count_cell(score.unsound)};
}

const std::vector<std::string> k_score_columns = {
    "proposer",     "lists",         "answered",     "improved",     "regressed",
    "gain",         "95 % interval", "no backup",    "its interval", "median",
    "worst",        "best",          "total before", "total after",  "saved",
    "compilations", "invalid",       "failed",       "unsound"};

ReportTable scores_table(const ProposalTable& table, const std::vector<std::uint64_t>& ks,
                         const Resampling& resampling) {
  ReportTable scores{
      "Proposers",
      fmt::format("{} units. Gain: 1 - geometric mean of size / -Oz size over all of them, after "
                  "the first so many lists, with -Oz where nothing is smaller; no backup: without "
                  "that. Regressed: no list at most as large as -Oz. Lists that are invalid, fail "
                  "or are unsound count as if they had not been named. Median, worst and best are "
                  "of single units, without the backup; compilations are for each unit.",
                  table.units.size()),
      k_score_columns,
      {},
      {}};
  for (const ProposerLists& one : table.proposers) {
    std::uint64_t most = 0;
    for (const auto& lists : one.by_unit)
      if (!lists.empty()) most = std::max(most, lists.back()->rank);
    std::uint64_t last = 0;
    for (const std::uint64_t k : ks) {
      const std::uint64_t shown = std::min(k, most);
      if (shown == last) continue;
      last = shown;
      const ProposerScore score = score_proposer(table, one, first_lists(shown), resampling);
      scores.rows.push_back(score_row(one.proposer, std::to_string(shown), score));
      scores.rows.back()[1].value = static_cast<double>(shown);
    }
  }
  return scores;
}

ReportTable pairs_table(const ProposalTable& table, const std::vector<ProposerScore>& scores,
                        const Resampling& resampling) {
  ReportTable pairs{
      "Proposers against each other",
      "With all lists of each and the -Oz backup, unit by unit: the gain of the second "
      "less that of the first in points, its bootstrap interval, Wilcoxon's "
      "signed-rank test (normal approximation).",
      {"first", "second", "difference", "95 % interval", "p", "smaller with the second",
       "larger with the second"},
      {},
      {}};
  for (std::size_t a = 0; a < scores.size(); ++a) {
    for (std::size_t b = a + 1; b < scores.size(); ++b) {
      const PairedGains paired = pair_gains(scores[a].log_ratios, scores[b].log_ratios, resampling);
      pairs.rows.push_back({text_cell(table.proposers[a].proposer),
                            text_cell(table.proposers[b].proposer),
                            percent_cell(paired.difference),
                            percent_interval_cell(paired.interval),
                            {fmt::format("{:.3g}", paired.test.p), paired.test.p},
                            count_cell(paired.smaller),
                            count_cell(paired.larger)});
    }
  }
  return pairs;
}

ReportTable predictions_table(const ProposalTable& table) {
  ReportTable predictions{"Predicted sizes",
                          "Of lists that could be applied. MAPE: mean absolute error as a share of "
                          "the real size.",
                          {"proposer", "lists", "MAPE", "Pearson", "Spearman"},
                          {},
                          {}};
  for (const ProposerLists& one : table.proposers) {
    const PredictionScore score = score_predictions(table, one);
    if (score.lists == 0) continue;
    predictions.rows.push_back({text_cell(one.proposer), count_cell(score.lists),
                                number_cell(score.error, 3), number_cell(score.pearson, 3),
                                number_cell(score.spearman, 3)});
  }
  return predictions;
}

ReportTable benchmarks_table(const ProposalTable& table, const std::vector<ProposerScore>& scores) {
  ReportTable benchmarks{
      "Benchmarks",
      "With all lists of each proposer: gain with the -Oz backup, and units that are smaller.",
      {"benchmark", "units", "-Oz size"},
      {},
      {}};
  for (const ProposerLists& one : table.proposers) {
    benchmarks.columns.push_back(one.proposer);
    benchmarks.columns.push_back(one.proposer + " improved");
  }
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < table.units.size(); ++i)
    groups[table.units[i]->benchmark].push_back(i);
  for (const auto& [name, units] : groups) {
    std::uint64_t size = 0;
    for (const std::size_t unit : units) size += *table.units[unit]->size;
    std::vector<ReportCell> row = {text_cell(name), count_cell(units.size()), count_cell(size)};
    for (const ProposerScore& score : scores) {
      std::vector<double> ratios;
      for (const std::size_t unit : units) ratios.push_back(score.log_ratios[unit]);
      row.push_back(percent_cell(gain_of(ratios)));
      row.push_back(count_cell(static_cast<std::uint64_t>(
          std::ranges::count_if(ratios, [](double ratio) { return ratio < 0; }))));
    }
    benchmarks.rows.push_back(std::move(row));
  }
  return benchmarks;
}

/// Which units a model could be shown, as in table 10 of the LLM Compiler paper.
ReportTable prompts_table(const ProposalTable& table) {
  ReportTable prompts{
      "Prompts",
      "What the model was shown of each unit: all at once, function by function (split), or not "
      "all of it, because it does not fit (left out, -Oz stands for that).",
      {"benchmark", "units", "at once", "split", "left out", "tokens, median", "tokens, most"},
      {},
      {}};
  std::map<std::string, std::vector<const UnitRow*>> groups;
  for (const UnitRow* unit : table.units)
    if (unit->tokens && unit->fits) {
      groups["all"].push_back(unit);
      if (!unit->benchmark.empty()) groups[unit->benchmark].push_back(unit);
    }
  for (const auto& [name, units] : groups) {
    std::size_t left_out = 0, split = 0;
    std::vector<double> tokens;
    for (const UnitRow* unit : units) {
      left_out += !*unit->fits;
      split += *unit->fits && unit->split.value_or(false);
      tokens.push_back(static_cast<double>(*unit->tokens));
    }
    const double most = std::ranges::max(tokens);
    prompts.rows.push_back({text_cell(name), count_cell(units.size()),
                            share_cell(units.size() - left_out - split, units.size()),
                            share_cell(split, units.size()), share_cell(left_out, units.size()),
                            number_cell(median(tokens), 0), number_cell(most, 0)});
  }
  return prompts;
}

ReportTable failures_table(const ResultSet& results) {
  ReportTable failures{"What went wrong",
                       "Reasons, the most frequent first.",
                       {"of", "what", "reason", "times"},
                       {},
                       {}};
  std::map<std::array<std::string, 3>, std::uint64_t> reasons;
  for (const UnitRow& unit : results.units)
    if (!unit.failed.empty()) ++reasons[{"unit", "failed", unit.failed}];
  for (const ProposalRow& row : results.proposals)
    if (row.status != ProposalStatus::ok)
      ++reasons[{row.proposer, std::string(to_string(row.status)), row.reason}];
  std::vector<std::pair<std::array<std::string, 3>, std::uint64_t>> order(reasons.begin(),
                                                                          reasons.end());
  std::ranges::stable_sort(order, std::greater(), [](const auto& one) { return one.second; });
  constexpr std::size_t k_most_reasons = 50;
  if (order.size() > k_most_reasons) {
    failures.note += fmt::format(" {} rarer ones are left out.", order.size() - k_most_reasons);
    order.resize(k_most_reasons);
  }
  for (const auto& [reason, times] : order)
    failures.rows.push_back(
        {text_cell(reason[0]), text_cell(reason[1]), text_cell(reason[2]), count_cell(times)});
  return failures;
}

ReportJson sizes_json(const Measurement& sizes) {
  return {{"instructions", sizes.instructions},
          {"text", sizes.text},
          {"rodata", sizes.rodata},
          {"data", sizes.data},
          {"eh_frame", sizes.eh_frame},
          {"bss", sizes.bss}};
}

/// What a click on a unit shows: the best list of each proposer, and what was kept to be looked at.
std::string unit_detail(const UnitRow& unit, const ProposalTable& table, std::size_t index,
                        const std::vector<const DetailRow*>& details) {
  ReportJson lists = ReportJson::array(), looked_at = ReportJson::array();
  for (const ProposerLists& one : table.proposers) {
    if (one.by_unit[index].empty()) continue;
    const ProposalRow* best = best_list(one.by_unit[index], k_any_list);
    const ProposalRow* shown = best == nullptr ? one.by_unit[index].front() : best;
    lists.push_back({{"proposer", one.proposer},
                     {"named", one.by_unit[index].size()},
                     {"rank", shown->rank},
                     {"list", shown->list},
                     {"status", to_string(shown->status)},
                     {"reason", shown->reason},
                     {"size", shown->size ? ReportJson(*shown->size) : ReportJson()}});
  }
  for (const DetailRow* detail : details) {
    ReportJson symbols = ReportJson::array();
    for (const SymbolChange& symbol : detail->symbols)
      symbols.push_back({symbol.name, symbol.before, symbol.after});
    looked_at.push_back({{"proposer", detail->proposer},
                         {"list", detail->list},
                         {"sizes", sizes_json(detail->measurement)},
                         {"symbols", symbols},
                         {"ir_before", detail->ir_before},
                         {"ir_after", detail->ir_after}});
  }
  return report_json_text({{"name", unit.name},
                           {"id", unit.id},
                           {"size", *unit.size},
                           {"baseline", sizes_json(*unit.baseline)},
                           {"lists", lists},
                           {"details", looked_at}});
}

std::vector<ReportCell> unit_row(const UnitRow& unit, const ProposalTable& table,
                                 std::size_t index) {
  std::vector<ReportCell> row = {text_cell(unit.name), text_cell(unit.benchmark),
                                 count_cell(*unit.size)};
  row.push_back(unit.tokens ? count_cell(*unit.tokens) : text_cell("–"));
  row.push_back(text_cell(!unit.fits ? "–" : *unit.fits ? "yes" : "no"));
  for (const ProposerLists& one : table.proposers) {
    const ProposalRow* best = best_list(one.by_unit[index], k_any_list);
    if (best == nullptr || *unit.size == 0) {
      row.push_back(text_cell("–"));
      row.push_back(text_cell("–"));
      continue;
    }
    row.push_back(count_cell(*best->size));
    row.push_back(
        percent_cell(1 - static_cast<double>(*best->size) / static_cast<double>(*unit.size)));
  }
  return row;
}

/// Their details are added to `report`.
ReportTable units_table(const ResultSet& results, const ProposalTable& table, Report& report) {
  ReportTable units{
      "Units",
      "The smallest size with all lists of each proposer, without the backup. A click "
      "on a unit opens its lists, sizes, symbols and IR.",
      {"unit", "benchmark", "-Oz", "tokens", "fits"},
      {},
      {}};
  for (const ProposerLists& one : table.proposers) {
    units.columns.push_back(one.proposer);
    units.columns.push_back(one.proposer + " gain");
  }
  std::unordered_map<std::string, std::vector<const DetailRow*>> details;
  for (const DetailRow& row : results.details) details[row.id].push_back(&row);
  for (std::size_t i = 0; i < table.units.size(); ++i) {
    const UnitRow& unit = *table.units[i];
    units.rows.push_back(unit_row(unit, table, i));
    units.opens.push_back(report.details.size());
    report.details.push_back(unit_detail(unit, table, i, details[unit.id]));
  }
  return units;
}

}  // namespace

ReportSection lists_section(const ResultSet& results, const ReportOptions& options,
                            Report& report) {
  ReportSection section{"Pass lists", {}, {}};
  if (results.units.empty()) return section;
  const ProposalTable table = tabulate(results);
  if (table.strays > 0)
    report.notes.push_back(fmt::format(
        "{} proposals are for units that have no size or no row, and are left out", table.strays));
  Resampling resampling = options.resampling;
  if (options.cluster_benchmarks) resampling.clusters = benchmark_numbers(table.units);
  std::vector<ProposerScore> scores;
  for (const ProposerLists& one : table.proposers)
    scores.push_back(score_proposer(table, one, k_any_list, {0, 0, {}}));
  const auto ks = options.ks.empty() ? usual_numbers(table.most_lists) : options.ks;
  if (!scores.empty()) {
    section.plots = plot_lists(table, scores);
    section.tables = {scores_table(table, ks, resampling), pairs_table(table, scores, resampling),
                      predictions_table(table)};
  }
  section.tables.push_back(benchmarks_table(table, scores));
  section.tables.push_back(prompts_table(table));
  section.tables.push_back(failures_table(results));
  section.tables.push_back(units_table(results, table, report));
  std::erase_if(section.tables, [](const ReportTable& one) { return one.rows.empty(); });
  return section;
}

ReportSection outputs_section(const ResultSet& results) {
  ReportTable outputs{"Whole benchmarks",
                      "Built with what each proposer proposes, and run.",
                      {"benchmark", "proposer", "result", "reason"},
                      {},
                      {}};
  for (const OutputRow& row : results.outputs)
    outputs.rows.push_back({text_cell(row.benchmark), text_cell(row.proposer),
                            text_cell(std::string(to_string(row.result))), text_cell(row.reason)});
  ReportSection section{"Outputs of benchmarks", {}, {}};
  if (!outputs.rows.empty()) section.tables.push_back(std::move(outputs));
  return section;
}

}  // namespace llmc
