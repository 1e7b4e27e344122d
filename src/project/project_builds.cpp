#include "project/project_builds.h"

#include <fmt/format.h>

#include <cstdlib>

#include "support/digest.h"
#include "support/files.h"
#include "support/stopwatch.h"
#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// Part of every stamp: to be changed when builds give something else.
constexpr const char* k_builds_version = "llmc-project 1";

/// Builds that do not ask $CC find one of these.
const std::vector<std::string>& compiler_names() {
  static const std::vector<std::string> names = {"llmc-cc",  "cc",  "gcc", "clang",
                                                 "llmc-c++", "c++", "g++", "clang++"};
  return names;
}

}  // namespace

Result<ProjectBuilds> ProjectBuilds::open(ProjectCommands commands) {
  ProjectBuilds builds(std::move(commands));
  const ProjectCommands& given = builds.commands_;
  LLMC_CHECK(make_folder(given.work));
  LLMC_CHECK(write_compiler_scripts(given.work / "bin", given.llmc, compiler_names(),
                                    recording_commands()));
  LLMC_TRY(builds.source_digest_, digest_of_folder(given.source));
  LLMC_TRY(const std::string program, read_file(given.llmc));
  builds.program_digest_ = Digest::of(program).hex();
  return builds;
}

BuildEnvironment ProjectBuilds::environment(const BuiltTree& tree) const {
  BuildEnvironment variables;
  for (const std::string& name : wrapper_variables()) variables.emplace_back(name, std::nullopt);
  for (const char* name : {"LLMC_KEEP_SPEED", "LLMC_PROFILE"})
    variables.emplace_back(name, std::nullopt);
  const char* path = std::getenv("PATH");
  variables.emplace_back("PATH",
                         (commands_.work / "bin").string() + ":" + (path == nullptr ? "" : path));
  variables.emplace_back("CC", "llmc-cc");
  variables.emplace_back("CXX", "llmc-c++");
  // By its full path: the names in PATH are ours now.
  variables.emplace_back("LLMC_CLANG", commands_.clang);
  variables.emplace_back("LLMC_CC_LOG", tree.log().string());
  variables.emplace_back("LLMC_LOCK", (tree.folder / k_lock_file_name).string());
  return variables;
}

Result<BuiltTree> ProjectBuilds::build(const std::string& name, const LockFile& lock) {
  BuiltTree built{commands_.work / name, "", 0};
  const fs::path records = built.folder / "records";
  const std::string command =
      commands_.clean.empty() ? commands_.build : commands_.clean + "\n" + commands_.build;
  built.stamp = stamp_of({k_builds_version, toolchain_version(), program_digest_, source_digest_,
                          commands_.clang, commands_.suite, lock.to_text(), command});
  Phase phase{
      built.folder,        "build", command, built.stamp, {}, environment(built), commands_.limit,
      commands_.interrupt, {}};
  phase.environment.emplace_back("LLMC_PROJECT_RECORDS", records.string());
  phase.prepare = [&]() -> Result<void> {
    LLMC_CHECK(copy_to_tree(commands_.source, built.folder));
    LLMC_CHECK(make_folder(records));
    return write_file(built.folder / k_lock_file_name, lock.to_text());
  };
  auto start = std::chrono::steady_clock::now();
  bool ran = false;
  phase.observe = [&] {
    start = std::chrono::steady_clock::now();
    ran = true;
    if (commands_.observe) commands_.observe(name + ": build");
  };
  LLMC_TRY(const PhaseResult result, run_phase(phase));
  if (ran) built.seconds = seconds_since(start);
  if (!result.good())
    return fail(fmt::format("the build in {} fails: {}: {}; see {}", built.tree().string(),
                            result.ending, last_line(result),
                            (built.folder / "build.stderr").string()));
  return built;
}

Result<RecordedBuild> ProjectBuilds::records(const BuiltTree& tree) const {
  LLMC_TRY(RecordedBuild recorded, read_records(tree.folder / "records"));
  if (recorded.units.empty())
    return fail(
        "the build compiled nothing with $CC, $CXX, cc, gcc, clang, c++, g++ or clang++; expected "
        "a build that starts from clean sources (--clean CMD) and honours one of them");
  return recorded;
}

Result<PhaseResult> ProjectBuilds::test(const BuiltTree& tree) {
  Phase phase{tree.folder,
              "test",
              commands_.test,
              stamp_of({tree.stamp, commands_.test}),
              {},
              environment(tree),
              commands_.limit,
              commands_.interrupt,
              {}};
  phase.observe = [&] {
    if (commands_.observe) commands_.observe(tree.folder.filename().string() + ": test");
  };
  return run_phase(phase);
}

Result<std::vector<WrapperRow>> ProjectBuilds::log_of(const BuiltTree& tree) const {
  LLMC_TRY(const std::string text, read_file(tree.log()));
  auto rows = read_wrapper_log(text);
  if (!rows) return std::unexpected(rows.error().with_context(tree.log().string()));
  return rows;
}

}  // namespace llmc
