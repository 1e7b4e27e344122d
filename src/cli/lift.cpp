// llmc lift: assembly back to IR, with how far it is proven.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "lift/model_lifter.h"
#include "support/files.h"

namespace llmc {
namespace {

struct Options {
  std::string file;
  unsigned k = 1;
  std::uint32_t most_tokens = 0;
  ModelOptions model;
  SamplingOptions sampling;
  std::string output;
  bool json = false;
};

void print_json(const ModelLift& lift, const Options& options) {
  nlohmann::ordered_json row = {{"name", options.file}, {"candidates", lift.candidates.size()}};
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

void print_text(const ModelLift& lift, const Options& options) {
  const LiftStanding none{LiftRung::none, "the model gave no answer", ""};
  const LiftStanding& best = lift.candidates.empty() ? none : lift.candidates.front().standing;
  fmt::print(stderr, "{}: {}{}{}; {} answers, {} + {} tokens in {:.2f} s\n", options.file,
             to_string(best.rung), best.reason.empty() ? "" : ": ", best.reason,
             lift.candidates.size(), lift.prompt_tokens, lift.answer_tokens, lift.seconds);
}

Result<void> lift(const Options& options) {
  LLMC_TRY(const std::string assembly, read_file(options.file));
  LLMC_TRY(const auto model, options.model.open({}));
  auto lifted =
      lift_by_model(assembly, *model, options.sampling.sampling(options.k, options.most_tokens));
  if (!lifted) return std::unexpected(lifted.error().with_context(options.file));
  if (options.json)
    print_json(*lifted, options);
  else
    print_text(*lifted, options);
  const bool has_ir =
      !lifted->candidates.empty() && lifted->candidates.front().standing.rung > LiftRung::none;
  if (!has_ir) {
    if (options.json) return {};
    return fail(options.file + ": no answer is IR that LLVM reads");
  }
  if (options.json && options.output.empty()) return {};
  return write_file(options.output.empty() ? "-" : options.output, lifted->candidates.front().ir);
}

}  // namespace

int run_lift(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Asks a model which IR an x86-64 assembly was made from, and says how far the answer is\n"
      "proven: readable (LLVM verifies it), compiles, identical (it compiles to that assembly).",
      "llmc lift");
  Options options;
  app.add_option("file", options.file, "Assembly as clang writes it; -: standard input")
      ->required();
  app.add_option("-k", options.k, "Answers, of which the one proven furthest is taken")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--most", options.most_tokens,
                 "Tokens of an answer at most (default: what the context leaves)");
  options.model.add(app);
  options.sampling.add(app);
  app.add_option("-o,--output", options.output, "Where to write the IR (default: standard output)");
  app.add_flag("--json", options.json, "One JSON object");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  auto done = lift(options);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
