#include "soundness/reduce.h"

#include <fmt/format.h>
#include <unistd.h>

#include "ir/module.h"
#include "passes/pass_list.h"
#include "soundness/checker.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "toolchain/optimizer.h"
#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// What a build of `candidate` after `passes` prints, or how it fails.
struct Behaviour {
  bool compiled = false;
  std::string output;

  friend bool operator==(const Behaviour&, const Behaviour&) = default;
};

Result<Behaviour> behaviour(const std::string& candidate, const std::string& passes,
                            const Linker& linker, double seconds) {
  Limits limits;
  limits.deadline = std::chrono::seconds(20);
  auto object = run_in_child(
      [&]() -> Result<std::string> {
        LLMC_TRY(const Program program, make_program(candidate, "candidate", CodegenOptions()));
        return object_after(program, passes);
      },
      limits);
  if (!object) return Behaviour{};
  auto output = run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
    LLMC_CHECK(write_file(folder.path() / "candidate.o", *object));
    // As C++, so that either language's library is there.
    LLMC_CHECK(linker.link({folder.path() / "candidate.o"}, folder.path() / "candidate", true));
    ConfinedLimits confined;
    confined.deadline = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
    LLMC_TRY(const ConfinedRun run,
             run_confined(folder.path() / "candidate", folder.path(), confined));
    if (run.ending == ConfinedRun::Ending::timeout) return std::string("no end");
    return run.describe() + "\n" + run.output;
  });
  if (!output) return std::unexpected(output.error());
  return Behaviour{true, std::move(*output)};
}

/// The culprit as a list of its own.
Result<std::string> as_list(const std::string& pass) {
  const PassCatalogue catalogue;
  LLMC_TRY(const PassList list, PassList::parse(pass, catalogue));
  return list.to_string();
}

}  // namespace

Result<bool> still_breaks(const std::string& candidate, const std::string& pass,
                          bool while_compiling, double run_seconds) {
  LLMC_TRY(const Linker linker, Linker::create());
  LLMC_TRY(const Behaviour culprit, behaviour(candidate, pass, linker, run_seconds));
  if (while_compiling) return !culprit.compiled;
  LLMC_TRY(const Behaviour plain, behaviour(candidate, "", linker, run_seconds));
  if (!plain.compiled || !culprit.compiled || plain == culprit) return false;
  if (!plain.output.starts_with("exit status ")) return false;
  LLMC_TRY(const Behaviour optimised, behaviour(candidate, "default<O1>", linker, run_seconds));
  return plain == optimised;
}

Result<std::string> reduce(const Bisection& found, const BisectSubject& subject, double run_seconds,
                           const fs::path& output) {
  const auto tool = find_program("llvm-reduce-19");
  if (!tool) return fail("cannot find llvm-reduce-19; install it (apt-get install llvm-19-tools)");
  LLMC_TRY(const std::string pass, as_list(found.culprit.pass));
  LLMC_TRY(const bool alone, still_breaks(found.before, pass, found.while_compiling, run_seconds));
  if (!alone)
    return fail(
        fmt::format("{}: {} alone does not break the module before it; what went wrong "
                    "needs the analyses or the defects that earlier passes left",
                    subject.name, found.culprit.pass));
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  LLMC_CHECK(write_file(folder.path() / "input.bc", found.before));
  const std::string self = fs::read_symlink("/proc/self/exe").string();
  const std::string script =
      fmt::format("#!/bin/sh\nexec '{}' reduce-test --pass '{}' {} --run-deadline {} \"$1\"\n",
                  self, pass, found.while_compiling ? "--while-compiling" : "", run_seconds);
  LLMC_CHECK(write_file(folder.path() / "test.sh", script));
  fs::permissions(folder.path() / "test.sh", fs::perms::owner_all);
  SubprocessOptions options;
  options.directory = folder.path();
  options.limit = std::chrono::minutes(10);
  LLMC_TRY(
      const SubprocessResult result,
      run_subprocess({tool->string(), "--test=" + (folder.path() / "test.sh").string(), "-o",
                      (folder.path() / "reduced.ll").string(), "--abort-on-invalid-reduction=false",
                      "--max-pass-iterations=1", (folder.path() / "input.bc").string()},
                     options));
  auto reduced = read_file(folder.path() / "reduced.ll");
  if (!reduced) {
    if (result.timed_out) return fail("llvm-reduce was not done after 10 minutes");
    return fail(fmt::format("llvm-reduce failed: {}", result.errors.substr(0, 400)));
  }
  LLMC_TRY(const IrModule before, IrModule::parse(found.before, subject.name));
  LLMC_TRY(const IrModule after, IrModule::parse(*reduced, "reduced.ll"));
  LLMC_CHECK(write_file(output, *reduced));
  return fmt::format("{} instructions, from {}", after.instruction_count(),
                     before.instruction_count());
}

}  // namespace llmc
