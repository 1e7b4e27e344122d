// llmc launch: stands in front of a compiler's command line, as ccache does.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "cli/command.h"
#include "cli/compiler_common.h"
#include "support/subprocess.h"

namespace llmc {
namespace {

constexpr const char* k_help =
    "Does what `llmc cc` does where the compiler's name stands in the command: for CMake,\n"
    "-DCMAKE_C_COMPILER_LAUNCHER=\"llmc;launch\" and "
    "-DCMAKE_CXX_COMPILER_LAUNCHER=\"llmc;launch\".\n"
    "A compiler that is not clang is run unchanged. `llmc cc --help` has the settings.\n"
    "\nUsage: llmc launch [--keep-speed [--profile FILE]] COMPILER ARGUMENTS...\n\n"
    "Options:\n"
    "  --keep-speed       See `llmc cc --help`\n"
    "  --profile FILE     See `llmc cc --help`\n"
    "  --help             Print this, where it is the only argument\n";

/// Whether a compiler of this name takes clang's arguments and makes what clang makes.
bool is_clang(const std::string& compiler) {
  return std::filesystem::path(compiler).filename().string().find("clang") != std::string::npos;
}

}  // namespace

int run_launch(const std::vector<std::string>& given) {
  const auto taken = take_own_options(given);
  if (!taken) return report(taken.error());
  const std::vector<std::string>& arguments = *taken;
  if (arguments.empty())
    return report(
        {"give a compiler and its arguments; `llmc launch --help` explains", ErrorKind::usage});
  if (arguments.size() == 1 && arguments[0] == "--help") {
    fmt::print("{}", k_help);
    return k_exit_done;
  }
  if (!is_clang(arguments[0])) return report(become(arguments));
  // The compiler's own name says which target and language it is for.
  ::setenv("LLMC_CLANG", arguments[0].c_str(), 1);
  return compile_as_clang({arguments.begin() + 1, arguments.end()});
}

}  // namespace llmc
