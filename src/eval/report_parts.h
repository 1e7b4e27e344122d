// What the sections of a report are put together from. Private to src/eval.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "eval/report.h"

namespace llmc {

using ReportJson = nlohmann::ordered_json;

ReportCell text_cell(std::string text);
ReportCell count_cell(std::uint64_t count);
/// A share as "12.34 %".
ReportCell percent_cell(double share);
/// A number with so many digits after the point; "–" for none.
ReportCell number_cell(std::optional<double> number, int digits);
/// "1.20 … 3.40", by its low end; shares as percent.
ReportCell percent_interval_cell(const Interval& interval);
/// The share of a count: "3 (12.5 %)", by the share.
ReportCell share_cell(std::uint64_t part, std::uint64_t whole);

/// JSON text; bytes that are no UTF-8 become U+FFFD.
std::string report_json_text(const ReportJson& json);

/// Sections of a report; empty ones (no plot, no table) have no data.
ReportSection lists_section(const ResultSet& results, const ReportOptions& options, Report& report);
ReportSection outputs_section(const ResultSet& results);
ReportSection lifting_section(const ResultSet& results);
ReportSection emulation_section(const ResultSet& results);
ReportSection perplexity_section(const ResultSet& results);
ReportSection code_section(const ResultSet& results);
ReportSection times_section(const ResultSet& results);

/// The plots of a section about lists; `scores` are those of all lists of each proposer.
std::vector<ReportPlot> plot_lists(const ProposalTable& table,
                                   const std::vector<ProposerScore>& scores);

}  // namespace llmc
