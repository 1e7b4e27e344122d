// llmc eval compare: two files of results against each other. llmc eval merge: several as one.
#include "cli/eval_compare.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/command.h"
#include "cli/eval_report.h"
#include "eval/comparison.h"
#include "support/files.h"

namespace llmc {
namespace {

struct CompareArguments {
  std::string first, second;
  ComparisonOptions comparison;
  bool fail_if_worse = false;
  std::optional<double> tolerance_points;
  bool json = false;
};

void add_compare_options(CLI::App& app, CompareArguments& options) {
  app.add_option("A", options.first, "Results to compare with; .zst: compressed")->required();
  app.add_option("B", options.second, "Results that are compared")->required();
  app.add_option("-k", options.comparison.ks,
                 "After so many lists, separated by commas (default: 1, 2, 5, 10, 30, … and all)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::PositiveNumber);
  app.add_flag("--fail-if-worse", options.fail_if_worse,
               "Exit with 1 if a gain of B is worse: its interval lies below 0");
  app.add_option("--tolerance", options.tolerance_points,
                 "With --fail-if-worse: worse is what is smaller by more than so many points, "
                 "whatever the interval; the numbers of other tasks too")
      ->check(CLI::NonNegativeNumber)
      ->type_name("POINTS");
  app.add_flag(
      "--cluster", options.comparison.cluster_benchmarks,
      "Intervals over benchmarks, not over units: units of a benchmark resemble each other");
  app.add_option("--draws", options.comparison.resampling.draws, "Resamples of the bootstrap")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.comparison.resampling.seed, "Seed of the bootstrap")
      ->capture_default_str();
  app.add_flag("--json", options.json, "One JSON object");
}

/// What is worse in the second file, in words; empty if nothing is.
std::string worse_parts(const Comparison& comparison, std::optional<double> tolerance) {
  std::vector<std::string> parts;
  for (const ComparedGains& one : comparison.gains)
    if (is_worse(one, tolerance)) parts.push_back(fmt::format("{} at {}", one.proposer, one.k));
  for (const ComparedNumber& one : comparison.numbers)
    if (tolerance && is_worse(one, *tolerance)) parts.push_back(one.what);
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// The exit code.
Result<int> compare_files(const CompareArguments& options) {
  LLMC_TRY(const ResultSet first, load_results({options.first}));
  LLMC_TRY(const ResultSet second, load_results({options.second}));
  warn_of_notes(first.notes);
  warn_of_notes(second.notes);
  const Comparison comparison = compare_results(first, second, options.comparison);
  if (comparison.gains.empty() && comparison.numbers.empty())
    return fail(fmt::format("{} and {} have nothing in common that could be compared",
                            options.first, options.second));
  fmt::print("{}", options.json ? comparison_json(comparison) : print_comparison(comparison));
  if (!options.fail_if_worse) return k_exit_done;
  std::optional<double> tolerance;
  if (options.tolerance_points) tolerance = *options.tolerance_points / 100;
  const std::string worse = worse_parts(comparison, tolerance);
  if (worse.empty()) return k_exit_done;
  return fail(fmt::format("{} is worse: {}", options.second, worse));
}

Result<void> merge_files(const std::vector<std::string>& files, const std::string& output) {
  LLMC_TRY(const ResultSet results, load_results(files));
  warn_of_notes(results.notes);
  return write_file(output, print_results(results));
}

}  // namespace

int run_eval_compare(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Compares two files of results: gains of each proposer on the programs of both, B - A, with\n"
      "intervals and tests; and the numbers of other tasks.",
      "llmc eval compare");
  CompareArguments options;
  add_compare_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  if (options.tolerance_points && !options.fail_if_worse)
    return report({"--tolerance says what is worse for --fail-if-worse, which is not given",
                   ErrorKind::usage});
  std::ranges::sort(options.comparison.ks);
  const auto code = compare_files(options);
  return code ? *code : report(code.error());
}

int run_eval_merge(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Puts results together, shards of one evaluation for instance: every row once. Rows that\n"
      "contradict each other are a warning, and the first counts.",
      "llmc eval merge");
  std::vector<std::string> files;
  std::string output;
  app.add_option("files", files, "Results; .zst: compressed; -: standard input")->required();
  app.add_option("-o", output, "The file to write; - for standard output")
      ->type_name("FILE")
      ->required();
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  const auto done = merge_files(files, output);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
