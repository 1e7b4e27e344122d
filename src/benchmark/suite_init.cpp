#include "benchmark/suite_init.h"

#include <fmt/format.h>

#include <algorithm>

#include "benchmark/suite_build.h"
#include "project/project_units.h"
#include "support/files.h"
#include "support/text.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// What clang 16 and later refuse and older C does.
constexpr const char* k_old_c =
    "-Wno-error=implicit-function-declaration -Wno-error=implicit-int -Wno-error=int-conversion "
    "-Wno-error=incompatible-function-pointer-types -Wno-error=return-type -fcommon";

bool has(const fs::path& folder, const char* name) {
  std::error_code code;
  return fs::is_regular_file(folder / name, code);
}

bool has_makefile(const fs::path& folder) {
  return has(folder, "GNUmakefile") || has(folder, "makefile") || has(folder, "Makefile");
}

/// The command that builds what is in `folder`; empty: there is nothing to build with. Makefiles
/// that name their compiler are told ours.
std::string guessed_build(const fs::path& folder) {
  constexpr const char* k_make = "make CC=\"$CC\" CXX=\"$CXX\"";
  if (has(folder, "configure")) return fmt::format("sh ./configure && {}", k_make);
  if (has(folder, "CMakeLists.txt")) return "cmake . && make";
  return has_makefile(folder) ? k_make : "";
}

/// The target of `folder`'s makefile that tests; empty: there is none. Makefiles of configure are
/// there only once it is built.
std::string test_target(const fs::path& folder) {
  for (const char* name : {"GNUmakefile", "makefile", "Makefile", "Makefile.in"}) {
    const auto text = has(folder, name) ? read_file(folder / name) : Result<std::string>("");
    if (!text) continue;
    for (const char* target : {"check", "test"})
      if (text->starts_with(fmt::format("{}:", target)) ||
          text->contains(fmt::format("\n{}:", target)))
        return target;
  }
  return "";
}

void guess_runs(const fs::path& folder, Benchmark& benchmark) {
  for (const char* name : {"runme_small.sh", "runme.sh"})
    if (has(folder, name)) {
      benchmark.runs = {fmt::format("sh {}", name)};
      benchmark.compare = {"output*"};
      return;
    }
  if (const std::string target = test_target(folder); !target.empty())
    benchmark.runs = {"make " + target + " CC=\"$CC\" CXX=\"$CXX\""};
}

/// The units of a build, as the manifest has them.
std::vector<CompileCommand> units_of(const RecordedBuild& recorded, const ProjectUnits& loaded,
                                     const fs::path& tree) {
  std::vector<CompileCommand> units;
  for (const ProjectUnit& unit : loaded.units)
    units.push_back(replace_in_unit(recorded.units[unit.places.front()].command, tree.string(),
                                    k_tree_placeholder));
  return units;
}

/// Builds `benchmark` once, and learns its units. What goes wrong is in `problem`.
Result<void> record(const SuiteInitOptions& options, const FrontEnd& front_end,
                    const fs::path& source, Benchmark& benchmark) {
  LLMC_TRY(const SuiteBuild built, build_benchmark(benchmark, source,
                                                   {options.work, options.llmc, options.limit,
                                                    options.interrupt, options.observe}));
  benchmark.problem = built.problem;
  benchmark.units.clear();
  benchmark.left_out.clear();
  if (options.observe) options.observe(benchmark.name + ": units");
  LLMC_TRY(const ProjectUnits loaded,
           load_units(built.recorded, built.tree, front_end, [&](std::size_t) {
             return options.interrupt == nullptr || *options.interrupt == 0;
           }));
  benchmark.units = units_of(built.recorded, loaded, built.tree);
  for (const std::string& one : loaded.left_out)
    benchmark.left_out.push_back(replace_all(one, built.tree.string(), k_tree_placeholder));
  if (benchmark.problem.empty() && benchmark.units.empty())
    benchmark.problem = "the build compiled nothing with $CC, $CXX, cc, gcc or clang";
  return {};
}

}  // namespace

std::vector<fs::path> find_benchmarks(const fs::path& tree) {
  std::vector<fs::path> found;
  if (!guessed_build(tree).empty()) return {"."};
  std::error_code code;
  for (fs::recursive_directory_iterator at(tree, fs::directory_options::skip_permission_denied,
                                           code);
       !code && at != fs::recursive_directory_iterator(); at.increment(code)) {
    std::error_code ignored;
    if (at->is_symlink(ignored) || !at->is_directory(ignored)) continue;
    if (guessed_build(at->path()).empty()) continue;
    found.push_back(at->path().lexically_relative(tree));
    at.disable_recursion_pending();
  }
  std::ranges::sort(found);
  return found;
}

Result<BenchmarkSuite> init_suite(const SuiteInitOptions& options) {
  std::error_code code;
  if (!fs::is_directory(options.tree, code))
    return fail(options.tree.string() + ": no such folder", ErrorKind::usage);
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  std::vector<fs::path> folders = find_benchmarks(options.tree);
  if (folders.empty() && !options.build.empty()) folders = {"."};
  if (folders.empty())
    return fail(options.tree.string() +
                    ": no Makefile, configure or CMakeLists.txt in it or below; say how it is "
                    "built with --build CMD",
                ErrorKind::usage);
  BenchmarkSuite suite{options.name, options.tree, {}};
  for (const fs::path& folder : folders) {
    const fs::path source = (options.tree / folder).lexically_normal();
    Benchmark benchmark;
    benchmark.name = folder == "." ? options.name : folder.generic_string();
    benchmark.folder = folder;
    benchmark.runs = options.runs;
    benchmark.compare = options.compare;
    if (benchmark.runs.empty()) guess_runs(source, benchmark);
    const std::string build = options.build.empty() ? guessed_build(source) : options.build;
    for (const bool is_old : {false, true}) {
      // The calls' own level, if they have one, comes later and counts.
      benchmark.build = fmt::format("CC=\"$CC -O2{}{}\"; CXX=\"$CXX -O2\"; export CC CXX\n{}",
                                    is_old ? " " : "", is_old ? k_old_c : "", build);
      LLMC_CHECK(record(options, front_end, source, benchmark));
      if (benchmark.problem.empty() && benchmark.left_out.empty()) break;
    }
    suite.benchmarks.push_back(std::move(benchmark));
  }
  return suite;
}

}  // namespace llmc
