#include "passes/own_elements.h"

#include <algorithm>
#include <cctype>

#include "passes/call_decisions.h"
#include "passes/targeted.h"

namespace llmc {

void register_own_elements(llvm::PassBuilder& builder) {
  register_targeted_parts(builder);
  register_call_decisions(builder);
}

bool can_stand_in_list(std::string_view function) {
  return !function.empty() && std::ranges::all_of(function, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '$' || c == '-';
  });
}

}  // namespace llmc
