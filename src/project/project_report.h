// What `llmc project tune` says: a summary, a report in Markdown, JSON.
#pragma once

#include <string>

#include "project/project_tune.h"

namespace llmc {

/// Bytes of text and data of all products, at -Oz and with the lock file.
struct ProjectTotals {
  std::uint64_t before = 0, after = 0;
};
ProjectTotals totals_of(const ProjectReport& report);

/// A table of the products, a line for each decision that was dropped, and totals.
std::string to_table(const ProjectReport& report);

/// The whole report for people: products, sections, symbols, units, passes, hints.
std::string to_markdown(const ProjectReport& report, const std::string& title);

/// The same as one JSON object (a line without the newline).
std::string to_json_line(const ProjectReport& report);

}  // namespace llmc
