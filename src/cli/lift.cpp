// llmc lift: assembly back to IR, with how far it is proven.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "cli/command.h"
#include "cli/lift_common.h"
#include "cli/lift_report.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "lift/model_lifter.h"
#include "sandbox/child.h"
#include "support/files.h"
#include "support/stopwatch.h"

namespace llmc {
namespace {

enum class LiftMeans { rules, model, both };

struct LiftArguments {
  LiftInputOptions input;
  RuleOptions rules;
  LiftMeans by = LiftMeans::rules;
  unsigned k = 1;
  std::uint32_t most_tokens = 0;
  unsigned repairs = 1;
  ModelOptions model;
  SamplingOptions sampling;
  std::string output;
  bool json = false;
  bool with_ir = false;
  bool with_opcodes = false;
  bool summary = false;
};

void print_model_json(const ModelLift& lift, const LiftArguments& options) {
  nlohmann::ordered_json row = {{"name", options.input.file},
                                {"candidates", lift.candidates.size()}};
  row["rung"] = to_string(LiftRung::none);
  if (!lift.candidates.empty()) {
    const LiftCandidate& best = lift.candidates.front();
    row["rung"] = to_string(best.standing.rung);
    row["reason"] = best.standing.reason;
    row["ir"] = best.ir;
    row["ended"] = best.ended;
  }
  row["prompt_tokens"] = lift.prompt_tokens;
  row["answer_tokens"] = lift.answer_tokens;
  row["seconds"] = lift.seconds;
  fmt::print("{}\n", row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_model_text(const ModelLift& lift, const LiftArguments& options) {
  const LiftStanding none{LiftRung::none, "the model gave no answer", ""};
  const LiftStanding& best = lift.candidates.empty() ? none : lift.candidates.front().standing;
  fmt::print(stderr, "{}: {}{}{}; {} answers, {} + {} tokens in {:.2f} s\n", options.input.file,
             to_string(best.rung), best.reason.empty() ? "" : ": ", best.reason,
             lift.candidates.size(), lift.prompt_tokens, lift.answer_tokens, lift.seconds);
}

/// The whole text at once, by the model alone.
Result<void> lift_by_model_alone(const LiftArguments& options) {
  LLMC_TRY(const std::string assembly, read_file(options.input.file));
  LLMC_TRY(const auto model, options.model.open({}));
  auto lifted =
      lift_by_model(assembly, *model, options.sampling.sampling(options.k, options.most_tokens),
                    {options.repairs, "", ""});
  if (!lifted) return std::unexpected(lifted.error().with_context(options.input.file));
  if (options.json)
    print_model_json(*lifted, options);
  else
    print_model_text(*lifted, options);
  const bool has_ir =
      !lifted->candidates.empty() && lifted->candidates.front().standing.rung > LiftRung::none;
  if (!has_ir) {
    if (options.json) return {};
    return fail(options.input.file + ": no answer is IR that LLVM reads");
  }
  if (options.json && options.output.empty()) return {};
  return write_file(options.output.empty() ? "-" : options.output, lifted->candidates.front().ir);
}

/// One line for each function that was refused or runs otherwise, and one for all.
void print_outcome(const LiftInput& input, const std::vector<LiftResult>& results,
                   const LiftArguments& options, double seconds) {
  for (const std::string& problem : input.unit.problems)
    warn(fmt::format("{}: {}", input.name, problem));
  std::size_t lifted = 0, identical = 0;
  for (const LiftResult& result : results) {
    lifted += result.ir.empty() ? 0 : 1;
    identical += result.rung == LiftRung::identical ? 1 : 0;
    if (result.ir.empty())
      fmt::print(stderr, "{}: {}: not lifted: {}\n", input.name, result.name, result.reason);
    if (result.execution && result.execution->outcome == ExecutionOutcome::different)
      fmt::print(stderr, "{}: {}: runs otherwise: {}\n", input.name, result.name,
                 result.execution->reason);
  }
  if (options.summary) fmt::print(stderr, "{}", lift_summary(results));
  fmt::print(stderr, "{}: {} of {} functions lifted, {} identical, in {:.2f} s\n", input.name,
             lifted, results.size(), identical, seconds);
}

Result<void> lift_by_rules(const LiftArguments& options) {
  const auto start = std::chrono::steady_clock::now();
  LLMC_TRY(const LiftInput input, options.input.read());
  LLMC_TRY(LiftOptions how, options.rules.lift_options(input.unit));
  LLMC_TRY(how.given, options.input.signatures(input));
  std::unique_ptr<LanguageModel> model;
  if (options.by == LiftMeans::both) {
    LLMC_TRY(model, options.model.open({}));
    how.model = model.get();
    how.sampling = options.sampling.sampling(options.k, options.most_tokens);
    how.repairs = options.repairs;
  }
  auto lifted = lift_with_progress(input, how);
  if (!lifted) return std::unexpected(lifted.error().with_context(input.name));
  if (options.json)
    for (const LiftResult& result : *lifted)
      fmt::print("{}\n", lift_json(result, {options.with_ir, options.with_opcodes
                                                                 ? input.unit.function(result.name)
                                                                 : nullptr}));
  print_outcome(input, *lifted, options, seconds_since(start));
  if (!options.json || !options.output.empty()) {
    auto joined = run_in_child([&] { return joined_ir(input.unit, *lifted); });
    if (!joined) return std::unexpected(joined.error().with_context(input.name));
    LLMC_CHECK(write_file(options.output.empty() ? "-" : options.output, *joined));
  }
  const bool has_ir =
      std::ranges::any_of(*lifted, [](const LiftResult& result) { return !result.ir.empty(); });
  if (has_ir || lifted->empty() || options.json) return {};
  return fail(input.name + ": no function could be lifted");
}

void add_model_options(CLI::App& app, LiftArguments& options) {
  const std::map<std::string, LiftMeans> means = {
      {"rules", LiftMeans::rules}, {"model", LiftMeans::model}, {"both", LiftMeans::both}};
  app.add_option("--by", options.by,
                 "rules; model: a model alone, for the whole text; both: a model where rules end")
      ->transform(CLI::CheckedTransformer(means))
      ->option_text("rules|model|both");
  app.add_option("-k", options.k, "Answers of a model, of which the one proven furthest is taken")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--most", options.most_tokens,
                 "Tokens of an answer at most (default: what the context leaves)");
  app.add_option("--repairs", options.repairs,
                 "So often a wrong answer, or with `both` what rules made, is given back to the "
                 "model with what the compiler says of it")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  options.model.add(app);
  options.sampling.add(app);
}

}  // namespace

int run_lift(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Turns assembly or an object back into LLVM-IR, function by function, and says how far each\n"
      "is proven: compiles, same-instructions (but for registers and order), identical (it\n"
      "compiles to that assembly). What the rules do not know is refused with a sentence.",
      "llmc lift");
  LiftArguments options;
  options.input.add(app,
                    "Assembly, an object, or, compiled at -Oz first, IR or a source; -: standard "
                    "input");
  options.rules.add(app);
  add_model_options(app, options);
  app.add_option("-o,--output", options.output, "Where to write the IR (default: standard output)");
  app.add_flag("--json", options.json, "A JSON object for each function instead of the IR");
  app.add_flag("--with-ir", options.with_ir, "With --json: also the IR of each function");
  app.add_flag("--with-opcodes", options.with_opcodes,
               "With --json: how often each function has which opcode, and those without a rule");
  app.add_flag("--summary", options.summary, "A table by length, features and reasons");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  auto done =
      options.by == LiftMeans::model ? lift_by_model_alone(options) : lift_by_rules(options);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
