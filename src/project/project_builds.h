// The builds and test runs of a project that is being tuned, each in a copy of its folder:
//
//     WORK/bin          compilers for the build: cc, gcc, clang, c++, … all become `llmc cc`
//     WORK/baseline     built with an empty lock file, which is clang -Oz
//     WORK/proposal     built with the lock file
//     WORK/bisected     the same with a part of the lock file
//
// Their names are equally long: programs have the path of libraries beside them in them.
//
// What was done before with the same inputs is not done again (soundness/build_phase.h).
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "project/lock_file.h"
#include "project/project_record.h"
#include "soundness/build_phase.h"
#include "soundness/compiler_wrapper.h"
#include "support/error.h"

namespace llmc {

/// How a project is built and tested.
struct ProjectCommands {
  std::filesystem::path source;  ///< the project's folder; never written to
  std::string clean;             ///< shell commands, run in copies; empty: none
  std::string build;
  std::string test;
  std::filesystem::path work;
  std::filesystem::path llmc;  ///< this program
  std::string clang;           ///< the absolute path of the clang that is called
  std::string suite;  ///< its name, for stamps: verdicts on it decide what builds apply
  std::chrono::milliseconds limit{3'600'000};  ///< of each build and each test run
  const volatile int* interrupt = nullptr;
  std::function<void(const std::string& what)> observe;  ///< before each command; may be empty
};

/// A built copy.
struct BuiltTree {
  std::filesystem::path folder;
  std::string stamp;  ///< of the build
  double seconds = 0;  ///< that the build took; 0 if it was done before

  [[nodiscard]] std::filesystem::path tree() const { return folder / "tree"; }
  [[nodiscard]] std::filesystem::path log() const { return folder / "log.jsonl"; }
};

class ProjectBuilds {
 public:
  /// Writes the compilers.
  static Result<ProjectBuilds> open(ProjectCommands commands);

  /// Builds with the lock file, in a folder of that name. Units that it does not name are as clang
  /// -Oz makes them, so that the build with an empty one is the baseline. Fails with the build's
  /// own last words if it does.
  Result<BuiltTree> build(const std::string& name, const LockFile& lock);
  /// What the build did. Fails if it compiled nothing that llmc knows.
  Result<RecordedBuild> records(const BuiltTree& tree) const;

  /// Runs the tests.
  Result<PhaseResult> test(const BuiltTree& tree);

  /// What `llmc cc` did in the build.
  Result<std::vector<WrapperRow>> log_of(const BuiltTree& tree) const;

 private:
  explicit ProjectBuilds(ProjectCommands commands) : commands_(std::move(commands)) {}
  [[nodiscard]] BuildEnvironment environment(const BuiltTree& tree) const;

  ProjectCommands commands_;
  std::string source_digest_, program_digest_;
};

}  // namespace llmc
