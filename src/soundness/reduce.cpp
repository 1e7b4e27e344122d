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
                          bool while_compiling, const Linker& linker, double run_seconds) {
  LLMC_TRY(const Behaviour culprit, behaviour(candidate, pass, linker, run_seconds));
  if (while_compiling) return !culprit.compiled;
  LLMC_TRY(const Behaviour plain, behaviour(candidate, "", linker, run_seconds));
  if (!plain.compiled || !culprit.compiled || plain == culprit) return false;
  if (!plain.output.starts_with("exit status ")) return false;
  LLMC_TRY(const Behaviour optimised, behaviour(candidate, "default<O1>", linker, run_seconds));
  return plain == optimised;
}

Result<std::string> reduce(const Bisection& found, const BisectSubject& subject,
                           const ReduceOptions& options, const fs::path& output) {
  const auto tool = find_program("llvm-reduce-19");
  if (!tool) return fail("cannot find llvm-reduce-19; install it (apt-get install llvm-19-tools)");
  LLMC_TRY(const std::string pass, as_list(found.culprit.pass));
  LLMC_TRY(const Linker linker, Linker::create());
  LLMC_TRY(const bool alone,
           still_breaks(found.before, pass, found.while_compiling, linker, options.run_seconds));
  if (!alone)
    return fail(
        fmt::format("{}: {} alone does not break the module before it; what went wrong "
                    "needs the analyses or the defects that earlier passes left",
                    subject.name, found.culprit.pass));
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const auto file = [&](const char* name) { return (folder.path() / name).string(); };
  LLMC_CHECK(write_file(file("input.bc"), found.before));
  LLMC_CHECK(write_file(file("linker"), linker.to_text()));
  const std::string self = fs::read_symlink("/proc/self/exe").string();
  const std::string script = fmt::format(
      "#!/bin/sh\nexec '{}' reduce-test --pass '{}' {} --run-deadline {} --linker '{}' --keep '{}' "
      "\"$1\"\n",
      self, pass, found.while_compiling ? "--while-compiling" : "", options.run_seconds,
      file("linker"), file("best"));
  LLMC_CHECK(write_file(file("test.sh"), script));
  fs::permissions(file("test.sh"), fs::perms::owner_all);
  SubprocessOptions how;
  how.directory = folder.path();
  how.limit = std::chrono::milliseconds(static_cast<long>(options.seconds * 1000));
  how.lifetime = Lifetime::group;
  LLMC_TRY(const SubprocessResult result,
           run_subprocess({tool->string(), "--test=" + file("test.sh"), "-o", file("reduced.ll"),
                           "--abort-on-invalid-reduction=false", file("input.bc")},
                          how));
  // What the test accepted last is the smallest so far: llvm-reduce goes on from there.
  auto reduced = read_file(file(result.timed_out ? "best" : "reduced.ll"));
  if (!reduced) return fail(fmt::format("llvm-reduce failed: {}", result.errors.substr(0, 400)));
  LLMC_TRY(const IrModule before, IrModule::parse(found.before, subject.name));
  LLMC_TRY(const IrModule after, IrModule::parse(*reduced, "reduced.ll"));
  LLMC_CHECK(write_file(output, after.text()));
  return fmt::format(
      "{} instructions, from {}{}", after.instruction_count(), before.instruction_count(),
      result.timed_out
          ? fmt::format("; stopped after {:g} s, more may be possible", options.seconds)
          : "");
}

}  // namespace llmc
