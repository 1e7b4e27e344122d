// A translation unit's functions, each a program of its own in normal form.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ir/module.h"
#include "sandbox/inputs.h"
#include "support/error.h"

namespace llmc {

/// Which functions are taken.
struct CutLimits {
  std::size_t least_bytes = 0;  ///< of normal text
  std::size_t most_bytes = 8192;  ///< of normal text
  std::uint64_t least_instructions = 5;
};

/// One function of a unit, or why it is not taken.
struct CutFunction {
  std::string name;
  std::string skip;  ///< the reason in words; empty: taken
  std::string text;  ///< normal form of the function's own module
  std::uint64_t instructions = 0;
  const IrModule* module = nullptr;  ///< the function's own, while it is handed out
};

/// Unoptimised IR of the unit; clang, where it is needed, runs below this process.
Result<std::string> unit_bitcode(const Input& input);

/// Hands the functions that `module` has the code of to `take`, in its order; `bitcode` is the same
/// module. What LLVM may die of is done here, so call it in a child.
Result<void> cut_unit(const std::string& bitcode, const IrModule& module, const CutLimits& limits,
                      const std::function<void(const CutFunction&)>& take);

}  // namespace llmc
