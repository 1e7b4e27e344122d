// Starting a request's process from a server with threads, confined, and ending all of it.
//
// Between fork and exec a process with threads may call hardly anything (signal-safety(7)): all
// memory is allocated before. Two processes are made. The *supervisor*, a fork of the server that
// never becomes another program, adopts whatever the command leaves behind (a subreaper, prctl(2)),
// and ends only when nothing of it is left: workers that lead process groups of their own are
// found too. It does so when the command has ended, when the server tells it to (SIGTERM), and when
// the server dies. Below it the *command* takes its own rights away and is executed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

struct Launch {
  std::filesystem::path program;
  std::vector<std::string> arguments;  ///< without the program's name
  std::vector<std::string> environment;  ///< "NAME=value", all of it
  std::filesystem::path folder;  ///< where it runs
  int ruleset = -1;  ///< of make_ruleset; -1: not confined
  std::chrono::milliseconds limit{60'000};
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< address space of each process
  std::uint64_t file_bytes = std::uint64_t{1} << 30;  ///< the longest file it may write
  std::size_t output_bytes = std::size_t{16} << 20;  ///< of standard output and error together
  /// Asked about ten times a second; false: nobody waits for it any more. May be empty.
  std::function<bool()> wanted;
};

/// How it ended.
struct Launched {
  enum class Ending { exited, timeout, flood, unwanted };  ///< flood: wrote more than it may
  Ending ending = Ending::exited;
  int status = 0;  ///< exit code, or 128 + signal, of one that exited
  std::string output;  ///< standard output
  std::string errors;  ///< standard error
  double seconds = 0;
};

/// Runs a program with an empty standard input, without capabilities (capabilities(7)), without
/// core files, and waits until it and all that it started have ended. May be called from several
/// threads. Fails only if it cannot be started or confined.
Result<Launched> launch(const Launch& launch);

}  // namespace llmc
