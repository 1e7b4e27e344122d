#include "execution/refuse.h"

namespace llmc {

// Emulators do not offer filters of system calls to what they run.
Result<void> refuse_system_calls() { return {}; }

}  // namespace llmc
