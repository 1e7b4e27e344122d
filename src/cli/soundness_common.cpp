#include "cli/soundness_common.h"

#include <fmt/format.h>

#include <chrono>

#include "cli/tune_common.h"
#include "support/stopwatch.h"

namespace llmc {

void SoundnessOptions::add_suites(CLI::App& app, const std::string& name) {
  app.add_option(name, suites,
                 "builtin; dir=FOLDER of programs; humaneval-x=FILE (JSONL, plain or gzip). "
                 "Repeatable (default: $LLMC_SUITE, or builtin)")
      ->type_name("SUITE")
      ->allow_extra_args(false);
  app.add_option("--verdicts", verdicts,
                 "Verdict store (default: $LLMC_VERDICTS, or verdicts.db in the cache folder)")
      ->type_name("FILE");
}

void SoundnessOptions::add(CLI::App& app) {
  add_suites(app);
  app.add_option("--csmith", csmith, "Also this many random programs made by csmith");
  app.add_option("--csmith-seed", csmith_seed, "Seed of the first of them; the rest count up")
      ->capture_default_str();
  app.add_flag("--no-verdicts", no_verdicts, "Neither read nor write the verdict store");
  app.add_option("--compile-deadline", compile_seconds, "Seconds LLVM may take for one program")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--run-deadline", run_seconds, "Seconds a program may run")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("-j,--jobs", jobs, "Programs tested at the same time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

Result<std::unique_ptr<SoundnessStore>> SoundnessOptions::open_store() const {
  if (no_verdicts) return nullptr;
  LLMC_TRY(SoundnessStore store,
           SoundnessStore::open(verdicts.empty() ? SoundnessStore::default_path()
                                                 : std::filesystem::path(verdicts)));
  return std::make_unique<SoundnessStore>(std::move(store));
}

CheckerOptions SoundnessOptions::checker_options(SoundnessStore* store) const {
  CheckerOptions options;
  options.jobs = jobs;
  options.compile.deadline = std::chrono::milliseconds(static_cast<long>(compile_seconds * 1000));
  options.run.deadline = std::chrono::milliseconds(static_cast<long>(run_seconds * 1000));
  options.store = store;
  return options;
}

Result<std::vector<Checker>> SoundnessOptions::make_checkers(SoundnessStore* store,
                                                             ProgressLine& progress) const {
  std::vector<SuiteSources> sources;
  std::vector<std::string> names = suites;
  if (names.empty()) names.push_back(default_suite());
  for (const std::string& name : names) {
    LLMC_TRY(SuiteSources suite, suite_by_name(name));
    sources.push_back(std::move(suite));
  }
  if (csmith > 0) {
    progress.show(fmt::format("making {} programs with csmith", csmith));
    LLMC_TRY(SuiteSources suite, csmith_suite(csmith_seed, csmith, jobs));
    sources.push_back(std::move(suite));
  }
  CheckerOptions options = checker_options(store);
  if (counts_shipped && !no_verdicts) {
    LLMC_TRY(options.shipped, shipped_verdicts());
  }
  std::vector<Checker> checkers;
  for (SuiteSources& suite : sources) {
    Checker checker(std::move(suite), options);
    checker.set_interrupt_flag(&interrupted);
    const std::string name = checker.name();
    checker.observe_compilation([&progress, name](std::size_t done, std::size_t all) {
      progress.show(fmt::format("compiling suite {}: {}/{} programs", name, done, all));
    });
    checkers.push_back(std::move(checker));
  }
  return checkers;
}

Result<GateProgress> run_gate(Evaluator& evaluator, std::vector<TunedProgram>& tuned,
                              const SearchSetting& setting, std::vector<Checker>& checkers,
                              ProgressLine& line) {
  const auto start = std::chrono::steady_clock::now();
  const auto check = [&](const std::string& list) { return check_all(checkers, list); };
  const auto show = [&](const GateProgress& progress) {
    const double spent = seconds_since(start);
    const auto done = static_cast<double>(progress.programs_done);
    const double left =
        done == 0 ? 0 : spent / done * (static_cast<double>(progress.programs) - done);
    line.show(fmt::format("gate: [{}/{} programs] {} lists tested, {} rejected, {} left",
                          progress.programs_done, progress.programs, progress.lists,
                          progress.rejected, format_duration(left)));
  };
  auto gated = gate_winners(evaluator, tuned, setting, check, show);
  line.clear();
  return gated;
}

}  // namespace llmc
