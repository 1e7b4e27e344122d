#include "cli/compiler_common.h"

#include <cstdlib>

#include "cli/command.h"
#include "project/build_call.h"
#include "soundness/compiler_wrapper.h"
#include "toolchain/codegen.h"

namespace llmc {

std::string environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

int compile_as_clang(const std::vector<std::string>& arguments) {
  if (!is_directed(environment_variable)) {
    const auto status = run_build_call(arguments, read_build_settings(environment_variable));
    return status ? *status : report(status.error());
  }
  initialize_targets();
  const auto status = run_compiler_call(arguments, read_wrapper_settings(environment_variable));
  return status ? *status : report(status.error());
}

}  // namespace llmc
