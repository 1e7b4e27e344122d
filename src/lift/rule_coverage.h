// Which instructions the rules know.
#pragma once

#include "assembly/assembly.h"

namespace llmc {

/// True if there is a rule for the instruction's name, whatever its operands are.
bool has_rule(const AsmInstruction& instruction);

}  // namespace llmc
