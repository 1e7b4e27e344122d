// Running other programs: no shell, captured output, a deadline.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

struct SubprocessOptions {
  std::filesystem::path directory;                ///< working folder; empty: this process's
  std::optional<std::chrono::milliseconds> limit;  ///< killed after this long
  std::optional<std::string> input;                ///< standard input; none: /dev/null
};

/// How a program ended and what it wrote.
struct SubprocessResult {
  int exit_status = 0;  ///< its exit code, or 128 + signal
  bool timed_out = false;
  std::string output;   ///< standard output
  std::string errors;   ///< standard error
};

/// Runs `arguments[0]` (searched in PATH) and waits. Fails only if it could not be started; a
/// non-zero exit is a result.
Result<SubprocessResult> run_subprocess(const std::vector<std::string>& arguments,
                                        const SubprocessOptions& options = {});

/// The full path of `name` in PATH, if it is an executable there.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace llmc
