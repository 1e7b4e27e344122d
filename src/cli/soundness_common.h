// What check, bisect, judge and tune share: suites, the verdict store, checkers.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "soundness/checker.h"
#include "support/terminal.h"
#include "tune/gate.h"

namespace llmc {

struct SoundnessOptions {
  std::vector<std::string> suites;  ///< empty: $LLMC_SUITE, or the built-in one
  std::size_t csmith = 0;
  std::uint64_t csmith_seed = 1;
  std::string verdicts;
  bool no_verdicts = false;
  bool counts_shipped = true;  ///< whether verdicts that came with llmc stand for tests
  double compile_seconds = 20;
  double run_seconds = 4;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());

  /// Adds --suite (or another `name` for it) and --verdicts to `app`.
  void add_suites(CLI::App& app, const std::string& name = "--suite");

  /// Adds those, --csmith, --csmith-seed, --no-verdicts, limits and -j to `app`.
  void add(CLI::App& app);

  /// The store of verdicts; null with --no-verdicts.
  Result<std::unique_ptr<SoundnessStore>> open_store() const;

  /// Those of the options; without shipped verdicts.
  [[nodiscard]] CheckerOptions checker_options(SoundnessStore* store) const;

  /// One checker for each suite that was asked for. They show their progress on `progress`.
  Result<std::vector<Checker>> make_checkers(SoundnessStore* store, ProgressLine& progress) const;
};

/// Tests the winners on the suites (tune/gate.h), with progress on `line`.
Result<GateProgress> run_gate(Evaluator& evaluator, std::vector<TunedProgram>& tuned,
                              const SearchSetting& setting, std::vector<Checker>& checkers,
                              ProgressLine& line);

}  // namespace llmc
