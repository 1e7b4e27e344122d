// No system calls for code that nobody vouches for.
#pragma once

#include "support/error.h"

namespace llmc {

/// Makes system calls faults (SIGSYS) from now on, but for those that the runner needs. A runner
/// that is emulated cannot do that: its emulator is confined instead, see emulator.h.
Result<void> refuse_system_calls();

}  // namespace llmc
