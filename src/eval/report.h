// The report of an evaluation as a value: sections of plots and tables, made from rows, and printed
// as one HTML page or as Markdown.
//
//   rows ──make_report──► Report ──to_html──► a page that needs nothing else
//                            └─────to_markdown──► tables
//
// Nothing of a result (names, IR, reasons) is ever read as HTML or script: text goes into the page
// escaped, data as JSON in which no `<` is left, and the page's script puts it there as text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eval/report_scores.h"
#include "eval/results.h"

namespace llmc {

struct ReportOptions {
  std::string title = "llmc eval";
  std::vector<std::uint64_t> ks;  ///< empty: the usual numbers up to the largest rank
  Resampling resampling;  ///< its clusters are not used
  bool cluster_benchmarks = false;
};

/// What a cell shows, and what it is sorted by where that is a number.
struct ReportCell {
  std::string text;
  std::optional<double> value;
};

struct ReportTable {
  std::string title;
  std::string note;  ///< how to read it; may be empty
  std::vector<std::string> columns;
  std::vector<std::vector<ReportCell>> rows;
  /// For each row the number of what it opens, in Report::details; empty: the rows open nothing.
  std::vector<std::size_t> opens;
};

/// A plot, as data for the page's script. `kind` is one of
///   lines  {names, x, y, series: [{name, points: [[x, y], …]}], x_log, x_percent, y_percent}
///   bars   {names, x, groups: [name, …], series: [{name, values: [number or null, …]}], percent}
///   stack  {x, groups, facets: [{name, series: [{name, values}]}]}: shares of each group
///   dots   {names, x, y, series: [{name, points}], log}
/// "names" are those of all series that have a colour, "series" those that have data.
struct ReportPlot {
  std::string title;
  std::string note;
  std::string kind;
  std::string data;  ///< JSON
};

struct ReportSection {
  std::string title;
  std::vector<ReportPlot> plots;
  std::vector<ReportTable> tables;
};

struct Report {
  std::string title;
  std::vector<std::string> notes;  ///< what could not be read or is in doubt
  std::vector<ReportSection> sections;
  std::vector<std::string> details;  ///< JSON of units, for the page's script
};

/// Sections without data are left out.
Report make_report(const ResultSet& results, const ReportOptions& options);

/// What a page is made of besides results. Scripts of the plotting library are empty where it is
/// not installed: the page then has tables only.
struct ReportAssets {
  std::string page;  ///< HTML with {{places}}
  std::string style;  ///< CSS
  std::string script;  ///< ours
  std::string library_scripts, library_licences;
};

/// Reads the page's parts from `data` (data/report) and the plotting library from `library`
/// (third_party/plot).
Result<ReportAssets> read_report_assets(const std::filesystem::path& data,
                                        const std::filesystem::path& library);
/// Those of this checkout.
Result<ReportAssets> installed_report_assets();

std::string to_html(const Report& report, const ReportAssets& assets);
std::string to_markdown(const Report& report);

/// The sizes of all units as lit's --output has them, for utils/compare.py of LLVM's test suite:
/// {"tests": [{"name", "code", "metrics": {"size", "size..text", …, "size.PROPOSER"}}]}. "size" is
/// that of -Oz; a proposer's is the smallest of its lists, -Oz where nothing is smaller.
std::string to_lit_json(const ResultSet& results);

}  // namespace llmc
