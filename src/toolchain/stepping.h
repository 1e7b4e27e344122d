// Running a pass list one pass execution at a time: the same pipeline, stopped after any execution.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/error.h"
#include "toolchain/codegen.h"

namespace llvm {
class Module;
}  // namespace llvm

namespace llmc {

/// One execution of one pass on one unit of IR (a module, an SCC, a function, a loop).
struct PassExecution {
  std::string pass;  ///< as a list spells it, "simplifycfg"
  std::string unit;  ///< "[module]", "(f, g)", "f", "loop %for.body in function f"
};

/// What a limited run did.
struct SteppedRun {
  std::uint64_t executions = 0;  ///< done, at most the limit
  PassExecution next;  ///< the first that was skipped; empty if none was
};

/// Runs `passes` on `module` as Optimizer::run() does, but skips every execution after the first
/// `limit` (LLVM's opt-bisect-limit, for one module only). Passes that LLVM marks as required
/// always run and do not count. The numbering is the same for every limit.
Result<SteppedRun> run_stepped(llvm::Module& module, const CodeGenerator& generator,
                               std::string_view passes, std::uint64_t limit);

}  // namespace llmc
