// llmc eval lift: how far assembly comes back to IR, by rules, by search, by a model.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "benchmark/lift_rows.h"
#include "cli/command.h"
#include "cli/eval_common.h"
#include "cli/lift_common.h"
#include "eval/result_log.h"
#include "support/stopwatch.h"

namespace llmc {
namespace {

struct LiftEvalOptions : SharedOptions {
  EvalOptions eval;
  std::vector<std::string> by = {"rules", "search"};
  RuleOptions rules;
  bool gives_signatures = false;
  ModelOptions model;
  SamplingOptions sampling;
  unsigned answers = 1;
  std::uint32_t most_tokens = 1024;
};

void add_lift_eval_options(CLI::App& app, LiftEvalOptions& options) {
  options.eval.add_programs(app, options,
                            "Sources, IR, a compile_commands.json or a folder with one (default: "
                            "units of the corpus)",
                            "unit");
  app.add_option("--by", options.by,
                 "Separated by commas: rules (alone, at once); search (on top of them); model "
                 "(asked for what these do not bring to an exact match)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"rules", "search", "model"}))
      ->capture_default_str();
  options.rules.add(app);
  app.add_flag("--signatures", options.gives_signatures,
               "Tell the signatures of the IR; else they are inferred from the code");
  options.model.add(app);
  options.sampling.add(app);
  app.add_option("-k", options.answers, "Answers of the model")->capture_default_str();
  app.add_option("--most", options.most_tokens, "Tokens of an answer; 0: what the context leaves")
      ->capture_default_str();
  options.eval.add_run(app, "Seed of the choice of programs");
}

/// Functions that reached a rung or a verdict.
struct LiftTally {
  std::size_t all = 0, exact = 0, same = 0, compiles = 0, refused = 0;
  std::size_t equal = 0, different = 0;
  double bleu = 0;
};

void print_lift_table(const std::vector<LiftRow>& rows) {
  std::vector<std::string> order;
  std::map<std::string, LiftTally> tallies;
  for (const LiftRow& row : rows) {
    if (!tallies.contains(row.by)) order.push_back(row.by);
    LiftTally& tally = tallies[row.by];
    ++tally.all;
    tally.exact += row.rung == LiftedTo::identical;
    tally.same += row.rung >= LiftedTo::same_instructions;
    tally.compiles += row.rung >= LiftedTo::compiles;
    tally.refused += row.rung == LiftedTo::refused;
    tally.equal += row.executed == LiftExecution::equal;
    tally.different += row.executed == LiftExecution::different;
    tally.bleu += row.bleu.value_or(0);
  }
  fmt::print("{:<8} {:>10} {:>12} {:>12} {:>10} {:>9} {:>8} {:>16}\n", "by", "functions",
             "exact match", "same instr.", "compiles", "refused", "BLEU", "equal/different");
  for (const std::string& by : order) {
    const LiftTally& tally = tallies[by];
    const auto share = [&](std::size_t part) {
      return 100.0 * static_cast<double>(part) / static_cast<double>(tally.all);
    };
    fmt::print("{:<8} {:>10} {:>10.1f} % {:>10.1f} % {:>8.1f} % {:>7.1f} % {:>8.3f} {:>16}\n", by,
               tally.all, share(tally.exact), share(tally.same), share(tally.compiles),
               share(tally.refused),
               tally.bleu / static_cast<double>(std::max<std::size_t>(1, tally.compiles)),
               fmt::format("{}/{}", tally.equal, tally.different));
  }
}

Result<void> lift_one(const EvaluatedProgram& program, const LiftEvalOptions& options,
                      LanguageModel* model, ResultSet& results) {
  LLMC_TRY(const LiftInput input, lift_input_of(program.program));
  const std::string id = program.program.id.hex();
  for (const std::string& by : options.by) {
    RuleOptions rules = options.rules;
    rules.no_search = rules.no_search || by == "rules";
    LLMC_TRY(LiftOptions how, rules.lift_options(input.unit));
    if (options.gives_signatures) how.given = input.own;
    if (by == "model") {
      how.model = model;
      how.sampling = options.sampling.sampling(options.answers, options.most_tokens);
    }
    const auto start = std::chrono::steady_clock::now();
    LLMC_TRY(const auto lifted, lift_unit(input.unit, input.text, how));
    for (LiftRow& row : lift_rows(id, program.benchmark, program.program.name, by, lifted))
      results.lifts.push_back(std::move(row));
    results.times.push_back({by, id, seconds_since(start)});
  }
  return {};
}

Result<void> evaluate(const LiftEvalOptions& options, RunRow run) {
  LLMC_CHECK(options.eval.output.check());
  ProgressLine line;
  ResultSet results;
  LLMC_TRY(const auto programs,
           options.eval.programs.load(options, options.eval.seed, results.units, line));
  std::unique_ptr<LanguageModel> model;
  if (std::ranges::find(options.by, "model") != options.by.end()) {
    LLMC_TRY(model, options.model.open({}));
    LLMC_CHECK(name_model(run, model->info()));
  }
  LLMC_TRY(ResultLog log, options.eval.output.open(std::move(run), options.by.back(), results));
  const auto is_done = options.eval.output.done_before(log, ids_of(programs), "programs");
  const CorpusProgress progress = show_progress(line, "lifting ", "units");
  auto done = static_cast<std::size_t>(std::ranges::count(is_done, true));
  for (std::size_t i = 0; i < programs.size(); ++i) {
    if (is_done[i]) continue;
    const EvaluatedProgram& one = programs[i];
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    if (const auto lifted = lift_one(one, options, model.get(), results); !lifted) {
      if (lifted.error().kind == ErrorKind::interrupted) return lifted;
      results.units.push_back(failed_row(one.program, one.benchmark, lifted.error().message));
    }
    progress(++done, programs.size());
    LLMC_CHECK(log.add_new(results));
  }
  line.clear();
  for (const UnitRow& one : results.units)
    if (!one.failed.empty()) warn(one.name + ": " + one.failed);
  print_lift_table(results.lifts);
  return {};
}

}  // namespace

int run_eval_lift(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Compiles programs at -Oz, lifts the assembly back to IR, and counts how far each function\n"
      "came: does it compile, is it the same code again, does it run as the original does.",
      "llmc eval lift");
  LiftEvalOptions options;
  add_lift_eval_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  const auto done = evaluate(
      options, run_row("lift", arguments, options.eval.programs.name(options), options.eval.seed));
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
