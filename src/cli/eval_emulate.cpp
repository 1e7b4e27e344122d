// llmc eval emulate: a model as a compiler, on random pass lists.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/command.h"
#include "cli/eval_common.h"
#include "eval/result_log.h"
#include "eval/statistics.h"
#include "passes/verdict_table.h"
#include "propose/emulate.h"
#include "tune/mutation.h"

namespace llmc {
namespace {

struct EmulateEvalOptions : SharedOptions {
  EvalOptions eval;
  std::size_t longest = 50;
  bool assembly = false;
  std::uint32_t most_tokens = 0;
  ModelOptions model;
};

void add_emulate_eval_options(CLI::App& app, EmulateEvalOptions& options) {
  options.eval.programs.most = 100;
  options.eval.add_programs(app, options, "Sources or IR (default: functions of the corpus)",
                            "function");
  app.add_option("--longest", options.longest,
                 "Lists have 1 to so many passes, uniformly, as in the LLM Compiler paper")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_flag("--assembly", options.assembly, "Ask for assembly in the place of IR");
  app.add_option("--most", options.most_tokens, "Tokens of an answer; 0: what the context leaves")
      ->capture_default_str();
  options.model.add(app);
  options.eval.add_run(app, "Seed of the lists and of the choice of programs");
}

EmulateRow emulate_row(const EvaluatedProgram& program, const Emulation& emulation) {
  EmulateRow row;
  row.id = program.program.id.hex();
  row.benchmark = program.benchmark;
  row.name = program.program.name;
  row.answer = !emulation.parses    ? EmulatedAnswer::none
               : emulation.exact    ? EmulatedAnswer::exact
               : emulation.compiles ? EmulatedAnswer::compiles
                                    : EmulatedAnswer::does_not_compile;
  if (emulation.parses) {
    row.bleu = emulation.bleu;
    row.predicted_size = emulation.answer.binary_size;
  }
  if (emulation.truth_error.empty()) row.true_size = emulation.truth.binary_size;
  row.tokens = emulation.prompt_tokens + emulation.answer_tokens;
  return row;
}

void print_emulations(const std::vector<EmulateRow>& rows, std::size_t left_out) {
  std::size_t compiles = 0, exact = 0, coded = 0;
  double bleu = 0;
  std::vector<double> predicted, truth;
  for (const EmulateRow& row : rows) {
    compiles += row.answer >= EmulatedAnswer::compiles;
    exact += row.answer == EmulatedAnswer::exact;
    coded += row.bleu.has_value();
    bleu += row.bleu.value_or(0);
    if (row.predicted_size && row.true_size && *row.true_size > 0) {
      predicted.push_back(static_cast<double>(*row.predicted_size));
      truth.push_back(static_cast<double>(*row.true_size));
    }
  }
  const auto share = [&](std::size_t part) {
    return 100.0 * static_cast<double>(part) /
           static_cast<double>(std::max<std::size_t>(1, rows.size()));
  };
  const auto error = mean_absolute_share(predicted, truth);
  fmt::print("{} prompts, {} left out\n", rows.size(), left_out);
  fmt::print(
      "has code {:.1f} %, compiles {:.1f} %, exact match {:.1f} %, BLEU {:.3f}, size error "
      "(MAPE) {}\n",
      share(coded), share(compiles), share(exact),
      bleu / static_cast<double>(std::max<std::size_t>(1, coded)),
      error ? fmt::format("{:.3f}", *error) : "-");
}

Result<void> evaluate(const EmulateEvalOptions& options, RunRow run) {
  LLMC_CHECK(options.eval.output.check());
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  const Alphabet alphabet(catalogue, PassTier::trusted);
  ProgressLine line;
  ResultSet results;
  LLMC_TRY(const auto programs,
           options.eval.programs.load(options, options.eval.seed, results.units, line));
  const std::size_t unloaded = results.units.size();
  LLMC_TRY(const auto model, options.model.open({}));
  LLMC_CHECK(name_model(run, model->info()));
  LLMC_TRY(ResultLog log, options.eval.output.open(std::move(run), "model", results));
  const auto is_done = options.eval.output.done_before(log, ids_of(programs), "programs");
  Random random(options.eval.seed);
  const CorpusProgress progress = show_progress(line, "asking the model ", "programs");
  auto done = static_cast<std::size_t>(std::ranges::count(is_done, true));
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const EvaluatedProgram& one = programs[i];
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    // Drawn for those that are done too, so that the others have the lists that they would have
    // had.
    const PassList list = random_list(alphabet, options.longest, random);
    if (is_done[i]) continue;
    EmulationSetting setting{list, options.assembly ? CodeKind::assembly : CodeKind::ir, "", {}};
    setting.sampling.most_tokens = options.most_tokens;
    const auto emulation = emulate(one.program, *model, setting);
    if (!emulation && emulation.error().kind == ErrorKind::interrupted)
      return std::unexpected(emulation.error());
    if (emulation && emulation->truth_error.empty()) {
      results.emulations.push_back(emulate_row(one, *emulation));
      results.times.push_back({"model", one.program.id.hex(), emulation->seconds});
    } else {
      results.units.push_back(
          failed_row(one.program, one.benchmark,
                     emulation ? emulation->truth_error : emulation.error().message));
    }
    progress(++done, programs.size());
    LLMC_CHECK(log.add_new(results));
  }
  line.clear();
  print_emulations(results.emulations, results.units.size() - unloaded);
  return {};
}

}  // namespace

int run_eval_emulate(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Asks a model what random pass lists make of programs, and compares with what LLVM makes of\n"
      "them: does the answer compile, is it the same code, BLEU, and how far off its size is.",
      "llmc eval emulate");
  EmulateEvalOptions options;
  add_emulate_eval_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  const auto done = evaluate(
      options,
      run_row("emulate", arguments, options.eval.programs.name(options), options.eval.seed));
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
