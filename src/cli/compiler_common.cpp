#include "cli/compiler_common.h"

#include <cstdlib>
#include <filesystem>

#include "cli/command.h"
#include "project/build_call.h"
#include "soundness/compiler_wrapper.h"
#include "toolchain/codegen.h"

namespace llmc {

std::string environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

Result<std::vector<std::string>> take_own_options(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] != "--keep-speed") return arguments;
  ::setenv("LLMC_KEEP_SPEED", "1", 1);
  if (arguments.size() < 2 || arguments[1] != "--profile")
    return std::vector<std::string>(arguments.begin() + 1, arguments.end());
  if (arguments.size() < 3)
    return fail("--profile: give a file with the functions that run often", ErrorKind::usage);
  ::setenv("LLMC_PROFILE", std::filesystem::absolute(arguments[2]).c_str(), 1);
  return std::vector<std::string>(arguments.begin() + 3, arguments.end());
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
