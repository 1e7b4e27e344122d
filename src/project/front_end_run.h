// One run of clang's front end beside this process: the source's unoptimised bitcode, what clang
// said, and how it called its own compiler, all from a single process and without a file on disk.
// The process is a fork of this one where clang's libraries are linked (project/linked_clang.h).
#pragma once

#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

struct FrontEndOutcome {
  int exit_status = 0;  ///< or 128 + signal
  std::string bitcode;  ///< what it wrote to standard output
  std::string errors;  ///< what it wrote to standard error
  std::vector<std::string> cc1;  ///< the arguments of clang's -cc1; empty if clang did not say
  double seconds = 0;  ///< from start to end
};

/// A front end at work.
class FrontEndRun {
 public:
  /// Starts `command`, whose bitcode goes to standard output.
  static Result<FrontEndRun> start(const std::vector<std::string>& command);
  FrontEndRun(FrontEndRun&& other) noexcept;
  FrontEndRun& operator=(FrontEndRun&&) = delete;
  ~FrontEndRun();  ///< a run that nobody waited for is killed

  /// Waits for its end. Once.
  Result<FrontEndOutcome> wait();

 private:
  FrontEndRun() = default;
  Result<void> spawn(const std::vector<std::string>& command);
  Result<void> fork_linked(const std::vector<std::string>& command);
  int pid_ = 0;
  int output_ = -1, errors_ = -1, options_ = -1;  ///< files in memory
  double started_ = 0;
};

}  // namespace llmc
