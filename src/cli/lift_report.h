// Lifted functions as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include "lift/lift_unit.h"

namespace llmc {

/// What a line of JSON has beside the result.
struct LiftDetail {
  bool ir = false;  ///< the IR itself
  const AsmFunction* opcodes =
      nullptr;  ///< how often it has which opcode, and those without a rule
};

/// One line of JSON: every field of `result` in snake case, and `detail`.
std::string lift_json(const LiftResult& result, const LiftDetail& detail);

/// The table of `--summary`: counts and shares of each rung, for all, by length and by feature;
/// what execution said, and why functions were refused, the commonest reason first.
std::string lift_summary(const std::vector<LiftResult>& results);

}  // namespace llmc
