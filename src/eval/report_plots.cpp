// Plots of pass lists: what the page's script draws, as data.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "eval/report_parts.h"

namespace llmc {
namespace {

const CountsList k_all_lists = [](const ProposalRow&) { return true; };

/// At most so many points of a series are drawn, evenly spread over it.
constexpr std::size_t k_most_points = 1500;

ReportJson thinned(const std::vector<std::pair<double, double>>& points) {
  ReportJson json = ReportJson::array();
  const std::size_t count = std::min(points.size(), k_most_points);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [x, y] = points[count < 2 ? 0 : i * (points.size() - 1) / (count - 1)];
    json.push_back({x, y});
  }
  return json;
}

/// All proposers, so that each has the same colour in every plot.
ReportJson proposer_names(const ProposalTable& table) {
  ReportJson names = ReportJson::array();
  for (const ProposerLists& one : table.proposers) names.push_back(one.proposer);
  return names;
}

ReportPlot plot_compilations(const ProposalTable& table) {
  ReportJson series = ReportJson::array();
  for (const ProposerLists& one : table.proposers) {
    std::set<std::uint64_t> steps;
    for (const auto& lists : one.by_unit)
      for (const ProposalRow* row : lists)
        steps.insert(std::max<std::uint64_t>(1, row->compilations));
    // Each step costs a pass over all rows; 60, spread by their logarithm, look the same.
    std::set<std::uint64_t> kept;
    const double most = steps.empty() ? 1 : static_cast<double>(*steps.rbegin());
    for (int i = 0; i <= 60; ++i) {
      const auto next =
          steps.lower_bound(static_cast<std::uint64_t>(std::llround(std::pow(most, i / 60.0))));
      if (next != steps.end()) kept.insert(*next);
    }
    std::vector<std::pair<double, double>> points;
    for (const std::uint64_t step : kept)
      points.emplace_back(step, gain_with(table, one, first_compilations(step)));
    series.push_back({{"name", one.proposer}, {"points", thinned(points)}});
  }
  return {"Gain against compilations",
          "What a proposer gains over -Oz after so many compilations for each unit, with -Oz where "
          "nothing is smaller.",
          "lines",
          report_json_text({{"x", "compilations for each unit"},
                            {"y", "gain over -Oz (%)"},
                            {"x_log", true},
                            {"y_percent", true},
                            {"step", true},
                            {"names", proposer_names(table)},
                            {"series", series}})};
}

ReportPlot plot_distribution(const ProposalTable& table, const std::vector<ProposerScore>& scores) {
  ReportJson series = ReportJson::array();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    std::vector<double> gains;
    for (const double ratio : scores[i].raw_log_ratios) gains.push_back(1 - std::exp(ratio));
    std::ranges::sort(gains, std::greater());
    std::vector<std::pair<double, double>> points;
    for (std::size_t j = 0; j < gains.size(); ++j)
      points.emplace_back(static_cast<double>(j + 1) / static_cast<double>(gains.size()), gains[j]);
    series.push_back({{"name", table.proposers[i].proposer}, {"points", thinned(points)}});
  }
  return {
      "Gains of single units",
      "Units in the order of their gains, without the -Oz backup: at 25 % stands what a quarter "
      "of the units gain at least.",
      "lines",
      report_json_text({{"x", "share of units (%)"},
                        {"y", "gain over -Oz (%)"},
                        {"x_percent", true},
                        {"y_percent", true},
                        {"names", proposer_names(table)},
                        {"series", series}})};
}

ReportPlot plot_benchmarks(const ProposalTable& table, const std::vector<ProposerScore>& scores) {
  std::map<std::string, std::vector<std::size_t>> benchmarks;
  for (std::size_t i = 0; i < table.units.size(); ++i)
    benchmarks[table.units[i]->benchmark].push_back(i);
  ReportJson groups = ReportJson::array(), series = ReportJson::array();
  for (const auto& [name, units] : benchmarks) groups.push_back(name);
  for (std::size_t p = 0; p < scores.size(); ++p) {
    ReportJson values = ReportJson::array();
    for (const auto& [name, units] : benchmarks) {
      std::vector<double> ratios;
      for (const std::size_t unit : units) ratios.push_back(scores[p].log_ratios[unit]);
      values.push_back(gain_of(ratios));
    }
    series.push_back({{"name", table.proposers[p].proposer}, {"values", values}});
  }
  return {"Gain by benchmark", "With all lists of a proposer, and with the -Oz backup.", "bars",
          report_json_text({{"x", "gain over -Oz (%)"},
                            {"percent", true},
                            {"groups", groups},
                            {"names", proposer_names(table)},
                            {"series", series}})};
}

std::optional<ReportPlot> plot_predictions(const ProposalTable& table) {
  ReportJson series = ReportJson::array();
  for (const ProposerLists& one : table.proposers) {
    const PredictionScore score = score_predictions(table, one);
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < score.lists; ++i)
      if (score.truth[i] > 0 && score.predicted[i] > 0)
        points.emplace_back(score.truth[i], score.predicted[i]);
    if (!points.empty()) series.push_back({{"name", one.proposer}, {"points", thinned(points)}});
  }
  if (series.empty()) return std::nullopt;
  return ReportPlot{"Predicted against real size",
                    "Lists that could be applied; on the line the prediction is right.", "dots",
                    report_json_text({{"x", "real size"},
                                      {"y", "predicted size"},
                                      {"log", true},
                                      {"names", proposer_names(table)},
                                      {"series", series}})};
}

/// For each proposer the passes of the best list of each unit that it makes smaller.
std::vector<std::vector<std::vector<std::string>>> winning_passes(const ProposalTable& table) {
  std::vector<std::vector<std::vector<std::string>>> all;
  for (const ProposerLists& one : table.proposers) {
    auto& lists = all.emplace_back();
    for (std::size_t i = 0; i < table.units.size(); ++i) {
      const ProposalRow* best = best_list(one.by_unit[i], k_all_lists);
      if (best != nullptr && *best->size < *table.units[i]->size)
        lists.push_back(passes_of(best->list));
    }
  }
  return all;
}

using WinningPasses = std::vector<std::vector<std::vector<std::string>>>;

std::optional<ReportPlot> plot_passes(const ProposalTable& table, const WinningPasses& winners) {
  constexpr std::size_t k_most_passes = 30;
  std::vector<std::map<std::string, std::size_t>> counts(winners.size());
  std::map<std::string, std::size_t> total;
  for (std::size_t p = 0; p < winners.size(); ++p)
    for (const auto& passes : winners[p])
      for (const std::string& pass : std::set<std::string>(passes.begin(), passes.end()))
        ++counts[p][pass], ++total[pass];
  if (total.empty()) return std::nullopt;
  std::vector<std::pair<std::string, std::size_t>> order(total.begin(), total.end());
  std::ranges::stable_sort(order, std::greater(), &std::pair<std::string, std::size_t>::second);
  order.resize(std::min(order.size(), k_most_passes));
  ReportJson groups = ReportJson::array(), series = ReportJson::array();
  for (const auto& [pass, count] : order) groups.push_back(pass);
  for (std::size_t p = 0; p < winners.size(); ++p) {
    if (winners[p].empty()) continue;
    ReportJson values = ReportJson::array();
    for (const auto& [pass, count] : order)
      values.push_back(static_cast<double>(counts[p][pass]) /
                       static_cast<double>(winners[p].size()));
    series.push_back({{"name", table.proposers[p].proposer}, {"values", values}});
  }
  return ReportPlot{
      "Passes of the lists that win",
      "How many of a proposer's best lists have the pass; units that are smaller than "
      "with -Oz. The 30 most frequent passes.",
      "bars",
      report_json_text({{"x", "share of lists (%)"},
                        {"percent", true},
                        {"groups", groups},
                        {"names", proposer_names(table)},
                        {"series", series}})};
}

std::optional<ReportPlot> plot_lengths(const ProposalTable& table, const WinningPasses& winners) {
  std::size_t longest = 0;
  for (const auto& lists : winners)
    for (const auto& passes : lists) longest = std::max(longest, passes.size());
  if (longest == 0) return std::nullopt;
  ReportJson series = ReportJson::array();
  for (std::size_t p = 0; p < winners.size(); ++p) {
    if (winners[p].empty()) continue;
    std::vector<std::size_t> counts(longest + 1);
    for (const auto& passes : winners[p]) ++counts[passes.size()];
    std::vector<std::pair<double, double>> points;
    std::size_t so_far = 0;
    for (std::size_t length = 0; length <= longest; ++length)
      points.emplace_back(length, static_cast<double>(so_far += counts[length]) /
                                      static_cast<double>(winners[p].size()));
    series.push_back({{"name", table.proposers[p].proposer}, {"points", thinned(points)}});
  }
  return ReportPlot{"Lengths of the lists that win",
                    "How many of a proposer's best lists have at most so many passes.", "lines",
                    report_json_text({{"x", "passes"},
                                      {"y", "share of lists (%)"},
                                      {"y_percent", true},
                                      {"step", true},
                                      {"names", proposer_names(table)},
                                      {"series", series}})};
}

}  // namespace

std::vector<ReportPlot> plot_lists(const ProposalTable& table,
                                   const std::vector<ProposerScore>& scores) {
  std::vector<ReportPlot> plots = {plot_compilations(table), plot_distribution(table, scores),
                                   plot_benchmarks(table, scores)};
  const auto add = [&](std::optional<ReportPlot> plot) {
    if (plot) plots.push_back(std::move(*plot));
  };
  add(plot_predictions(table));
  const WinningPasses winners = winning_passes(table);
  add(plot_passes(table, winners));
  add(plot_lengths(table, winners));
  return plots;
}

}  // namespace llmc
