// What canonical_text is made of. Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "assembly/assembly.h"

namespace llmc {

/// For each instruction of `function`, what its symbols mean, as canonical_text has it: labels by
/// number, data without a name by content.
std::vector<std::string> canonical_symbols(const AsmUnit& unit, const AsmFunction& function);

}  // namespace llmc
