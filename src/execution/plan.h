// A pair, from its assembly and its IR.
#pragma once

#include <string>
#include <string_view>

#include "execution/execution.h"
#include "execution/pair.h"
#include "support/error.h"

namespace llmc {

/// Assembles the one for `target`, compiles the other, links both and plans their inputs. Errors
/// are about texts that cannot be read or do not have the function. LLVM may crash on hostile
/// texts: call it in a child.
Result<PreparedPair> prepare_pair(std::string_view assembly, std::string_view ir,
                                  const std::string& function, NormalTarget target,
                                  const ExecutionOptions& options);

}  // namespace llmc
