// Everything that a pair is run with, from its assembly and its IR.
#pragma once

#include <string>
#include <string_view>

#include "execution/execution.h"
#include "execution/link.h"
#include "execution/runner.h"
#include "support/error.h"

namespace llmc {

/// A pair that can be run, or the reason why it cannot.
struct PreparedPair {
  PairPlan plan;
  SideImage original;
  SideImage candidate;
  SideImage checked;  ///< the candidate with checks of what its IR promises
  std::string obstacle;  ///< empty: it can
};

/// Assembles the one, compiles the other, links both and plans their inputs. Errors are about texts
/// that cannot be read or do not have the function. LLVM may crash on hostile texts: call it in a
/// child.
Result<PreparedPair> prepare_pair(std::string_view assembly, std::string_view ir,
                                  const std::string& function, const ExecutionOptions& options);

}  // namespace llmc
