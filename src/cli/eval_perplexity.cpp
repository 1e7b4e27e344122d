// llmc eval perplexity: how well a model foresees IR and assembly.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numbers>

#include "cli/command.h"
#include "cli/eval_common.h"
#include "eval/result_log.h"
#include "ir/module.h"
#include "ir/normal_form.h"
#include "sandbox/child.h"
#include "tasks/assembly_text.h"

namespace llmc {
namespace {

struct PerplexityEvalOptions : SharedOptions {
  EvalOptions eval;
  ModelOptions model;
  std::uint32_t window = 512;
};

void add_perplexity_options(CLI::App& app, PerplexityEvalOptions& options) {
  options.eval.programs.most = 200;
  options.eval.add_programs(app, options, "Sources or IR (default: functions of the corpus)",
                            "function");
  options.model.add(app);
  app.add_option("--window", options.window, "Tokens of a window; 0: the whole context")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  options.eval.add_run(app, "Seed of the choice of programs");
}

/// The texts of one program that are scored: unoptimised IR in normal form, and what clang -Oz
/// makes of it as assembly.
Result<std::string> text_in(const std::string& language, const Program& program) {
  return run_in_child([&]() -> Result<std::string> {
    if (language == "ir") {
      LLMC_TRY(const IrModule module, IrModule::parse(program.bitcode, program.name));
      return normal_text(module);
    }
    LLMC_TRY(const std::string assembly, baseline_assembly(program));
    return clean_assembly(assembly);
  });
}

void print_perplexities(const std::vector<PerplexityRow>& rows, std::size_t left_out) {
  struct Sum {
    std::uint64_t texts = 0, tokens = 0, bytes = 0;
    double nats = 0;
  };
  std::map<std::string, Sum> sums;
  for (const PerplexityRow& row : rows) {
    Sum& sum = sums[row.language];
    ++sum.texts;
    sum.tokens += row.tokens;
    sum.bytes += row.bytes;
    sum.nats += row.nats;
  }
  fmt::print("{:<10} {:>7} {:>10} {:>12} {:>15}\n", "language", "texts", "tokens", "perplexity",
             "bits per byte");
  for (const auto& [language, sum] : sums)
    fmt::print("{:<10} {:>7} {:>10} {:>12.4f} {:>15.4f}\n", language, sum.texts, sum.tokens,
               std::exp(sum.nats / static_cast<double>(sum.tokens)),
               sum.nats / std::numbers::ln2 / static_cast<double>(sum.bytes));
  if (left_out > 0) fmt::print("{} texts are too short to be scored, or failed\n", left_out);
}

Result<void> evaluate(const PerplexityEvalOptions& options, RunRow run) {
  ProgressLine line;
  ResultSet results;
  LLMC_TRY(const auto programs,
           options.eval.programs.load(options, options.eval.seed, results.units, line));
  LLMC_TRY(const auto model, options.model.open({}));
  LLMC_CHECK(name_model(run, model->info()));
  results.runs.push_back(std::move(run));
  LLMC_TRY(ResultLog log, ResultLog::create(options.eval.output));
  LLMC_CHECK(log.add_new(results));
  const CorpusProgress progress = show_progress(line, "scoring ", "programs");
  std::size_t done = 0, left_out = 0;
  for (const EvaluatedProgram& one : programs) {
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    for (const std::string language : {"ir", "assembly"}) {
      const auto text = text_in(language, one.program);
      const auto tokens =
          text ? model->count_tokens(*text) : Result<std::uint64_t>(std::unexpected(text.error()));
      const auto score = tokens ? model->score_text(*text, options.window)
                                : Result<TextScore>(std::unexpected(tokens.error()));
      if (!score && score.error().kind == ErrorKind::interrupted)
        return std::unexpected(score.error());
      if (!score || score->tokens == 0 || *tokens == 0) {
        ++left_out;
        continue;
      }
      // Only the second half of each window is scored: its share of the text's bytes.
      const double share = static_cast<double>(score->tokens) / static_cast<double>(*tokens);
      results.perplexities.push_back(
          {one.program.name, one.benchmark, language, score->tokens,
           static_cast<std::uint64_t>(std::lround(share * static_cast<double>(text->size()))),
           -score->log_probability});
    }
    progress(++done, programs.size());
    LLMC_CHECK(log.add_new(results));
  }
  line.clear();
  print_perplexities(results.perplexities, left_out);
  return {};
}

}  // namespace

int run_eval_perplexity(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Prints how well a model foresees the IR and the assembly of programs that it has not seen:\n"
      "perplexity for each token, and bits for each byte, which does not depend on the "
      "vocabulary.",
      "llmc eval perplexity");
  PerplexityEvalOptions options;
  add_perplexity_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  const auto done = evaluate(
      options,
      run_row("perplexity", arguments, options.eval.programs.name(options), options.eval.seed));
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
