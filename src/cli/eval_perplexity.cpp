// llmc eval perplexity: how well a model foresees IR and assembly.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <numbers>

#include "cli/command.h"
#include "cli/eval_common.h"
#include "eval/result_log.h"
#include "ir/module.h"
#include "ir/normal_form.h"
#include "sandbox/child.h"
#include "support/stopwatch.h"
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

/// What is scored of each program: unoptimised IR in normal form, and what clang -Oz makes of it.
constexpr std::array<const char*, 2> k_languages = {"ir", "assembly"};

/// The program in one of them.
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

/// Adds what the model scores of one program, and the time that it took. Texts that are too short
/// or fail have no row.
Result<void> score_one(const EvaluatedProgram& program, LanguageModel& model, std::uint32_t window,
                       ResultSet& results) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::string language : k_languages) {
    const auto text = text_in(language, program.program);
    const auto tokens =
        text ? model.count_tokens(*text) : Result<std::uint64_t>(std::unexpected(text.error()));
    const auto score = tokens ? model.score_text(*text, window)
                              : Result<TextScore>(std::unexpected(tokens.error()));
    if (!score && score.error().kind == ErrorKind::interrupted)
      return std::unexpected(score.error());
    if (!score || score->tokens == 0 || *tokens == 0) continue;
    // Only the second half of each window is scored: its share of the text's bytes.
    const double share = static_cast<double>(score->tokens) / static_cast<double>(*tokens);
    results.perplexities.push_back(
        {program.program.name, program.benchmark, language, score->tokens,
         static_cast<std::uint64_t>(std::lround(share * static_cast<double>(text->size()))),
         -score->log_probability});
  }
  results.times.push_back({"model", program.program.id.hex(), seconds_since(start)});
  return {};
}

Result<void> evaluate(const PerplexityEvalOptions& options, RunRow run) {
  LLMC_CHECK(options.eval.output.check());
  ProgressLine line;
  ResultSet results;
  LLMC_TRY(const auto programs,
           options.eval.programs.load(options, options.eval.seed, results.units, line));
  LLMC_TRY(const auto model, options.model.open({}));
  LLMC_CHECK(name_model(run, model->info()));
  LLMC_TRY(ResultLog log, options.eval.output.open(std::move(run), "model", results));
  const auto is_done = options.eval.output.done_before(log, ids_of(programs), "programs");
  const CorpusProgress progress = show_progress(line, "scoring ", "programs");
  auto done = static_cast<std::size_t>(std::ranges::count(is_done, true));
  for (std::size_t i = 0; i < programs.size(); ++i) {
    if (is_done[i]) continue;
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    LLMC_CHECK(score_one(programs[i], *model, options.window, results));
    progress(++done, programs.size());
    LLMC_CHECK(log.add_new(results));
  }
  line.clear();
  print_perplexities(results.perplexities,
                     k_languages.size() * programs.size() - results.perplexities.size());
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
