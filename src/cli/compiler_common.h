// What cc, c++ and launch share.
#pragma once

#include <string>
#include <vector>

namespace llmc {

/// The environment variable; "" if it is unset.
std::string environment_variable(const std::string& name);

/// Does the call of a compiler with clang's `arguments`, as the environment says. The exit code.
int compile_as_clang(const std::vector<std::string>& arguments);

}  // namespace llmc
