// What cc, c++ and launch share.
#pragma once

#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

/// The environment variable; "" if it is unset.
std::string environment_variable(const std::string& name);

/// The arguments behind llmc's own options, which stand in front of all others and end up in the
/// environment: --keep-speed, and after it --profile FILE.
Result<std::vector<std::string>> take_own_options(const std::vector<std::string>& arguments);

/// Does the call of a compiler with clang's `arguments`, as the environment says. The exit code.
int compile_as_clang(const std::vector<std::string>& arguments);

}  // namespace llmc
