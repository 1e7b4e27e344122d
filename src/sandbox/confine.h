// Running programs that nobody vouches for: what a miscompiled test may do is to be wrong.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

/// What a confined program may use.
struct ConfinedLimits {
  std::chrono::milliseconds deadline{10'000};
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  ///< address space
  std::size_t output_bytes = std::size_t{1} << 20;  ///< of standard output and error together
};

/// How a confined program ended.
struct ConfinedRun {
  enum class Ending { exited, killed, timeout, flood };  ///< flood: wrote more than it may
  Ending ending = Ending::exited;
  int code = 0;  ///< exit status, or the signal's number
  std::string output;  ///< standard output, then standard error, as written to one pipe
  double seconds = 0;

  /// "exit status 3", "signal 11 (Segmentation fault)", "no end after 10 s", "endless output".
  [[nodiscard]] std::string describe() const;
};

/// Runs `program` with `arguments`, in `folder`, with an empty environment and standard input,
/// and waits for its end. A seccomp filter refuses (EPERM) new processes, sockets, signals to
/// others, and every call that opens a file for writing or changes the file system; threads are
/// allowed. Dies with the calling process. Fails only if it cannot be started or confined.
Result<ConfinedRun> run_confined(const std::filesystem::path& program,
                                 const std::filesystem::path& folder,
                                 const ConfinedLimits& limits = {},
                                 const std::vector<std::string>& arguments = {});

}  // namespace llmc
