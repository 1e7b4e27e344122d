// llmc cc, llmc c++: a compiler for build systems, which makes units smaller.
#include <fmt/format.h>

#include <cstdlib>

#include "cli/command.h"
#include "cli/compiler_common.h"

namespace llmc {
namespace {

constexpr const char* k_help =
    "Compiles as clang does, and smaller: CC=\"llmc cc\" CXX=\"llmc c++\". One C or C++ source to\n"
    "one object at -O1 or more is compiled with the smallest tested pass list that is known, by\n"
    "the lock file or the cache, or found in a short search; it is never larger than clang -Oz.\n"
    "Everything else becomes clang's, unchanged. All arguments are clang's; the settings come "
    "from\n"
    "the environment.\n"
    "\nUsage: llmc cc [--keep-speed [--profile FILE]] ARGUMENTS...\n"
    "       llmc c++ [--keep-speed [--profile FILE]] ARGUMENTS...\n\n"
    "Options:\n"
    "  --keep-speed       Keep what is called for at -O1 to -O3 as fast: make only functions "
    "small\n"
    "                     that hardly ever run, by clang's profile or by what the source says\n"
    "  --profile FILE     All functions run often that FILE names, one a line; others hardly ever\n"
    "  --help             Print this, where it is the only argument\n\n"
    "Environment:\n"
    "  LLMC_BUDGET        Time for a search: 3 (the default) times clang's own, 10s ten\n"
    "                     seconds, 0 none\n"
    "  LLMC_LOCK          The lock file (default: the nearest llmc.lock above the source); off:\n"
    "                     none\n"
    "  LLMC_CACHE         The folder of decisions (default: ~/.cache/llmc)\n"
    "  LLMC_KEEP_SPEED    1: as --keep-speed does\n"
    "  LLMC_PROFILE       As --profile does\n"
    "  LLMC_CC_LOG        A file to which one JSON line for each call is appended\n"
    "  LLMC_CC_DEADLINE   Seconds that one unit's list may take (default: 120)\n"
    "  LLMC_CC_MEMORY     MiB of address space that it may use (default: 4096)\n"
    "  LLMC_CC_UNSAFE     1: apply lists that were not tested, or were rejected\n"
    "Experiments (with one of these, nothing is searched, and all calls are at -Oz):\n"
    "  LLMC_CC_MODE       candidate or baseline: clang alone, at LLMC_CC_LEVEL\n"
    "  LLMC_CC_LEVEL      The baseline's level of optimisation (default: -O2)\n"
    "  LLMC_CC_LIST       A pass list for every unit\n"
    "  LLMC_CC_PLAN       What llmc tune --json printed: a list for each unit\n"
    "  LLMC_CC_ONLY       A file of units, one absolute path a line; the others get clang -Oz\n";

int run_compiler(const std::vector<std::string>& given, const char* driver_mode) {
  const auto taken = take_own_options(given);
  if (!taken) return report(taken.error());
  const std::vector<std::string>& arguments = *taken;
  if (arguments.empty())
    return report({"give clang's arguments; `llmc cc --help` explains", ErrorKind::usage});
  if (arguments.size() == 1 && arguments[0] == "--help") {
    fmt::print("{}", k_help);
    return k_exit_done;
  }
  std::vector<std::string> all = arguments;
  if (*driver_mode != '\0' && !arguments[0].starts_with("-cc1"))
    all.insert(all.begin(), driver_mode);
  return compile_as_clang(all);
}

}  // namespace

int run_cc(const std::vector<std::string>& arguments) { return run_compiler(arguments, ""); }

int run_cxx(const std::vector<std::string>& arguments) {
  return run_compiler(arguments, "--driver-mode=g++");
}

}  // namespace llmc
