// Differential execution: a function of an assembly and a function of IR run on the same inputs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "ir/normal_form.h"
#include "support/error.h"

namespace llmc {

/// What is compared, and for how long.
struct ExecutionOptions {
  unsigned inputs = 1000;  ///< tried, those discarded included
  std::uint64_t seed = 1;
  std::chrono::milliseconds limit{2000};  ///< of the whole comparison, on the clock
  std::chrono::milliseconds input_limit{50};  ///< of one call
};

enum class ExecutionOutcome {
  equal,  ///< at least one input was compared and none told them apart
  different,  ///< an input tells them apart
  undecided  ///< nothing could be compared
};

/// "equal", "different" or "undecided".
std::string_view to_string(ExecutionOutcome outcome);

struct ExecutionVerdict {
  ExecutionOutcome outcome = ExecutionOutcome::undecided;
  unsigned compared = 0;  ///< inputs on which both ran to their end
  unsigned discarded = 0;  ///< inputs on which the original itself faulted or ran too long
  std::string reason;  ///< of `different`: input and what differs; of `undecided`: why
};

/// Runs `function` as `assembly` (text for `target`, a whole file) has it beside `function` as `ir`
/// (textual IR or bitcode) has it, in children of this single-threaded process. The IR's signature
/// says how it is called. Compared are what it returns, every byte of memory that it could reach,
/// and the calls that it makes: their order, targets and arguments.
Result<ExecutionVerdict> run_both(std::string_view assembly, std::string_view ir,
                                  const std::string& function, NormalTarget target,
                                  const ExecutionOptions& options = {});

}  // namespace llmc
