#include "benchmark/output_check.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

#include "benchmark/flag_rows.h"
#include "benchmark/suite_build.h"
#include "eval/report_scores.h"
#include "soundness/difftest.h"
#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// The lists of one proposer for one benchmark: the smallest for each unit, by the unit's name.
using ChosenLists = std::map<std::string, const ProposalRow*>;

/// By benchmark and proposer.
using Choices = std::map<std::pair<std::string, std::string>, ChosenLists>;

Choices choices_of(const ProposalTable& table) {
  Choices choices;
  for (const ProposerLists& one : table.proposers)
    for (std::size_t i = 0; i < table.units.size(); ++i) {
      const UnitRow& unit = *table.units[i];
      const ProposalRow* row = smaller_pass_list(unit, one.by_unit[i]);
      if (row == nullptr) continue;
      const ProposalRow*& best = choices[{unit.benchmark, one.proposer}][unit.name];
      if (best == nullptr || *row->size < *best->size) best = row;
    }
  return choices;
}

/// What `llmc tune --json` would print.
std::string plan_text(const ChosenLists& lists) {
  std::string text;
  for (const auto& [unit, row] : lists)
    text +=
        nlohmann::json({{"type", "program"}, {"program", unit}, {"list", row->list}}).dump() + "\n";
  return text;
}

Result<OutputRow> check_one(const BenchmarkSuite& suite, const Benchmark& benchmark,
                            const std::string& proposer, const ChosenLists& lists,
                            const OutputCheckOptions& options) {
  OutputRow row{benchmark.name, proposer, OutputResult::skipped, ""};
  if (benchmark.runs.empty()) {
    row.reason = "the suite does not say how to run it";
    return row;
  }
  DifftestOptions request;
  request.source = (suite.folder / benchmark.folder).lexically_normal();
  request.build = benchmark.build;
  request.runs = benchmark.runs;
  request.compare = benchmark.compare;
  request.llmc = options.llmc;
  request.limit = options.limit;
  request.interrupt = options.interrupt;
  request.work = work_folder(benchmark, options.work) / "outputs";
  if (options.observe)
    request.observe = [&](const std::string& phase) {
      options.observe(fmt::format("{} by {}: {}", benchmark.name, proposer, phase));
    };
  LLMC_CHECK(make_folder(request.work));
  request.plan = request.work / "plan.jsonl";
  LLMC_CHECK(write_file(request.plan, plan_text(lists)));
  const auto report = difftest(request);
  if (!report && report.error().kind == ErrorKind::interrupted)
    return std::unexpected(report.error());
  if (!report) {
    row.result = OutputResult::failed;
    row.reason = report.error().message;
  } else if (!report->same()) {
    row.result = OutputResult::different;
    row.reason = report->differences[0].where + ": " + report->differences[0].detail;
  } else {
    row.result = OutputResult::equal;
    if (!report->failed_runs.empty())
      row.reason = "also fails at -O2: " + report->failed_runs.front();
  }
  return row;
}

}  // namespace

Result<std::vector<OutputRow>> check_outputs(const BenchmarkSuite& suite, const ResultSet& results,
                                             const OutputCheckOptions& options) {
  const Choices choices = choices_of(tabulate(results));
  std::vector<OutputRow> rows;
  for (const Benchmark& benchmark : suite.benchmarks)
    for (const auto& [key, lists] : choices) {
      if (key.first != benchmark.name) continue;
      LLMC_TRY(OutputRow row, check_one(suite, benchmark, key.second, lists, options));
      rows.push_back(std::move(row));
    }
  return rows;
}

}  // namespace llmc
