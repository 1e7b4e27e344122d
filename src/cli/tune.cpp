// llmc tune: the autotuner.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "cli/command.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "support/stopwatch.h"
#include "support/terminal.h"
#include "tune/gate.h"
#include "tune/outputs.h"
#include "tune/portfolio.h"
#include "tune/report.h"
#include "tune/tuner.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct TuneArguments : TuneCommonOptions {
  std::string strategy = "evolve";
  std::uint64_t evaluations = 100;
  double seconds = 0;
  std::size_t broadcast = 10;
  std::string portfolio;
  bool no_calls = false;
  bool no_store = false;
  bool no_reuse = false;
  bool trust_baseline = false;
  bool unsafe = false;
  SoundnessOptions gate;
  bool json = false;
  bool curve = false;
  std::string output;
  std::string emit = "obj";
};

void add_options(CLI::App& app, TuneArguments& options) {
  options.add_common(app);
  app.add_option("--evals", options.evaluations, "Evaluations per program")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seconds", options.seconds,
                 "Seconds per program; whichever ends first (what is found then depends on the "
                 "machine)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--strategy", options.strategy, "evolve, or random as in the LLM Compiler paper")
      ->check(CLI::IsMember({"evolve", "random"}))
      ->capture_default_str();
  app.add_option("--broadcast", options.broadcast,
                 "Try this many of the most frequent winners on every program")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--portfolio", options.portfolio,
                 "File of lists to start from; 'none' for LLVM's own pipelines only");
  app.add_flag("--no-calls", options.no_calls,
               "Leave it to LLVM which calls are inlined: lists that LLVM's own opt reads, too");
  app.add_flag("--no-store", options.no_store, "Keep nothing, look nothing up");
  app.add_flag("--no-reuse", options.no_reuse, "No shared prefixes and no size memo (for timing)");
  options.gate.add_suites(app);
  app.add_flag("--unsafe", options.unsafe,
               "Draw on denied passes too, and do not test winners on a suite: results may be "
               "wrong programs");
  app.add_flag("--trust-baseline", options.trust_baseline,
               "Do not compare the in-process -Oz baseline with clang's own object");
  app.add_option("-o,--output", options.output, "Folder for the best object of each program");
  app.add_option("--emit", options.emit, "What to write to the folder: obj, bc, ll or asm")
      ->check(CLI::IsMember({"obj", "bc", "ll", "asm"}))
      ->capture_default_str();
  app.add_flag("--json", options.json, "One JSON object per program and one for the run");
  app.add_flag("--curve", options.curve, "Also print the gain after 1, 2, 5, 10, … evaluations");
}

SearchOptions search_options(const TuneArguments& options) {
  SearchOptions search = options.search_options();
  search.strategy = options.strategy == "random" ? Strategy::random : Strategy::evolve;
  search.evaluations = options.evaluations;
  if (options.seconds > 0) search.seconds = options.seconds;
  search.decide_calls = !options.no_calls;
  return search;
}

/// What a search starts from and draws on: the portfolio's lists first, then LLVM's own. The
/// paper's random search knows neither.
Result<SearchSetting> make_setting(const TuneArguments& options, Alphabet& alphabet) {
  SearchSetting setting{&alphabet, {}, search_options(options)};
  if (setting.options.strategy == Strategy::random) return setting;
  const PassCatalogue& catalogue = alphabet.catalogue();
  const fs::path path =
      options.portfolio.empty() ? default_portfolio() : fs::path(options.portfolio);
  if (!path.empty() && options.portfolio != "none") {
    LLMC_TRY(setting.seeds, read_portfolio(path, catalogue));
  }
  const std::size_t known = setting.seeds.size();
  std::erase_if(setting.seeds,
                [&](const PassList& list) { return list.tier(catalogue) > options.pass_tier(); });
  if (setting.seeds.size() < known)
    warn(fmt::format("{}: {} lists use passes beyond tier {} and are left out", path.string(),
                     known - setting.seeds.size(), options.tier));
  alphabet.prefer(setting.seeds);
  for (PassList& list : stock_lists(catalogue))
    if (std::ranges::find(setting.seeds, list) == setting.seeds.end())
      setting.seeds.push_back(std::move(list));
  return setting;
}

std::string progress_text(const TunerProgress& progress, Clock::time_point start) {
  const double seconds = seconds_since(start);
  const double rate = static_cast<double>(progress.evaluations) / std::max(seconds, 1e-3);
  const double left = static_cast<double>(progress.evaluations_wanted - progress.evaluations) /
                      std::max(rate, 1e-3);
  const double gain =
      progress.programs_done == 0
          ? 0
          : 1 - std::exp(progress.log_ratio / static_cast<double>(progress.programs_done));
  return fmt::format("[{}/{} programs] {}/{} evaluations, {:.0f}/s, gain so far {:.2f}%, {} left",
                     progress.programs_done, progress.programs, progress.evaluations,
                     progress.evaluations_wanted, rate, 100 * gain, format_duration(left));
}

void print_curve(const std::vector<TunedProgram>& tuned, const SearchOptions& search) {
  fmt::print("\ngain after so many evaluations per program ({}, no minimisation or broadcast):\n",
             search.strategy == Strategy::random ? "random" : "evolve");
  for (const auto& [evaluations, gain] : gain_curve(tuned, search.objective, search.evaluations))
    fmt::print("  {:>6} {:>6.2f}%\n", evaluations, 100 * gain);
}

void print_results(const std::vector<TunedProgram>& tuned, const std::vector<LoadFailure>& failures,
                   const SearchSetting& setting, const EvaluatorStatistics& statistics,
                   double seconds, const TuneArguments& options) {
  const Objective objective = setting.options.objective;
  if (!options.json) {
    fmt::print("{}{}", to_table(tuned, objective), describe_gate(tuned));
    if (options.curve) print_curve(tuned, setting.options);
    fmt::print(stderr, "{}", describe_savings(statistics, seconds, options.jobs));
    return;
  }
  for (const LoadFailure& failure : failures)
    fmt::print("{}\n", to_json_line(failure.name, failure.error));
  for (const TunedProgram& one : tuned) fmt::print("{}\n", to_json_line(one, objective));
  const auto curve = gain_curve(tuned, objective, setting.options.evaluations);
  fmt::print("{}\n", to_json_line(summarise(tuned, objective), statistics, curve, seconds));
}

}  // namespace

int run_tune(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Searches, for each program, the pass list that makes it smallest. Nothing larger than\n"
      "-Oz is ever returned, and no list that a suite of programs has not tested. Everything is\n"
      "kept in a store: a run that is killed goes on where it was, and the same seed gives the\n"
      "same answer with any number of jobs.",
      "llmc tune");
  TuneArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  if (options.unsafe && app.count("--tier") == 0) options.tier = to_string(PassTier::denied);
  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  Alphabet alphabet(*catalogue, options.pass_tier());
  const auto setting = make_setting(options, alphabet);
  if (!setting) return report(setting.error());

  options.gate.jobs = options.jobs;
  options.gate.no_verdicts = options.no_store || options.unsafe;
  ProgressLine line;
  // Before the search, so that what is wrong with a suite is known at once.
  auto verdicts = options.gate.open_store();
  if (!verdicts) return report(verdicts.error());
  auto checkers =
      options.unsafe ? std::vector<Checker>() : options.gate.make_checkers(verdicts->get(), line);
  if (!checkers) return report(checkers.error());

  auto inputs = find_inputs(options.files, options.compiler_flags());
  if (!inputs) return report(inputs.error());
  std::optional<Store> store;
  if (!options.no_store) {
    auto opened = Store::open(options.store_path());
    if (!opened) return report(opened.error());
    store.emplace(std::move(*opened));
  }
  std::vector<LoadFailure> failures;
  std::vector<const Input*> sources;
  std::vector<Program> programs;
  for (LoadedProgram& loaded : load_programs(*inputs, options, failures)) {
    programs.push_back(std::move(loaded.program));
    sources.push_back(loaded.input);
  }
  if (programs.empty() && interrupted == 0)
    return report({"nothing to tune: no input could be compiled"});
  if (store) {
    if (auto named = remember_names(*store, programs); !named) return report(named.error());
  }

  // From here on, the parent only talks to workers: it never runs a pass itself.
  auto evaluator =
      Evaluator::create({options.jobs, options.limits(),
                         options.no_reuse ? Reuse::none : Reuse::all, store ? &*store : nullptr});
  if (!evaluator) return report(evaluator.error());
  (*evaluator)->set_interrupt_flag(&interrupted);
  const auto start = Clock::now();
  const auto show = [&](const TunerProgress& progress) {
    line.show(progress_text(progress, start));
  };
  auto tuned = tune(**evaluator, programs, *setting, options.broadcast, show);
  line.clear();
  if (!tuned) return report(tuned.error());
  const double seconds = seconds_since(start);

  if (!options.unsafe) {
    auto gated = run_gate(**evaluator, *tuned, *setting, *checkers, line);
    if (!gated) return report(gated.error());
  }
  if (!options.trust_baseline && options.level() == CodegenLevel::oz)
    check_baselines(*tuned, sources);
  warn_about_large_gains(*tuned, setting->options.objective);
  print_results(*tuned, failures, *setting, (*evaluator)->statistics(), seconds, options);
  if (interrupted != 0)
    return report({store ? "interrupted; what was evaluated is in the store, run again to go on"
                         : "interrupted; with --no-store nothing was kept",
                   ErrorKind::interrupted});
  std::size_t failed = failures.size();
  for (const TunedProgram& one : *tuned) failed += one.result ? 0 : 1;
  if (!options.output.empty()) {
    auto kind = parse_output_kind(options.emit);
    if (!kind) return report(kind.error());
    failed += write_outputs(**evaluator, *tuned, options.output, *kind);
  }
  return failed == 0 ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
