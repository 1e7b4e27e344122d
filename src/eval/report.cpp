#include "eval/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "eval/report_parts.h"

namespace llmc {
namespace {

ReportSection runs_section(const ResultSet& results) {
  ReportTable runs{"Runs",
                   "",
                   {"task", "llmc", "LLVM", "target", "objective", "seed", "suite", "model",
                    "model hash", "command"},
                   {},
                   {}};
  for (const RunRow& run : results.runs)
    runs.rows.push_back({text_cell(run.task), text_cell(run.llmc), text_cell(run.llvm),
                         text_cell(run.target), text_cell(run.objective), count_cell(run.seed),
                         text_cell(run.suite.empty() ? "none: lists are not tested" : run.suite),
                         text_cell(run.model.value_or("–")),
                         text_cell(run.model_hash.value_or("–")), text_cell(run.command)});
  ReportSection section{"What was run", {}, {}};
  if (!runs.rows.empty()) section.tables.push_back(std::move(runs));
  return section;
}

/// Text in a table of Markdown, where HTML would count.
std::string markdown_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\r')
      escaped += ' ';
    else if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (std::string_view("\\`*_[]|").contains(c))
      (escaped += '\\') += c;
    else
      escaped += c;
  }
  return escaped;
}

std::string markdown_table(const ReportTable& table) {
  std::string text = fmt::format("### {}\n\n", markdown_text(table.title));
  if (!table.note.empty()) text += markdown_text(table.note) + "\n\n";
  std::string rule;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    text += fmt::format("| {} ", markdown_text(table.columns[i]));
    const bool numbers =
        std::ranges::any_of(table.rows, [&](const auto& row) { return row[i].value.has_value(); });
    rule += numbers ? "|--:" : "|---";
  }
  text += "|\n" + rule + "|\n";
  for (const auto& row : table.rows) {
    for (const ReportCell& cell : row) text += fmt::format("| {} ", markdown_text(cell.text));
    text += "|\n";
  }
  return text + "\n";
}

}  // namespace

ReportCell text_cell(std::string text) { return {std::move(text), std::nullopt}; }

ReportCell count_cell(std::uint64_t count) {
  return {std::to_string(count), static_cast<double>(count)};
}

ReportCell percent_cell(double share) { return {fmt::format("{:.2f} %", 100 * share), share}; }

ReportCell number_cell(std::optional<double> number, int digits) {
  if (!number) return text_cell("–");
  return {fmt::format("{:.{}f}", *number, digits), number};
}

ReportCell percent_interval_cell(const Interval& interval) {
  return {fmt::format("{:.2f} … {:.2f}", 100 * interval.low, 100 * interval.high), interval.low};
}

ReportCell share_cell(std::uint64_t part, std::uint64_t whole) {
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  return {fmt::format("{} ({:.1f} %)", part, 100 * share), share};
}

std::string report_json_text(const ReportJson& json) {
  return json.dump(-1, ' ', false, ReportJson::error_handler_t::replace);
}

Report make_report(const ResultSet& results, const ReportOptions& options) {
  Report report;
  report.title = options.title;
  report.notes = results.notes;
  report.sections.push_back(runs_section(results));
  report.sections.push_back(lists_section(results, options, report));
  report.sections.push_back(outputs_section(results));
  report.sections.push_back(lifting_section(results));
  report.sections.push_back(emulation_section(results));
  report.sections.push_back(perplexity_section(results));
  report.sections.push_back(code_section(results));
  report.sections.push_back(times_section(results));
  for (ReportSection& section : report.sections)
    std::erase_if(section.tables, [](const ReportTable& one) { return one.rows.empty(); });
  std::erase_if(report.sections,
                [](const ReportSection& one) { return one.plots.empty() && one.tables.empty(); });
  return report;
}

std::string to_markdown(const Report& report) {
  std::string text = fmt::format("# {}\n\n", markdown_text(report.title));
  for (const std::string& note : report.notes) text += fmt::format("- {}\n", markdown_text(note));
  if (!report.notes.empty()) text += "\n";
  for (const ReportSection& section : report.sections) {
    text += fmt::format("## {}\n\n", markdown_text(section.title));
    for (const ReportTable& table : section.tables) text += markdown_table(table);
  }
  return text;
}

std::string to_lit_json(const ResultSet& results) {
  const ProposalTable table = tabulate(results);
  ReportJson tests = ReportJson::array();
  std::set<std::string> names;
  for (std::size_t i = 0; i < table.units.size(); ++i) {
    const UnitRow& unit = *table.units[i];
    ReportJson metrics = {{"size", *unit.size},
                          {"size..text", unit.baseline->text},
                          {"size..rodata", unit.baseline->rodata},
                          {"size..data", unit.baseline->data},
                          {"size..eh_frame", unit.baseline->eh_frame},
                          {"size..bss", unit.baseline->bss}};
    for (const ProposerLists& one : table.proposers) {
      const ProposalRow* best = best_list(one.by_unit[i], [](const ProposalRow&) { return true; });
      metrics["size." + one.proposer] =
          best == nullptr ? *unit.size : std::min(*best->size, *unit.size);
    }
    // compare.py refuses two tests of one name.
    std::string name = fmt::format("{} :: {}", unit.benchmark, unit.name);
    if (!names.insert(name).second) name += fmt::format(" ({})", unit.id);
    tests.push_back({{"name", name}, {"code", "PASS"}, {"metrics", metrics}});
  }
  return report_json_text({{"tests", tests}}) + "\n";
}

}  // namespace llmc
