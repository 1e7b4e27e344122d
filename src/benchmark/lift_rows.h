// What lifting gave, as rows of results (eval/results.h).
#pragma once

#include <string>
#include <vector>

#include "eval/results.h"
#include "lift/lift_unit.h"

namespace llmc {

/// The functions of one unit; `id` is the unit's.
std::vector<LiftRow> lift_rows(const std::string& id, const std::string& benchmark,
                               const std::string& unit, const std::string& by,
                               const std::vector<LiftResult>& results);

}  // namespace llmc
