// llmc eval init: a suite of a source tree.
#include <fmt/format.h>

#include <algorithm>

#include "benchmark/suite_init.h"
#include "cli/command.h"
#include "cli/eval_common.h"
#include "support/files.h"
#include "support/own_program.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  std::string tree, name, build, work, output;
  std::vector<std::string> runs, compare;
  double build_seconds = 600;
  bool force = false;
};

void add_init_options(CLI::App& app, InitOptions& options) {
  app.add_option("tree", options.tree, "The source tree; never written to but for the manifest")
      ->required()
      ->type_name("DIR");
  app.add_option("--name", options.name, "The suite's name (default: the folder's)");
  app.add_option("--build", options.build,
                 "Shell command that builds a benchmark, with $CC and $CXX (default: guessed from "
                 "configure, CMakeLists.txt or a makefile)")
      ->type_name("CMD");
  app.add_option("--run", options.runs,
                 "Shell command that runs what was built; repeatable (default: runme_small.sh, "
                 "runme.sh, or the makefile's check or test)")
      ->allow_extra_args(false)
      ->type_name("CMD");
  app.add_option("--compare", options.compare,
                 "Files that runs write and that must be equal, such as 'out/*.txt'; repeatable")
      ->allow_extra_args(false)
      ->type_name("GLOB");
  app.add_option("--work", options.work, "Where to build (default: in the cache folder)")
      ->type_name("DIR");
  app.add_option("--build-timeout", options.build_seconds, "Seconds that a build may take")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("-o,--output", options.output,
                 fmt::format("The manifest (default: {} in DIR)", k_suite_file_name))
      ->type_name("FILE");
  app.add_flag("--force", options.force, "Write over a manifest that is there");
}

void print_suite_table(const BenchmarkSuite& suite) {
  std::size_t width = 10, units = 0, left_out = 0;
  for (const Benchmark& one : suite.benchmarks) width = std::max(width, one.name.size());
  fmt::print("{:<{}} {:>6} {:>9}  {}\n", "benchmark", width, "units", "left out", "runs");
  for (const Benchmark& one : suite.benchmarks) {
    fmt::print("{:<{}} {:>6} {:>9}  {}\n", one.name, width, one.units.size(), one.left_out.size(),
               one.runs.empty() ? "none: say --run, or correct the manifest" : one.runs.front());
    if (!one.problem.empty()) fmt::print("  {}\n", one.problem);
    for (const std::string& each : one.left_out) fmt::print("  left out: {}\n", each);
    units += one.units.size();
    left_out += one.left_out.size();
  }
  fmt::print("{} benchmarks, {} units, {} left out\n", suite.benchmarks.size(), units, left_out);
}

Result<void> init(const InitOptions& options) {
  SuiteInitOptions setting;
  setting.tree = fs::absolute(options.tree).lexically_normal();
  if (!setting.tree.has_filename()) setting.tree = setting.tree.parent_path();
  const fs::path output =
      options.output.empty() ? setting.tree / k_suite_file_name : fs::absolute(options.output);
  std::error_code code;
  if (fs::exists(output, code) && !options.force)
    return fail(output.string() + " is there; --force writes over it", ErrorKind::usage);
  setting.name = options.name.empty() ? setting.tree.filename().string() : options.name;
  setting.build = options.build;
  setting.runs = options.runs;
  setting.compare = options.compare;
  setting.work = suite_work_folder(setting.tree, options.work);
  LLMC_TRY(setting.llmc, own_program());
  setting.limit = std::chrono::milliseconds(static_cast<long>(options.build_seconds * 1000));
  setting.interrupt = &interrupted;
  ProgressLine line;
  setting.observe = [&](const std::string& what) { line.show(what); };
  auto suite = init_suite(setting);
  line.clear();
  if (!suite) return std::unexpected(suite.error());
  // Benchmarks' folders are relative to the manifest.
  for (Benchmark& one : suite->benchmarks)
    one.folder = (setting.tree / one.folder)
                     .lexically_normal()
                     .lexically_relative(output.parent_path().lexically_normal());
  LLMC_CHECK(write_file(output, print_suite(*suite)));
  print_suite_table(*suite);
  fmt::print("{}\n", output.string());
  return {};
}

}  // namespace

int run_eval_init(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Writes a suite's manifest for a source tree: each folder with a makefile, configure or\n"
      "CMakeLists.txt is a benchmark; it is built in a copy, and the calls of the compiler say "
      "what\nits units are, with what flags. What does not build or compile is in it with the "
      "reason.",
      "llmc eval init");
  InitOptions options;
  add_init_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  const auto done = init(options);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
