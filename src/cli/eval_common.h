// What the subcommands of llmc eval share.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "benchmark/evaluated_program.h"
#include "cli/corpus_common.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
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

  /// What results say that they are of.
  [[nodiscard]] std::string name(const SharedOptions& options) const;

  /// The folder that a suite's benchmarks are built in.
  [[nodiscard]] std::filesystem::path work_path() const;
};

/// What a run of `task` begins its results with.
RunRow run_row(const std::string& task, const std::vector<std::string>& arguments,
               const std::string& suite, std::uint64_t seed);
/// The same with the model's name, and the hash of its file if it is one.
Result<void> name_model(RunRow& row, const ModelInfo& model);

/// Writes `results` to `path`; nothing if that is empty.
Result<void> write_results(const std::string& path, const ResultSet& results);

int run_eval_init(const std::vector<std::string>& arguments);
int run_eval_flags(const std::vector<std::string>& arguments);
int run_eval_lift(const std::vector<std::string>& arguments);
int run_eval_emulate(const std::vector<std::string>& arguments);
int run_eval_perplexity(const std::vector<std::string>& arguments);
int run_eval_code(const std::vector<std::string>& arguments);

}  // namespace llmc
