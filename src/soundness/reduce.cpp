#include "soundness/reduce.h"

#include <fmt/format.h>
#include <unistd.h>

#include "ir/module.h"
#include "ir/split.h"
#include "passes/pass_list.h"
#include "soundness/checker.h"
#include "support/files.h"
#include "support/own_program.h"
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
                            const ReduceTest& test, const Linker& linker) {
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
    std::vector<fs::path> objects = {folder.path() / "candidate.o"};
    if (!test.rest.empty()) objects.push_back(test.rest);
    // As C++, so that either language's library is there.
    LLMC_CHECK(linker.link(objects, folder.path() / "candidate", true));
    ConfinedLimits confined;
    confined.deadline = std::chrono::milliseconds(static_cast<long>(test.run_seconds * 1000));
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

/// "f" for "f" and for "loop %for.body in function f"; what is no function is not found later.
std::string function_of(const std::string& unit) {
  const std::string before_name = " in function ";
  const std::size_t at = unit.find(before_name);
  return at == std::string::npos ? unit : unit.substr(at + before_name.size());
}

/// The module to reduce. If the culprit's function can be cut out, the rest becomes an object that
/// `test` names, in `folder`, and rest.ll.
Result<std::string> module_to_reduce(const Bisection& found, const fs::path& folder,
                                     const fs::path& rest_file, ReduceTest& test) {
  const auto split = split_module(found.before, function_of(found.culprit.unit));
  if (!split || test.while_compiling) return found.before;
  LLMC_TRY(const std::string object, run_in_child([&]() -> Result<std::string> {
             LLMC_TRY(const Program program,
                      make_program(split->rest.bitcode(), "rest", CodegenOptions()));
             return object_after(program, "");
           }));
  test.rest = folder / "rest.o";
  LLMC_CHECK(write_file(test.rest, object));
  LLMC_CHECK(write_file(rest_file, split->rest.text()));
  return split->function.bitcode();
}

/// What llvm-reduce calls.
Result<std::string> test_script(const ReduceTest& test, const fs::path& linker,
                                const fs::path& kept) {
  LLMC_TRY(const fs::path program, own_program());
  std::string script = fmt::format(
      "#!/bin/sh\nexec '{}' reduce-test --pass '{}' --run-deadline {} --linker '{}' --keep '{}'",
      program.string(), test.pass, test.run_seconds, linker.string(), kept.string());
  if (test.while_compiling) script += " --while-compiling";
  if (!test.rest.empty()) script += fmt::format(" --rest '{}'", test.rest.string());
  return script + " \"$1\"\n";
}

}  // namespace

Result<bool> still_breaks(const std::string& candidate, const ReduceTest& test,
                          const Linker& linker) {
  LLMC_TRY(const Behaviour culprit, behaviour(candidate, test.pass, test, linker));
  if (test.while_compiling) return !culprit.compiled;
  LLMC_TRY(const Behaviour plain, behaviour(candidate, "", test, linker));
  if (!plain.compiled || !culprit.compiled || plain == culprit) return false;
  if (!plain.output.starts_with("exit status ")) return false;
  LLMC_TRY(const Behaviour optimised, behaviour(candidate, "default<O1>", test, linker));
  return plain == optimised;
}

Result<std::string> reduce(const Bisection& found, const BisectSubject& subject,
                           const ReduceOptions& options, const fs::path& output) {
  const auto tool = find_program("llvm-reduce-19");
  if (!tool) return fail("cannot find llvm-reduce-19; install it (apt-get install llvm-19-tools)");
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const auto file = [&](const char* name) { return folder.path() / name; };
  ReduceTest test{"", found.while_compiling, "", options.run_seconds};
  LLMC_TRY(test.pass, as_list(found.culprit.pass));
  LLMC_TRY(const std::string input,
           module_to_reduce(found, folder.path(), output.parent_path() / "rest.ll", test));
  LLMC_TRY(const Linker linker, Linker::create());
  LLMC_TRY(const bool alone, still_breaks(input, test, linker));
  if (!alone)
    return fail(
        fmt::format("{}: {} alone does not break the module before it; what went wrong "
                    "needs the analyses or the defects that earlier passes left",
                    subject.name, found.culprit.pass));
  LLMC_CHECK(write_file(file("input.bc"), input));
  LLMC_CHECK(write_file(file("linker"), linker.to_text()));
  LLMC_TRY(const std::string script, test_script(test, file("linker"), file("best")));
  LLMC_CHECK(write_file(file("test.sh"), script));
  fs::permissions(file("test.sh"), fs::perms::owner_all);
  SubprocessOptions how;
  how.directory = folder.path();
  how.limit = std::chrono::milliseconds(static_cast<long>(options.seconds * 1000));
  how.lifetime = Lifetime::group;
  LLMC_TRY(const SubprocessResult result,
           run_subprocess(
               {tool->string(), "--test=" + file("test.sh").string(), "-o",
                file("reduced.ll").string(), "--abort-on-invalid-reduction=false",
                "--skip-delta-passes=arguments,operands-to-args",  // the rest still passes them
                file("input.bc").string()},
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
