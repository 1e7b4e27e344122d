// What our pass lists have that LLVM's do not: parts for one function (passes/targeted.h) and
// decisions on calls (passes/call_decisions.h). Both name functions.
#pragma once

#include <string_view>

namespace llvm {
class PassBuilder;
}  // namespace llvm

namespace llmc {

/// Teaches `builder`, which must outlive what it parses, to read all of them.
void register_own_elements(llvm::PassBuilder& builder);

/// Whether a function's name can stand between the brackets of such an element: no sign of the
/// lists' grammar is in it.
bool can_stand_in_list(std::string_view function);

}  // namespace llmc
