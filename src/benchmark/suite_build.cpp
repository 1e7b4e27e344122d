#include "benchmark/suite_build.h"

#include <algorithm>

#include "project/project_builds.h"
#include "project/project_units.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// The unit's path in the tree.
std::string name_in_tree(const CompileCommand& unit, const fs::path& tree) {
  const fs::path file = (unit.directory / unit.file).lexically_normal();
  const fs::path below = file.lexically_relative(tree);
  return below.empty() || *below.begin() == ".." ? file.string() : below.generic_string();
}

}  // namespace

fs::path work_folder(const Benchmark& benchmark, const fs::path& work) {
  std::string name = benchmark.name;
  std::ranges::replace(name, '/', '_');
  return work / (name.starts_with('.') ? "_" + name : name);
}

Result<SuiteBuild> build_benchmark(const Benchmark& benchmark, const fs::path& source,
                                   const SuiteBuildOptions& options) {
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  ProjectCommands commands;
  commands.source = source;
  commands.build = benchmark.build;
  commands.work = work_folder(benchmark, options.work);
  commands.llmc = options.llmc;
  commands.clang = front_end.path();
  commands.limit = options.limit;
  commands.interrupt = options.interrupt;
  if (options.observe)
    commands.observe = [&](const std::string& what) {
      options.observe(benchmark.name + ": " + what);
    };
  LLMC_TRY(ProjectBuilds builds, ProjectBuilds::open(std::move(commands)));
  const BuiltTree expected{work_folder(benchmark, options.work) / "baseline", "", 0};
  SuiteBuild made{expected.tree(), {}, ""};
  const auto built = builds.build("baseline", LockFile(toolchain_version()));
  if (!built && built.error().kind == ErrorKind::interrupted) return std::unexpected(built.error());
  if (!built) made.problem = built.error().message;
  LLMC_TRY(made.recorded, read_records(expected.folder / "records"));
  return made;
}

Result<LoadedSuite> load_suite(const BenchmarkSuite& suite, const SuiteBuildOptions& options) {
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  LoadedSuite loaded;
  for (const Benchmark& benchmark : suite.benchmarks) {
    for (const std::string& one : benchmark.left_out) {
      const std::size_t colon = one.find(": ");
      loaded.failures.push_back({benchmark.name, one.substr(0, colon),
                                 colon == std::string::npos ? "" : one.substr(colon + 2)});
    }
    auto built =
        build_benchmark(benchmark, (suite.folder / benchmark.folder).lexically_normal(), options);
    if (!built && built.error().kind == ErrorKind::interrupted)
      return std::unexpected(built.error());
    const std::string problem = built ? built->problem : built.error().message;
    if (!problem.empty()) loaded.failures.push_back({benchmark.name, "", problem});
    if (!built) continue;
    for (const CompileCommand& unit : benchmark.units) {
      if (options.interrupt != nullptr && *options.interrupt != 0)
        return fail("interrupted", ErrorKind::interrupted);
      const CompileCommand command =
          replace_in_unit(unit, k_tree_placeholder, built->tree.string());
      const std::string name = name_in_tree(command, built->tree);
      auto program = load_unit(command, front_end, benchmark.name + "/" + name);
      if (program)
        loaded.units.push_back({benchmark.name, std::move(*program), command});
      else
        loaded.failures.push_back({benchmark.name, name, main_line(program.error().message)});
    }
  }
  return loaded;
}

}  // namespace llmc
