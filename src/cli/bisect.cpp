// llmc bisect: the pass execution that makes a program go wrong.
#include "soundness/bisect.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include "cli/command.h"
#include "cli/shared_options.h"
#include "cli/soundness_common.h"
#include "ir/module.h"
#include "passes/pass_list.h"
#include "sandbox/inputs.h"
#include "soundness/reduce.h"
#include "support/files.h"
#include "support/subprocess.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct BisectArguments : SharedOptions {
  std::string list;
  std::string test;
  std::string program;
  std::string suite = default_suite();
  std::string output;
  double run_seconds = 4;
  bool reduce = false;
  double reduce_seconds = 120;
  bool json = false;
};

/// What is bisected and how a build of it is tested.
struct Case {
  BisectSubject subject;
  BuildTest test;
};

/// The user's own command: LLMC_OBJECT names the object, exit status 0 means that it is right.
BuildTest command_test(const std::string& command, double seconds) {
  return [command, seconds](const std::string& object) -> Result<std::string> {
    LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
    const fs::path path = folder.path() / "candidate.o";
    LLMC_CHECK(write_file(path, object));
    ::setenv("LLMC_OBJECT", path.c_str(), 1);
    SubprocessOptions options;
    options.limit = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
    LLMC_TRY(const SubprocessResult result, run_subprocess({"sh", "-c", command}, options));
    if (result.timed_out) return fmt::format("the test did not end in {:g} s", seconds);
    if (result.exit_status == 0) return "";
    return fmt::format("the test ended with exit status {}", result.exit_status);
  };
}

/// The program's own run, compared with its right output.
BuildTest run_test(const SuiteProgram& program, const Linker& linker, double seconds) {
  ConfinedLimits limits;
  limits.deadline = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
  return [program, linker, limits](const std::string& object) -> Result<std::string> {
    const ProgramFinding finding = run_object(object, program, linker, limits);
    if (finding.finding == Finding::sound) return "";
    return fmt::format("{}: {}", to_string(finding.finding), finding.evidence);
  };
}

/// A program of a suite, or a source that is a whole program.
Result<SuiteProgram> find_subject(const BisectArguments& options) {
  SuiteSources sources;
  if (options.program.empty()) {
    const fs::path file = options.files.at(0);
    SuiteSource source{file.filename().string(), "", file.extension() != ".c", "", false};
    LLMC_TRY(source.text, read_file(file));
    sources = {"file", {std::move(source)}, fs::absolute(file).parent_path(), ""};
  } else {
    LLMC_TRY(sources, suite_by_name(options.suite));
    std::erase_if(sources.programs,
                  [&](const SuiteSource& source) { return source.name != options.program; });
    if (sources.programs.empty())
      return fail(fmt::format("suite {} has no program '{}'", options.suite, options.program),
                  ErrorKind::usage);
  }
  LLMC_TRY(Suite suite, compile_suite(sources, nullptr, 1));
  if (suite.programs.empty())
    return fail(
        fmt::format("{}: cannot be tested: {}", suite.left_out[0].name, suite.left_out[0].reason));
  return std::move(suite.programs[0]);
}

Result<Case> make_case(const BisectArguments& options, const std::string& list) {
  if (!options.test.empty()) {
    LLMC_TRY(const auto inputs, find_inputs(options.files, options.compiler_flags()));
    if (inputs.size() != 1) return fail("give one unit", ErrorKind::usage);
    LLMC_TRY(Program program, load_program(inputs[0], options.codegen()));
    return Case{{program.bitcode, program.name, program.codegen, list},
                command_test(options.test, options.run_seconds)};
  }
  LLMC_TRY(const SuiteProgram program, find_subject(options));
  LLMC_TRY(const Linker linker, Linker::create());
  return Case{{program.program.bitcode, program.program.name, program.program.codegen, list},
              run_test(program, linker, options.run_seconds)};
}

void print(const Bisection& found, const BisectArguments& options) {
  if (options.json) {
    const nlohmann::json object = {
        {"pass", found.culprit.pass}, {"unit", found.culprit.unit},
        {"execution", found.guilty},  {"executions", found.executions},
        {"symptom", found.symptom},   {"while_compiling", found.while_compiling},
        {"builds", found.builds}};
    fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  fmt::print("guilty: {} on {}\n", found.culprit.pass, found.culprit.unit);
  fmt::print("  execution {} of {}; the {} before it do no harm\n", found.guilty, found.executions,
             found.guilty - 1);
  fmt::print("  {}: {}\n", found.while_compiling ? "LLVM" : "then", found.symptom);
  fmt::print("  {} builds\n", found.builds);
}

/// before.ll, after.ll and, if asked for, reduced.ll.
Result<void> write_evidence(const Bisection& found, const Case& subject,
                            const BisectArguments& options) {
  if (options.output.empty()) return {};
  const fs::path folder = options.output;
  LLMC_CHECK(make_folder(folder));
  const auto write_text = [&](const std::string& bitcode, const char* name) -> Result<void> {
    LLMC_TRY(const IrModule module, IrModule::parse(bitcode, name));
    return write_file(folder / name, module.text());
  };
  LLMC_CHECK(write_text(found.before, "before.ll"));
  if (!found.after.empty()) {
    LLMC_CHECK(write_text(found.after, "after.ll"));
  }
  if (options.reduce) {
    LLMC_TRY(const std::string reduced,
             reduce(found, subject.subject, {options.run_seconds, options.reduce_seconds},
                    folder / "reduced.ll"));
    fmt::print(stderr, "llmc: {}: {}\n", (folder / "reduced.ll").string(), reduced);
  }
  return {};
}

}  // namespace

int run_bisect(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Finds the pass execution - which pass, on which function - that makes a program go\n"
      "wrong under a pass list. FILE is a whole program, whose right output is what -O0 and\n"
      "-O2 agree on; or any unit with --test; or take a suite's program with --program.",
      "llmc bisect");
  BisectArguments options;
  options.add_inputs(app, "A source; with --test also IR");
  app.get_option("files")->required(false);
  app.add_option("-p,--passes", options.list, "The pass list")->type_name("LIST")->required();
  app.add_option("--test", options.test,
                 "A shell command that tests the object named by $LLMC_OBJECT; exit status 0 "
                 "means right")
      ->type_name("COMMAND");
  app.add_option("--program", options.program, "A program of the suite instead of FILE");
  app.add_option("--suite", options.suite, "builtin, dir=FOLDER or humaneval-x=FILE")
      ->capture_default_str();
  app.add_option("-o,--output", options.output, "Folder for before.ll and after.ll");
  app.add_flag("--reduce", options.reduce,
               "Also write reduced.ll: a small module that the culprit alone breaks "
               "(runs llvm-reduce)");
  app.add_option("--reduce-seconds", options.reduce_seconds,
                 "Seconds that --reduce may take; then the smallest module so far is written")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--run-deadline", options.run_seconds, "Seconds one test may take")
      ->capture_default_str();
  app.add_flag("--json", options.json, "One JSON object");
  options.add_codegen(app);
  options.add_limits(app);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  if (options.files.size() + (options.program.empty() ? 0 : 1) != 1)
    return report({"give one file, or --program", ErrorKind::usage});
  if (options.reduce && options.output.empty())
    return report({"--reduce needs a folder: add -o FOLDER", ErrorKind::usage});
  initialize_targets();

  const PassCatalogue catalogue;
  auto list = PassList::parse(options.list, catalogue);
  if (!list) return report({list.error().message, ErrorKind::usage});
  auto subject = make_case(options, list->to_string());
  if (!subject) return report(subject.error());
  auto found = bisect(subject->subject, subject->test, options.limits());
  if (!found) return report(found.error());
  print(*found, options);
  if (auto written = write_evidence(*found, *subject, options); !written)
    return report(written.error());
  return k_exit_done;
}

}  // namespace llmc
