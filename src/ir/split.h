// Cutting one function out of a module so that both halves still link to the same program.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ir/module.h"

namespace llmc {

/// A module in two. What was local is visible to the other half (external linkage, hidden), under
/// the same name in both.
struct SplitModule {
  IrModule function;  ///< defines the one function, declares the rest
  IrModule rest;      ///< everything else; declares the function
};

/// Splits the module `bitcode` at `function`. Fails if it does not define one of that name, or if
/// the parts hang together otherwise: addresses of its labels are taken, or there are aliases.
Result<SplitModule> split_module(const std::string& bitcode, const std::string& function);

/// The first half alone, which is cheaper; names of values are not kept. Aliases are no obstacle:
/// what the function uses of them becomes a declaration.
Result<IrModule> extract_function(const std::string& bitcode, const std::string& function);

/// Told a function's name and its module, or why it cannot be cut out.
using ExtractedFunction = std::function<void(const std::string&, Result<IrModule>)>;

/// `extract_function` for many functions of one module, in their order: n log n instead of n² in
/// the size of the module.
Result<void> extract_functions(const std::string& bitcode,
                               const std::vector<std::string>& functions,
                               const ExtractedFunction& take);

/// The functions that `module` has the code of, in its order; not those whose code is only lent by
/// another object (available_externally).
std::vector<std::string> defined_functions(const IrModule& module);

/// A function that a module has the code of.
struct FunctionSize {
  std::string name;
  std::uint64_t instructions = 0;
};

/// The same functions with their sizes, the largest first; of equal ones in the module's order.
std::vector<FunctionSize> functions_by_size(const IrModule& module);

}  // namespace llmc
