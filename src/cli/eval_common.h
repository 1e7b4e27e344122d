// What the subcommands of llmc eval share.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/evaluated_program.h"
#include "cli/corpus_common.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "eval/result_log.h"
#include "eval/results.h"

namespace llmc {

/// Which programs are evaluated on: files, a suite, or programs of the corpus.
struct EvaluatedChoice {
  std::string suite;  ///< a manifest or its folder; "validation" and "test" are of the corpus
  std::string work;
  std::size_t most = 0;  ///< programs; 0: all
  std::string shard;  ///< "INDEX/OF"; empty: $LLMC_SHARD's, or all
  CorpusChoice corpus;
  double build_seconds = 600;

  /// Adds --suite, --work, --limit, --shard, --build-timeout and the corpus's options to `app`.
  void add(CLI::App& app);

  /// The programs, and what could not be loaded as rows of results with the reason. `options` has
  /// the files; `seed` draws from the corpus.
  Result<std::vector<EvaluatedProgram>> load(const SharedOptions& options, std::uint64_t seed,
                                             std::vector<UnitRow>& failures,
                                             ProgressLine& line) const;

  /// Whether it is a suite with builds and runs of its own, and not the corpus's units.
  [[nodiscard]] bool has_benchmarks() const;

  /// What results say that they are of.
  [[nodiscard]] std::string name(const SharedOptions& options) const;
};

/// Where results go.
struct ResultsOutput {
  std::string file;
  bool resume = false;

  /// Adds --output and --resume to `app`.
  void add(CLI::App& app);
  /// Whether results go to a file that can be read again.
  [[nodiscard]] bool is_kept() const;
  /// That --resume has a file, before anything is done.
  [[nodiscard]] Result<void> check() const;

  /// Begins the results of `run`, or goes on with them (see ResultLog::resume for
  /// `last_proposer`). `results` has what could not be loaded; what the file has comes before it.
  Result<ResultLog> open(RunRow run, std::string_view last_proposer, ResultSet& results) const;
  /// Which programs (`keys` as for ResultLog::take_done) the file had; with --resume standard error
  /// says how many of these `nouns`.
  std::vector<bool> done_before(ResultLog& log, const std::vector<std::string>& keys,
                                std::string_view nouns) const;
};

/// The programs' ids.
std::vector<std::string> ids_of(const std::vector<EvaluatedProgram>& programs);

/// What the subcommands that evaluate on programs have in common. Files and compiler flags are in
/// their SharedOptions.
struct EvalOptions {
  EvaluatedChoice programs;
  std::uint64_t seed = 1;
  ResultsOutput output;

  /// Adds FILES (explained by `files_help`) and -X, which go to `shared`, and the options of
  /// `programs` to `app`. Without files or a suite, programs are those of `kind` of the corpus's
  /// validation packages, for x86-64, unless the user says otherwise.
  void add_programs(CLI::App& app, SharedOptions& shared, const std::string& files_help,
                    const std::string& kind);
  /// Adds --seed (explained by `seed_help`), --output and --resume to `app`.
  void add_run(CLI::App& app, const std::string& seed_help);
};

/// The folder that the benchmarks of a suite (its manifest, or the folder that it is in) are built
/// in: `work`, or one of its own in the cache folder where that is empty.
std::filesystem::path suite_work_folder(const std::string& suite, const std::string& work);

/// What a run of `task` begins its results with. --resume is left out of the command: what goes on
/// is the same run.
RunRow run_row(const std::string& task, const std::vector<std::string>& arguments,
               const std::string& suite, std::uint64_t seed);
/// The same with the model's name, and the hash of its file if it is one.
Result<void> name_model(RunRow& row, const ModelInfo& model);

int run_eval_init(const std::vector<std::string>& arguments);
int run_eval_flags(const std::vector<std::string>& arguments);
int run_eval_lift(const std::vector<std::string>& arguments);
int run_eval_emulate(const std::vector<std::string>& arguments);
int run_eval_perplexity(const std::vector<std::string>& arguments);
int run_eval_code(const std::vector<std::string>& arguments);

}  // namespace llmc
