// llmc ask: a raw prompt in, texts out.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "support/files.h"
#include "tasks/flag_grammar.h"

namespace llmc {
namespace {

struct AskArguments {
  std::string file = "-";
  std::string prompt;
  ModelOptions model;
  SamplingOptions sampling;
  unsigned k = 1;
  std::uint32_t most_tokens = 512;
  std::vector<std::string> stop;
  bool flags_grammar = false;
  bool json = false;
};

void print(const Generation& generation, const AskArguments& options) {
  for (const Completion& one : generation.completions) {
    if (!options.json) {
      fmt::print("{}\n", one.text);
      continue;
    }
    nlohmann::ordered_json row = {{"text", one.text}, {"ended", one.ended}, {"tokens", one.tokens}};
    if (std::isfinite(one.log_probability)) row["log_probability"] = one.log_probability;
    row["prompt_tokens"] = generation.prompt_tokens;
    fmt::print("{}\n", row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
}

Result<void> ask(const AskArguments& options, bool has_prompt) {
  GenerationRequest request;
  request.prompt = options.prompt;
  if (!has_prompt) {
    LLMC_TRY(request.prompt, read_file(options.file));
  }
  request.sampling = options.sampling.sampling(options.k, options.most_tokens);
  request.stop = options.stop;
  std::unique_ptr<FlagGrammar> canonical;
  std::unique_ptr<FlagGrammar> paper;
  std::vector<const TextConstraint*> constraints;
  if (options.flags_grammar) {
    LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
    FlagGrammarOptions grammar;
    canonical = std::make_unique<FlagGrammar>(catalogue, grammar);
    grammar.spelling = ListSpelling::paper;
    paper = std::make_unique<FlagGrammar>(catalogue, grammar);
    constraints = {canonical.get(), paper.get()};
  }
  LLMC_TRY(const auto model, options.model.open(constraints));
  if (options.flags_grammar)
    request.constraint = model->info().dialect == Dialect::llmc ? canonical.get() : paper.get();
  LLMC_TRY(const Generation generation, model->generate(request));
  if (generation.completions.empty()) return fail("the model gave no answer that is allowed");
  print(generation, options);
  return {};
}

}  // namespace

int run_ask(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Gives a model a prompt as it is and prints what it writes, one text after the other.",
      "llmc ask");
  AskArguments options;
  auto* file =
      app.add_option("file", options.file, "The prompt; -: standard input")->capture_default_str();
  auto* prompt = app.add_option("-p,--prompt", options.prompt, "The prompt itself")->excludes(file);
  options.model.add(app);
  app.add_option("-k", options.k, "Texts")->check(CLI::Range(1, 1000))->capture_default_str();
  options.sampling.add(app);
  app.add_option("--most", options.most_tokens, "Tokens of one text at most")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--stop", options.stop, "End a text before this; repeatable")
      ->allow_extra_args(false);
  app.add_flag("--flags-grammar", options.flags_grammar,
               "Allow only answers to flag-tuning prompts with lists that exist");
  app.add_flag("--json", options.json, "One JSON object for each text");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  auto asked = ask(options, prompt->count() > 0);
  return asked ? k_exit_done : report(asked.error());
}

}  // namespace llmc
