// Running other programs: no shell, captured output, a deadline.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/error.h"

namespace llmc {

/// Whom a program takes along when it ends.
enum class Lifetime {
  alone,  ///< what it started may go on
  group   ///< it leads a process group of its own, and all of that is killed when it ends
};

struct SubprocessOptions {
  std::filesystem::path directory;                ///< working folder; empty: this process's
  std::optional<std::chrono::milliseconds> limit;  ///< killed after this long
  std::optional<std::string> input;                ///< standard input; none: /dev/null
  Lifetime lifetime = Lifetime::alone;
  std::optional<std::size_t> output_limit;  ///< killed once it has written more bytes than this
  const volatile int* interrupt = nullptr;  ///< killed once this is not 0
  /// Variables to set, or without a value to remove; the others are this process's.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment;
};

/// How a program ended and what it wrote.
struct SubprocessResult {
  int exit_status = 0;  ///< its exit code, or 128 + signal
  bool timed_out = false;
  bool flooded = false;      ///< killed for the output limit
  bool interrupted = false;  ///< killed for the interrupt flag
  std::string output;   ///< standard output
  std::string errors;   ///< standard error
};

/// Runs `arguments[0]` (searched in PATH) and waits. Fails only if it could not be started; a
/// non-zero exit is a result.
Result<SubprocessResult> run_subprocess(const std::vector<std::string>& arguments,
                                        const SubprocessOptions& options = {});

/// Runs `arguments[0]` (searched in PATH) with this process's own standard streams, waits, and
/// returns its exit code, or 128 + signal.
Result<int> run_attached(const std::vector<std::string>& arguments);

/// Becomes `arguments[0]` (searched in PATH); returns only the error if that is impossible.
Error become(const std::vector<std::string>& arguments);

/// The full path of `name` in PATH, if it is an executable there.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace llmc
