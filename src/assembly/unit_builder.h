// From what the parser said to functions and data. Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "assembly/recorder.h"

namespace llmc {

/// The unit that `record` describes; see `read_assembly`.
AsmUnit build_unit(const AsmMachine& machine, const AsmRecord& record);

}  // namespace llmc
