// What tune and portfolio share: options of a search, loading programs, opening the store.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/shared_options.h"
#include "passes/catalogue.h"
#include "sandbox/inputs.h"
#include "tune/outputs.h"
#include "tune/search.h"
#include "tune/store.h"

namespace llmc {

/// What is measured, by how many processes, and where it is kept.
struct MeasuringOptions : SharedOptions {
  std::string objective = "binary";
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string store;

  /// Adds --objective, --jobs (explained by `jobs_help`) and --store to `app`.
  void add_measuring(CLI::App& app, const std::string& jobs_help);

  [[nodiscard]] Objective what() const;
  [[nodiscard]] std::filesystem::path store_path() const;
};

struct TuneCommonOptions : MeasuringOptions {
  std::string minimise = "drop";
  std::string tier = "quarantined";
  std::uint64_t seed = 1;

  /// Adds these and the inherited options to `app`.
  void add_common(CLI::App& app);

  [[nodiscard]] PassTier pass_tier() const;
  [[nodiscard]] SearchOptions search_options() const;
};

/// A program and the input it came from.
struct LoadedProgram {
  Program program;
  const Input* input = nullptr;
};

/// Set by SIGINT and SIGTERM once `catch_interrupts` was called.
extern volatile int interrupted;
void catch_interrupts();

/// An input that could not be loaded.
struct LoadFailure {
  std::string name;
  std::string error;
};

/// Loads what can be loaded; the rest is reported on standard error and put into `failures`. The
/// answer points into `inputs`.
std::vector<LoadedProgram> load_programs(const std::vector<Input>& inputs,
                                         const SharedOptions& options,
                                         std::vector<LoadFailure>& failures);

/// The names of the programs into the store, so that its rows can be told apart.
Result<void> remember_names(Store& store, const std::vector<Program>& programs);

/// Warns where clang's own object has another size than the in-process baseline; `sources` are in
/// the order of `tuned`.
void check_baselines(const std::vector<TunedProgram>& tuned,
                     const std::vector<const Input*>& sources);

/// Warns of gains that are more likely miscompiles.
void warn_about_large_gains(const std::vector<TunedProgram>& tuned, Objective objective);

/// Writes what can be written into `folder`, one file for each program, named after it; the others
/// are reported. Returns their number.
std::size_t write_outputs(Evaluator& evaluator, const std::vector<TunedProgram>& tuned,
                          const std::filesystem::path& folder, OutputKind kind);

}  // namespace llmc
