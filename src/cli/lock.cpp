// llmc lock: makes, checks, tidies and explains a project's lock file.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "cli/command.h"
#include "cli/compiler_common.h"
#include "cli/tune_common.h"
#include "project/build_call.h"
#include "project/lock_project.h"
#include "support/files.h"
#include "support/terminal.h"
#include "toolchain/codegen.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct LockArguments {
  std::vector<std::string> inputs;
  std::string lock;
  std::string budget = "10s";
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool again = false;
  bool json = false;
};

/// The lock file that the options mean: named, $LLMC_LOCK, the nearest above this folder, or a new
/// one here.
fs::path lock_path(const LockArguments& options) {
  if (!options.lock.empty()) return options.lock;
  const std::string named = environment_variable("LLMC_LOCK");
  const fs::path found = find_lock_file(fs::current_path() / "unit", named == "off" ? "" : named);
  return found.empty() ? fs::path(k_lock_file_name) : found;
}

Result<LockProjectOptions> project_options(const LockArguments& options) {
  const BuildSettings settings = read_build_settings(environment_variable);
  if (!settings.problem.empty()) return fail(settings.problem, ErrorKind::usage);
  LockProjectOptions project;
  project.lock = lock_path(options);
  project.jobs = options.jobs;
  project.setting.unsafe = settings.wrapper.unsafe;
  project.setting.limits = settings.wrapper.limits;
  const auto budget = parse_budget(options.budget);
  if (!budget) return fail("--budget " + budget.error().message, ErrorKind::usage);
  project.setting.budget = *budget;
  project.cache = settings.cache;
  project.suite = settings.suite;
  project.use_cache = !options.again;
  return project;
}

/// The units of the project as they are now, with progress on the terminal.
Result<std::vector<LockedUnit>> units_of(const LockArguments& options,
                                         const LockProjectOptions& project,
                                         const NeedsDecision& needs_decision) {
  std::vector<std::string> paths = options.inputs;
  if (paths.empty()) paths.emplace_back("compile_commands.json");
  LLMC_TRY(const auto inputs, find_inputs(paths, {}));
  ProgressLine line;
  auto units = read_units(inputs, project, needs_decision, [&](std::size_t done) {
    line.show(fmt::format("[{}/{} units]", done, inputs.size()));
  });
  line.clear();
  return units;
}

/// The lock file, which must be of this LLVM.
Result<LockFile> read_lock(const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code))
    return fail(path.string() + ": there is no lock file; `llmc lock update` makes one");
  LLMC_TRY(LockFile lock, LockFile::read(path));
  if (lock.toolchain() != toolchain_version())
    return fail(
        fmt::format("{}: made with LLVM {}, but this is {}; use that llmc, or delete the "
                    "file and run `llmc lock update`",
                    path.string(), lock.toolchain(), toolchain_version()));
  return lock;
}

Result<int> update(const LockArguments& options) {
  LLMC_TRY(const LockProjectOptions project, project_options(options));
  std::error_code code;
  LockFile lock(toolchain_version());
  if (fs::exists(project.lock, code)) {
    LLMC_TRY(lock, read_lock(project.lock));
  }
  LLMC_TRY(const auto units, units_of(options, project, [&](const Digest& key) {
             return options.again || lock.find(key) == nullptr;
           }));
  std::size_t failed = 0;
  for (const LockedUnit& unit : units) {
    if (unit.error.empty()) continue;
    warn(fmt::format("{}: {}", unit.name, unit.error));
    ++failed;
  }
  const LockChange change = enter_decisions(units, lock);
  LLMC_CHECK(write_file(project.lock, lock.to_text()));
  fmt::print("{}: {} units, {} decisions added, {} removed\n", project.lock.string(), units.size(),
             change.added, change.removed);
  return failed == 0 ? k_exit_done : k_exit_failed;
}

Result<int> check(const LockArguments& options) {
  LLMC_TRY(const LockProjectOptions project, project_options(options));
  LLMC_TRY(const LockFile lock, read_lock(project.lock));
  LLMC_TRY(const auto units, units_of(options, project, [](const Digest&) { return false; }));
  const LockComparison comparison = compare_with_lock(units, lock);
  if (options.json) {
    for (const LockDrift& drift : comparison.drift)
      fmt::print("{}\n", nlohmann::json{{"unit", drift.unit}, {"drift", drift.what}}.dump());
    for (const LockEntry& entry : comparison.unused)
      fmt::print("{}\n", nlohmann::json{{"unit", entry.unit}, {"unused", entry.key.hex()}}.dump());
  } else {
    for (const LockDrift& drift : comparison.drift) fmt::print("{} {}\n", drift.unit, drift.what);
    fmt::print("{}: {} of {} units have their decision, {} entries are unused{}\n",
               project.lock.string(), comparison.fitting, units.size(), comparison.unused.size(),
               comparison.drift.empty() ? "" : "; run `llmc lock update` and commit the file");
  }
  return comparison.drift.empty() ? k_exit_done : k_exit_failed;
}

Result<int> prune(const LockArguments& options) {
  LLMC_TRY(const LockProjectOptions project, project_options(options));
  LLMC_TRY(LockFile lock, read_lock(project.lock));
  LLMC_TRY(const auto units, units_of(options, project, [](const Digest&) { return false; }));
  for (const LockedUnit& unit : units)
    if (!unit.error.empty())
      return fail(fmt::format("{}: {}; nothing is pruned, because its entry could not be told",
                              unit.name, unit.error));
  const LockComparison comparison = compare_with_lock(units, lock);
  for (const LockEntry& entry : comparison.unused) lock.erase(entry.key);
  LLMC_CHECK(write_file(project.lock, lock.to_text()));
  fmt::print("{}: {} entries removed, {} left\n", project.lock.string(), comparison.unused.size(),
             lock.entries().size());
  return k_exit_done;
}

void print_entry(const LockEntry& entry, const LockArguments& options) {
  if (options.json) {
    fmt::print("{}\n", nlohmann::json{{"unit", entry.unit},
                                      {"key", entry.key.hex()},
                                      {"list", entry.list},
                                      {"oz_size", entry.oz_size},
                                      {"size", entry.size},
                                      {"suite", entry.suite.hex()}}
                           .dump());
    return;
  }
  const double gain = entry.oz_size == 0 ? 0
                                         : 100.0 * static_cast<double>(entry.oz_size - entry.size) /
                                               static_cast<double>(entry.oz_size);
  fmt::print("{}\n  {} bytes at -Oz, {} with the list ({:.2f} % smaller)\n  {}\n", entry.unit,
             entry.oz_size, entry.size, gain, entry.list);
}

/// The entries whose unit is, or ends in, one of the inputs; all without inputs.
Result<int> explain(const LockArguments& options) {
  const fs::path path = lock_path(options);
  LLMC_TRY(const LockFile lock, read_lock(path));
  std::size_t shown = 0;
  for (const LockEntry& entry : lock.entries()) {
    const bool wanted =
        options.inputs.empty() || std::ranges::any_of(options.inputs, [&](const std::string& name) {
          return entry.unit == name || ("/" + entry.unit).ends_with("/" + name) ||
                 entry.unit == lock_name(name, path.parent_path());
        });
    if (!wanted) continue;
    print_entry(entry, options);
    ++shown;
  }
  if (shown == 0 && !options.inputs.empty())
    return fail(fmt::format("{} has no entry on {}; `llmc lock check` shows what is missing",
                            path.string(), options.inputs.front()));
  return k_exit_done;
}

CLI::App* add_command(CLI::App& app, LockArguments& options, const std::string& name,
                      const std::string& help, const std::string& inputs) {
  CLI::App* const command = app.add_subcommand(name, help);
  command->add_option("inputs", options.inputs, inputs);
  command
      ->add_option("--lock", options.lock,
                   "The lock file (default: $LLMC_LOCK, or the nearest llmc.lock)")
      ->type_name("FILE");
  command->add_option("-j,--jobs", options.jobs, "Units that are worked on at the same time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--json", options.json, "One JSON object a line");
  return command;
}

}  // namespace

int run_lock(const std::vector<std::string>& arguments) {
  CLI::App app(
      "The lock file of a project, llmc.lock: which pass list each unit is compiled with. Commit\n"
      "it, and builds with `llmc cc` are the same everywhere: no search, no model.",
      "llmc lock");
  LockArguments options;
  const std::string units = "compile_commands.json, folders with one, or sources (default: here)";
  CLI::App* const updating = add_command(
      app, options, "update", "decide on units that are new or were changed, and write it", units);
  updating
      ->add_option("--budget", options.budget,
                   "Time for each decision: seconds such as 10s, or times clang's own such as 3")
      ->capture_default_str();
  updating->add_flag("--again", options.again, "Decide on all units anew");
  CLI::App* const checking =
      add_command(app, options, "check", "fail if a unit has no decision in it", units);
  CLI::App* const pruning =
      add_command(app, options, "prune", "remove entries that fit no unit", units);
  add_command(app, options, "explain", "show what it says about units",
              "Sources, as the lock file names them or the ends of their paths (default: all)");
  app.require_subcommand(1);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  initialize_targets();
  const auto code = updating->parsed()   ? update(options)
                    : checking->parsed() ? check(options)
                    : pruning->parsed()  ? prune(options)
                                         : explain(options);
  return code ? *code : report(code.error());
}

}  // namespace llmc
