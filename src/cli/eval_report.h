// llmc eval report, and how results are read for it and for llmc eval compare and merge.
#pragma once

#include <string>
#include <vector>

#include "eval/results.h"

namespace llmc {

/// Reads files of results (.zst: compressed; "-": standard input). What could not be read is in the
/// notes; a file without a row is an error.
Result<ResultSet> load_results(const std::vector<std::string>& files);

/// Prints notes as warnings, the first few of them.
void warn_of_notes(const std::vector<std::string>& notes);

int run_eval_report(const std::vector<std::string>& arguments);

}  // namespace llmc
