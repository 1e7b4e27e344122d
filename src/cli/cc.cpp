// llmc cc: a compiler for build systems, which applies pass lists.
#include <fmt/format.h>

#include <cstdlib>

#include "cli/command.h"
#include "soundness/compiler_wrapper.h"
#include "toolchain/codegen.h"

namespace llmc {
namespace {

constexpr const char* k_help =
    "Compiles as clang does, with a pass list for each unit: CC=\"llmc cc\", and for C++\n"
    "CXX=\"llmc cc --driver-mode=g++\". All arguments are clang's; the settings come from the\n"
    "environment. Lists are applied if llmc check or llmc tune found them sound; whatever\n"
    "cannot be done with a list is done by clang -Oz.\n"
    "\nUsage: llmc cc ARGUMENTS...\n\n"
    "Options:\n"
    "  --help             Print this, where it is the only argument\n\n"
    "Environment:\n"
    "  LLMC_CC_MODE       candidate (the default) or baseline: clang alone, at LLMC_CC_LEVEL\n"
    "  LLMC_CC_LEVEL      The baseline's level of optimisation (default: -O2)\n"
    "  LLMC_CC_LIST       A pass list for every unit (default: clang -Oz)\n"
    "  LLMC_CC_PLAN       What llmc tune --json printed: a list for each unit\n"
    "  LLMC_CC_ONLY       A file of units, one absolute path a line; the others get clang -Oz\n"
    "  LLMC_CC_UNSAFE     1: apply lists that were not tested, or were rejected\n"
    "  LLMC_CC_LOG        A file to which one JSON line for each call is appended\n"
    "  LLMC_CC_DEADLINE   Seconds that one unit's list may take (default: 120)\n"
    "  LLMC_CC_MEMORY     MiB of address space that it may use (default: 4096)\n";

std::string environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

}  // namespace

int run_cc(const std::vector<std::string>& arguments) {
  if (arguments.empty())
    return report({"give clang's arguments; `llmc cc --help` explains", ErrorKind::usage});
  if (arguments.size() == 1 && arguments[0] == "--help") {
    fmt::print("{}", k_help);
    return k_exit_done;
  }
  initialize_targets();
  const auto status = run_compiler_call(arguments, read_wrapper_settings(environment_variable));
  return status ? *status : report(status.error());
}

}  // namespace llmc
