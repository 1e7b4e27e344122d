#include "tune/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace llmc {
namespace {

double ratio(std::uint64_t after, std::uint64_t before) {
  return before == 0 ? 1 : static_cast<double>(after) / static_cast<double>(before);
}

double gain_of(const SearchResult& result, Objective objective) {
  return 1 - ratio(cost(result.best.sizes, objective), cost(result.baseline.sizes, objective));
}

nlohmann::json to_json(const Measurement& sizes) {
  return {{"instructions", sizes.instructions}, {"text", sizes.text}, {"rodata", sizes.rodata},
          {"eh_frame", sizes.eh_frame},         {"data", sizes.data}, {"bss", sizes.bss},
          {"binary_size", sizes.binary_size()}};
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

GainSummary summarise(const std::vector<TunedProgram>& tuned, Objective objective) {
  GainSummary summary;
  double log_sum = 0;
  summary.worst = 1;
  for (const TunedProgram& one : tuned) {
    if (!one.result) continue;
    const std::uint64_t before = cost(one.result->baseline.sizes, objective);
    const std::uint64_t after = cost(one.result->best.sizes, objective);
    const double gain = gain_of(*one.result, objective);
    ++summary.programs;
    summary.improved += after < before;
    summary.best = std::max(summary.best, gain);
    summary.worst = std::min(summary.worst, gain);
    summary.total_before += before;
    summary.total_after += after;
    summary.evaluations +=
        one.result->evaluations + one.result->minimisation + one.result->broadcast;
    if (before > 0 && after > 0) log_sum += std::log(ratio(after, before));
  }
  if (summary.programs == 0)
    summary.worst = 0;
  else
    summary.gain = 1 - std::exp(log_sum / static_cast<double>(summary.programs));
  return summary;
}

std::uint64_t cost_after(const SearchResult& result, Objective objective,
                         std::uint64_t evaluations) {
  std::uint64_t best = cost(result.baseline.sizes, objective);
  for (const TracePoint& point : result.trace)
    if (point.evaluations <= evaluations) best = std::min(best, point.cost);
  return best;
}

double gain_after(const std::vector<TunedProgram>& tuned, Objective objective,
                  std::uint64_t evaluations) {
  double log_sum = 0;
  std::size_t programs = 0;
  for (const TunedProgram& one : tuned) {
    if (!one.result) continue;
    ++programs;
    const std::uint64_t before = cost(one.result->baseline.sizes, objective);
    const std::uint64_t best = cost_after(*one.result, objective, evaluations);
    if (before > 0 && best > 0) log_sum += std::log(ratio(best, before));
  }
  return programs == 0 ? 0 : 1 - std::exp(log_sum / static_cast<double>(programs));
}

GainCurve gain_curve(const std::vector<TunedProgram>& tuned, Objective objective,
                     std::uint64_t budget) {
  GainCurve curve;
  for (std::uint64_t decade = 1; decade <= budget; decade *= 10)
    for (const std::uint64_t factor : {1, 2, 5})
      if (decade * factor < budget)
        curve.emplace_back(decade * factor, gain_after(tuned, objective, decade * factor));
  curve.emplace_back(budget, gain_after(tuned, objective, budget));
  return curve;
}

std::string to_json_line(const std::string& name, const std::string& error) {
  const nlohmann::json row = {{"type", "program"}, {"name", name}, {"error", error}};
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_json_line(const TunedProgram& tuned, Objective objective) {
  nlohmann::json row = {
      {"type", "program"}, {"name", tuned.program->name}, {"id", tuned.program->id.hex()}};
  if (!tuned.result) {
    row["error"] = tuned.result.error().message;
    return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  const SearchResult& result = *tuned.result;
  row["baseline"] = to_json(result.baseline.sizes);
  row["best"] = to_json(result.best.sizes);
  row["list"] = result.best.list;
  row["improved"] = result.best.list != k_baseline_list;
  row["gain"] = gain_of(result, objective);
  row["found_by"] = result.found_by;
  row["evaluations"] = result.evaluations;
  row["minimisation_evaluations"] = result.minimisation;
  row["broadcast_evaluations"] = result.broadcast;
  row["failed_evaluations"] = result.failed;
  const bool is_baseline = result.best.list == k_baseline_list;
  row["gate"] = tuned.verdict ? "sound" : is_baseline ? "baseline" : "untested";
  if (tuned.verdict) row["gate_programs"] = tuned.verdict->programs;
  row["rejected"] = nlohmann::json::array();
  for (const Verdict& verdict : tuned.rejected)
    row["rejected"].push_back({{"list", verdict.list},
                               {"finding", to_string(verdict.finding)},
                               {"program", verdict.program},
                               {"evidence", verdict.evidence}});
  row["trace"] = nlohmann::json::array();
  for (const TracePoint& point : result.trace)
    row["trace"].push_back({point.evaluations, point.cost});
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_json_line(const GainSummary& summary, const EvaluatorStatistics& statistics,
                         const GainCurve& curve, double seconds) {
  const nlohmann::json row = {{"type", "summary"},
                              {"programs", summary.programs},
                              {"improved", summary.improved},
                              {"gain", summary.gain},
                              {"best", summary.best},
                              {"worst", summary.worst},
                              {"total_before", summary.total_before},
                              {"total_after", summary.total_after},
                              {"evaluations", summary.evaluations},
                              {"curve", curve},
                              {"seconds", seconds},
                              {"evaluated", statistics.evaluated},
                              {"from_store", statistics.from_store},
                              {"failed", statistics.failed},
                              {"codegen_skipped", statistics.codegen_skipped},
                              {"steps_asked", statistics.steps_asked},
                              {"steps_run", statistics.steps_run},
                              {"snapshots", statistics.forks},
                              {"workers_lost", statistics.workers_lost}};
  return row.dump();
}

std::string to_table(const std::vector<TunedProgram>& tuned, Objective objective) {
  std::size_t width = 7;
  for (const TunedProgram& one : tuned) width = std::max(width, one.program->name.size());
  width = std::min<std::size_t>(width, 48);
  std::string table = fmt::format("{:<{}} {:>9} {:>9} {:>8}  {}\n", "program", width, "-Oz",
                                  "tuned", "gain", "pass list");
  for (const TunedProgram& one : tuned) {
    std::string name = one.program->name;
    if (name.size() > width) name = "…" + name.substr(name.size() - width + 1);
    const std::size_t shown_width = width + (name.starts_with("…") ? 2 : 0);
    if (!one.result) {
      table += fmt::format("{:<{}} {}\n", name, shown_width, one.result.error().message);
      continue;
    }
    std::string list = one.result->best.list;
    if (list.size() > 60) list = list.substr(0, 57) + "...";
    table += fmt::format("{:<{}} {:>9} {:>9} {:>7.2f}%  {}\n", name, shown_width,
                         cost(one.result->baseline.sizes, objective),
                         cost(one.result->best.sizes, objective),
                         100 * gain_of(*one.result, objective), list);
  }
  const GainSummary summary = summarise(tuned, objective);
  table += fmt::format(
      "\n{} of {} programs improved; gain {:.2f}% (geometric mean, -Oz where nothing is smaller), "
      "best {:.2f}%, worst {:.2f}%\ntotal {} → {} {} ({:.2f}% less); {} evaluations\n",
      summary.improved, summary.programs, 100 * summary.gain, 100 * summary.best,
      100 * summary.worst, summary.total_before, summary.total_after,
      objective == Objective::binary ? "bytes" : "instructions",
      100 * (1 - ratio(summary.total_after, summary.total_before)), summary.evaluations);
  return table;
}

std::string describe_gate(const std::vector<TunedProgram>& tuned) {
  std::set<std::string> passed;
  std::set<std::string> untested;
  std::uint64_t programs = 0;
  std::string text;
  for (const TunedProgram& one : tuned) {
    if (one.verdict) {
      passed.insert(one.result->best.list);
      programs = std::max(programs, one.verdict->programs);
    } else if (one.result && one.result->best.list != k_baseline_list) {
      untested.insert(one.result->best.list);
    }
    for (const Verdict& verdict : one.rejected)
      text += fmt::format("rejected for {}: {}: {} on {}: {}\n", one.program->name, verdict.list,
                          to_string(verdict.finding), verdict.program, verdict.evidence);
  }
  if (!untested.empty())
    return text +
           fmt::format("UNSAFE: lists that were not tested on any program: {}\n", untested.size());
  if (!passed.empty())
    text +=
        fmt::format("gate: all winners ({} different lists) leave {} test programs as they are\n",
                    passed.size(), programs);
  return text;
}

std::string describe_savings(const EvaluatorStatistics& statistics, double seconds, unsigned jobs) {
  const double rate =
      seconds > 0 ? static_cast<double>(statistics.asked) / seconds / static_cast<double>(jobs) : 0;
  return fmt::format(
      "{} evaluations in {:.1f} s ({:.1f} per second per job): {} from the store, {} run, {} "
      "failed;\nsaved: {:.0f}% of passes by shared prefixes ({} snapshots), {:.0f}% of code "
      "generation by equal IR; {} workers replaced\n",
      statistics.asked, seconds, rate, statistics.from_store, statistics.evaluated,
      statistics.failed,
      percent(statistics.steps_asked - std::min(statistics.steps_run, statistics.steps_asked),
              statistics.steps_asked),
      statistics.forks, percent(statistics.codegen_skipped, statistics.evaluated),
      statistics.workers_lost);
}

}  // namespace llmc
