// Running a prepared pair and judging it.
#pragma once

#include <string>

#include "execution/execution.h"
#include "execution/pair.h"
#include "support/error.h"

namespace llmc {

/// Runs both of the pair, which must have no obstacle and be for this machine, in children of this
/// single-threaded process.
Result<ExecutionVerdict> judge_pair(const PreparedPair& pair, const ExecutionOptions& options);

// A verdict between processes: outcome, the two numbers and the reason, each on a line.

std::string pack_verdict(const ExecutionVerdict& verdict);
ExecutionVerdict unpack_verdict(const std::string& text);

}  // namespace llmc
