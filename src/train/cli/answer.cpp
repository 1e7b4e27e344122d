// llmc-train answer: what an exported model says to the prompts of a data set.
#include <chrono>
#include <cstdio>

#include "support/terminal.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/generator.h"
#include "train/json.h"
#include "train/jsonl.h"

namespace llmc::train {
namespace {

struct AnswerArguments {
  std::string model;
  std::vector<std::string> inputs;
  std::int64_t count = 0, most = 1024;
  Generator::Setting generator;
};

/// One row: the task, the prompt, the answer that was wanted, the one that came.
Json row_of(const TextRow& row, const Generator::Answer& answer) {
  Json json;
  json.set("task", row.task).set("prompt", row.prompt).set("completion", row.completion);
  json.set("answer", answer.text).set("ended", answer.ended);
  return json.set("prompt_tokens", answer.prompt).set("answer_tokens", answer.tokens);
}

Result<void> answer_all(const AnswerArguments& options) {
  LLMC_TRY(Generator generator, Generator::load(options.model, options.generator));
  ProgressLine progress;
  std::int64_t rows = 0;
  std::int64_t tokens = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto take = [&](const TextRow& row) -> Result<void> {
    if (!row.instruction || (options.count > 0 && rows == options.count)) return {};
    LLMC_TRY(const Generator::Answer answer, generator.answer(row.prompt, options.most));
    std::printf("%s\n", row_of(row, answer).dump().c_str());
    ++rows;
    tokens += answer.tokens;
    progress.show(std::to_string(rows) + " answers");
    return {};
  };
  LLMC_CHECK(for_each_row(options.inputs, take));
  progress.clear();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  say(std::to_string(rows) + " answers, " + std::to_string(tokens) + " tokens in " +
      format_duration(took.count()));
  return {};
}

}  // namespace

int run_answer(const std::vector<std::string>& words) {
  AnswerArguments options;
  Arguments arguments(
      "llmc-train answer",
      "Asks an exported model the prompts of a data set, by llama.cpp, and prints JSON lines with "
      "the\n"
      "answers beside those that were wanted; `llmc score` counts how many are right.");
  arguments.option("-m,--model", "FILE", "a GGUF file", options.model).required();
  arguments.option("-n,--count", "N", "prompts at most; 0: all", options.count, 0, 1 << 30);
  arguments.option("--most", "N", "tokens of an answer at most", options.most, 1, 1 << 20);
  arguments.option("--context", "N", "tokens of prompt and answer together",
                   options.generator.context, 16, 1 << 20);
  arguments.option("-t,--threads", "N", "threads", options.generator.threads, 1, 1024);
  arguments.positionals("INPUTS", "JSON lines with prompt and completion; plain or zstd",
                        options.inputs);
  if (const int code = arguments.parse(words); code >= 0) return code;
  if (auto done = answer_all(options); !done) return report(done.error());
  return k_exit_done;
}

}  // namespace llmc::train
