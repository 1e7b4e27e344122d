// Lists with a part for one function: `on<NAME>(…)`.
//
// An element of module level that LLVM does not have. It holds a list of function level, which runs
// on the function NAME alone; where a module has no such function, nothing happens:
//
//     on<parse_header>(sroa,dse),default<Oz>
//
// So different functions of one module can be given different lists, with the module passes they
// share behind them, and the whole is still one list: it can be measured, kept, bisected.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llvm {
class PassBuilder;
}  // namespace llvm

namespace llmc {

/// Teaches `builder`, which must outlive what it parses, to read `on<NAME>(…)`.
void register_targeted_parts(llvm::PassBuilder& builder);

/// Whether `list` (canonical text) has such a part, or decisions on calls
/// (passes/call_decisions.h).
bool has_targeted_parts(std::string_view list);

/// What the list is for each function that it names, and for all others, as lists that any module
/// can be tried with: `on<f>(x),on<g>(y),z` gives `function(x),z`, `function(y),z` and `z`. A list
/// without such parts gives itself. Decisions on calls are left out: whether a call is inlined
/// changes no meaning, and the inliners stand in the list. A suite of programs has no function of
/// that name, so only these can be tested. A view that is empty is left out.
Result<std::vector<std::string>> targeted_views(const std::string& list);

}  // namespace llmc
