// llmc eval code: HumanEval and MBPP.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "benchmark/code_problems.h"
#include "cli/command.h"
#include "cli/eval_common.h"
#include "corpus/row_file.h"
#include "eval/result_log.h"
#include "eval/statistics.h"
#include "soundness/gzip_file.h"

namespace llmc {
namespace {

struct CodeEvalOptions {
  std::vector<std::string> files;
  std::size_t most = 0;
  bool solutions = false;
  ModelOptions model;
  SamplingOptions sampling;
  unsigned samples = 1;
  std::uint32_t most_tokens = 512;
  double run_seconds = 10;
  ResultsOutput output;
};

void add_code_options(CLI::App& app, CodeEvalOptions& options) {
  app.add_option("files", options.files,
                 "HumanEval.jsonl or mbpp.jsonl as published, plain, .gz or .zst")
      ->required();
  app.add_option("--limit", options.most, "So many problems of each file only; 0 for all")
      ->capture_default_str();
  app.add_flag(
      "--solutions", options.solutions,
      "Test the authors' own solutions in the place of a model's answers: all should pass");
  options.model.add(app);
  options.sampling.add(app);
  app.add_option("-n,--samples", options.samples, "Answers to each problem")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--most", options.most_tokens, "Tokens of an answer")->capture_default_str();
  app.add_option("--run-deadline", options.run_seconds, "Seconds that a program may run")
      ->check(CLI::Range(0.1, 1e4))
      ->capture_default_str();
  options.output.add(app);
}

void print_code_table(const std::vector<CodeRow>& rows) {
  std::map<std::string, std::vector<const CodeRow*>> sets;
  for (const CodeRow& row : rows) sets[row.set].push_back(&row);
  fmt::print("{:<10} {:>9} {:>9} {:>10} {:>10} {:>10}\n", "set", "problems", "samples", "pass@1",
             "pass@10", "pass@100");
  for (const auto& [set, problems] : sets) {
    std::uint64_t samples = problems.front()->samples;
    for (const CodeRow* row : problems) samples = std::min(samples, row->samples);
    fmt::print("{:<10} {:>9} {:>9}", set, problems.size(), samples);
    for (const std::uint64_t k : {1, 10, 100}) {
      double sum = 0;
      for (const CodeRow* row : problems)
        if (k <= samples) sum += pass_at_k(row->samples, row->passed, k);
      fmt::print(" {:>10}",
                 k > samples
                     ? "-"
                     : fmt::format("{:.1f} %", 100 * sum / static_cast<double>(problems.size())));
    }
    fmt::print("\n");
  }
}

/// The answers to one problem.
Result<std::vector<std::string>> answers_to(const CodeProblem& problem, LanguageModel* model,
                                            const CodeEvalOptions& options) {
  if (model == nullptr) return std::vector<std::string>{problem.solution};
  GenerationRequest request;
  request.prompt = problem.prompt;
  request.sampling = options.sampling.sampling(options.samples, options.most_tokens);
  request.stop = problem.stop;
  LLMC_TRY(const Generation generation, model->generate(request));
  std::vector<std::string> answers;
  for (const Completion& one : generation.completions) answers.push_back(one.text);
  return answers;
}

Result<std::vector<CodeProblem>> load_problems(const CodeEvalOptions& options) {
  std::vector<CodeProblem> problems;
  for (const std::string& file : options.files) {
    LLMC_TRY(const std::string text,
             file.ends_with(".zst") ? read_rows(file) : read_maybe_gzip(file));
    auto read = parse_code_problems(text);
    if (!read) return std::unexpected(read.error().with_context(file));
    if (options.most > 0 && read->size() > options.most) read->resize(options.most);
    problems.insert(problems.end(), read->begin(), read->end());
  }
  return problems;
}

/// What results tell them apart by.
std::vector<std::string> keys_of(const std::vector<CodeProblem>& problems) {
  std::vector<std::string> keys;
  for (const CodeProblem& one : problems)
    keys.push_back(result_key(CodeRow{one.name, one.set, 0, 0, ""}));
  return keys;
}

/// How many of the answers to `problem` pass. A model that fails has not solved it.
Result<CodeRow> solve(const CodeProblem& problem, LanguageModel* model, const std::string& python,
                      const CodeEvalOptions& options) {
  const auto deadline = std::chrono::milliseconds(static_cast<long>(options.run_seconds * 1000));
  CodeRow row{problem.name, problem.set, 0, 0, ""};
  const auto answers = answers_to(problem, model, options);
  if (!answers && answers.error().kind == ErrorKind::interrupted)
    return std::unexpected(answers.error());
  row.samples = answers ? answers->size() : options.samples;
  if (!answers) row.reason = answers.error().message;
  for (const std::string& answer : answers.value_or(std::vector<std::string>())) {
    LLMC_TRY(const CodeOutcome outcome, run_answer(problem, answer, python, deadline));
    row.passed += outcome.passed;
    if (row.reason.empty()) row.reason = outcome.reason;
  }
  if (row.passed > 0) row.reason.clear();
  return row;
}

Result<void> evaluate(const CodeEvalOptions& options, RunRow run) {
  LLMC_CHECK(options.output.check());
  LLMC_TRY(const auto problems, load_problems(options));
  const auto python = find_python();
  if (!python)
    return fail("cannot find python3, which HumanEval and MBPP are written for; install it");
  std::unique_ptr<LanguageModel> model;
  if (!options.solutions) {
    LLMC_TRY(model, options.model.open({}));
    LLMC_CHECK(name_model(run, model->info()));
  }
  ResultSet results;
  LLMC_TRY(ResultLog log, options.output.open(std::move(run), "", results));
  const auto is_done = options.output.done_before(log, keys_of(problems), "problems");
  ProgressLine line;
  const CorpusProgress progress = show_progress(line, "", "problems");
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (is_done[i]) continue;
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    LLMC_TRY(CodeRow row, solve(problems[i], model.get(), *python, options));
    results.codes.push_back(std::move(row));
    progress(results.codes.size(), problems.size());
    LLMC_CHECK(log.add_new(results));
  }
  line.clear();
  print_code_table(results.codes);
  return {};
}

}  // namespace

int run_eval_code(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Has a model solve programming problems and runs what it writes, in a process without\n"
      "network, other processes or written files: pass@1, pass@10 and pass@100 by the unbiased\n"
      "estimator. Needs python3.",
      "llmc eval code");
  CodeEvalOptions options;
  options.sampling.method = "random";
  add_code_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  std::string names;
  for (const std::string& file : options.files) names += (names.empty() ? "" : ", ") + file;
  const auto done = evaluate(options, run_row("code", arguments, names, options.sampling.seed));
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
