// A project's own commands, run in copies of its folder: what difftest and `llmc project` share.
//
//     FOLDER/tree        the copy, made anew before each build
//     FOLDER/NAME.ending, NAME.stdout, NAME.stderr   what the phase NAME gave
//     FOLDER/NAME.stamp  the hash of everything that the phase depends on
//
// A phase whose stamp fits is not run again, so that a run that was killed goes on where it was.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/error.h"

namespace llmc {

/// How a shell command ended, and what it wrote.
struct PhaseResult {
  std::string ending;  ///< "exit status 0", "no end after 5 s", "endless output"
  std::string output;
  std::string errors;

  [[nodiscard]] bool good() const { return ending == "exit status 0"; }
  [[nodiscard]] bool ended() const { return ending.starts_with("exit status"); }
};

/// Variables to set, or without a value to remove.
using BuildEnvironment = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// One shell command and where it runs.
struct Phase {
  std::filesystem::path folder;
  std::string name;
  std::string command;
  std::string stamp;
  /// Makes the tree; not called for a phase that is done. Empty: the tree is there.
  std::function<Result<void>()> prepare;
  BuildEnvironment environment;
  std::chrono::milliseconds limit{600'000};
  const volatile int* interrupt = nullptr;
  std::function<void()> observe;  ///< called before the command is; may be empty
};

/// Runs the phase, or finds it done. The command and all that it started are killed at the end, at
/// the limit, or once it has written 64 MiB. Fails only where it could not be run, or with an error
/// of kind interrupted.
Result<PhaseResult> run_phase(const Phase& phase);

/// The last line that the command wrote, of standard error if there is any: most likely what is
/// wrong.
std::string last_line(const PhaseResult& result);

/// What stamps are made of: no two rows of parts have the same hash.
std::string stamp_of(std::initializer_list<std::string> parts);

/// A hash of names, modes and contents of all files below `folder`.
Result<std::string> digest_of_folder(const std::filesystem::path& folder);

/// Removes `folder` and copies `source` to `folder`/tree, with times and modes.
Result<void> copy_to_tree(const std::filesystem::path& source, const std::filesystem::path& folder);

/// Writes the scripts `names` to `folder`: compilers that are called by a single word, which build
/// systems take without quoting, even where the path of this program has spaces. Each runs the
/// shell commands `before` and becomes `llmc cc`, for C++ where its name has a "++".
Result<void> write_compiler_scripts(const std::filesystem::path& folder,
                                    const std::filesystem::path& llmc,
                                    const std::vector<std::string>& names,
                                    const std::string& before = "");

}  // namespace llmc
