// llmc eval report: one page, or tables, of results.
#include "cli/eval_report.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "cli/command.h"
#include "corpus/row_file.h"
#include "eval/report.h"
#include "support/files.h"

namespace llmc {
namespace {

struct ReportArguments {
  std::vector<std::string> files;
  std::string output = "report.html";
  std::string markdown, lnt;
  ReportOptions report;
};

void add_report_options(CLI::App& app, ReportArguments& options) {
  app.add_option("files", options.files, "Results; .zst: compressed; -: standard input")
      ->required();
  app.add_option("-o", options.output, "The page; - for standard output")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--markdown", options.markdown, "Also write the tables as Markdown")
      ->type_name("FILE");
  app.add_option("--lnt", options.lnt,
                 "Also write sizes as utils/compare.py of LLVM's test suite reads them (.json)")
      ->type_name("FILE");
  app.add_option("--title", options.report.title, "Title of the page")->capture_default_str();
  app.add_option("-k", options.report.ks,
                 "After so many lists, separated by commas (default: 1, 2, 5, 10, 30, … and all)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::PositiveNumber);
  app.add_flag(
      "--cluster", options.report.cluster_benchmarks,
      "Intervals over benchmarks, not over units: units of a benchmark resemble each other");
  app.add_option("--draws", options.report.resampling.draws, "Resamples of the bootstrap")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.report.resampling.seed, "Seed of the bootstrap")
      ->capture_default_str();
}

Result<void> write_report(const ReportArguments& options) {
  LLMC_TRY(const ResultSet results, load_results(options.files));
  warn_of_notes(results.notes);
  LLMC_TRY(const ReportAssets assets, installed_report_assets());
  if (assets.library_scripts.empty())
    warn(
        "the page has no plots, because the plotting library is not installed; "
        "scripts/setup-plot installs it");
  const Report report = make_report(results, options.report);
  LLMC_CHECK(write_file(options.output, to_html(report, assets)));
  if (!options.markdown.empty()) {
    LLMC_CHECK(write_file(options.markdown, to_markdown(report)));
  }
  if (!options.lnt.empty()) {
    LLMC_CHECK(write_file(options.lnt, to_lit_json(results)));
  }
  return {};
}

}  // namespace

Result<ResultSet> load_results(const std::vector<std::string>& files) {
  std::vector<NamedResults> all;
  for (const std::string& file : files) {
    LLMC_TRY(const std::string text, file == "-" ? read_file("-") : read_rows(file));
    ReadResults read = read_results(text);
    if (read.rows.empty())
      return fail(
          fmt::format("{}: there is no row of results in it; the commands of llmc eval "
                      "write them",
                      file));
    all.emplace_back(file, std::move(read));
  }
  return collect_results(std::move(all));
}

void warn_of_notes(const std::vector<std::string>& notes) {
  constexpr std::size_t k_most = 10;
  for (std::size_t i = 0; i < std::min(k_most, notes.size()); ++i) warn(notes[i]);
  if (notes.size() > k_most) warn(fmt::format("and {} more", notes.size() - k_most));
}

int run_eval_report(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Makes one HTML page of results: plots, sortable tables, and each unit with its lists, "
      "sizes,\n"
      "symbols and IR. The page needs nothing from elsewhere.",
      "llmc eval report");
  ReportArguments options;
  add_report_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  std::ranges::sort(options.report.ks);
  const auto done = write_report(options);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
