// llmc-train answer: what an exported model says to the prompts of a data set.
#include <algorithm>
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
  std::string model, task;
  std::vector<std::string> inputs;
  std::int64_t count = 0, most = 1024, draws = 0, seed = 1;
  bool as_rows = false;
  Generator::Setting generator;
};

/// One row: the task, the prompt, the answer that was wanted, the one that came.
Json answer_row(const TextRow& row, const Generator::Answer& answer) {
  Json json;
  json.set("task", row.task).set("prompt", row.prompt).set("completion", row.completion);
  json.set("answer", answer.text).set("ended", answer.ended);
  return json.set("prompt_tokens", answer.prompt).set("answer_tokens", answer.tokens);
}

/// A row of a data set in which the answer is what is wanted.
Json data_row(const TextRow& row, const Generator::Answer& answer) {
  Json json;
  json.set("task", row.task).set("prompt", row.prompt);
  return json.set("completion", answer.text);
}

Result<void> answer_all(const AnswerArguments& options) {
  LLMC_TRY(Generator generator, Generator::load(options.model, options.generator));
  ProgressLine progress;
  std::int64_t rows = 0;
  std::int64_t answers = 0;
  std::int64_t tokens = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto take = [&](const TextRow& row) -> Result<void> {
    if (!row.instruction || (options.count > 0 && rows == options.count)) return {};
    if (!options.task.empty() && row.task != options.task) return {};
    for (std::int64_t draw = 0; draw < std::max<std::int64_t>(1, options.draws); ++draw) {
      LLMC_TRY(const Generator::Answer answer, generator.answer(row.prompt, options.most));
      tokens += answer.tokens;
      ++answers;
      if (options.as_rows && !answer.ended) continue;
      const Json line = options.as_rows ? data_row(row, answer) : answer_row(row, answer);
      std::printf("%s\n", line.dump().c_str());
    }
    ++rows;
    progress.show(std::to_string(answers) + " answers");
    return {};
  };
  LLMC_CHECK(for_each_row(options.inputs, take));
  progress.clear();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  say(std::to_string(answers) + " answers, " + std::to_string(tokens) + " tokens in " +
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
  arguments.option("--task", "NAME", "only prompts of this task", options.task);
  arguments.option("-n,--count", "N", "prompts at most; 0: all", options.count, 0, 1 << 30);
  arguments.option("--most", "N", "tokens of an answer at most", options.most, 1, 1 << 20);
  arguments.option("--context", "N", "tokens of prompt and answer together",
                   options.generator.context, 16, 1 << 20);
  arguments.option("--draws", "N",
                   "answers to each prompt, their tokens drawn by probability; 0: one, of the most "
                   "probable tokens",
                   options.draws, 0, 1 << 20);
  arguments.option("--seed", "N", "seed of the draws", options.seed, 0, 1 << 30);
  arguments.flag("--rows",
                 "print rows of a data set, with the answers as completions, and leave out answers "
                 "that did not end",
                 options.as_rows);
  arguments.option("-t,--threads", "N", "threads", options.generator.threads, 1, 1024);
  arguments.positionals("INPUTS", "JSON lines with prompt and completion; plain or zstd",
                        options.inputs);
  if (const int code = arguments.parse(words); code >= 0) return code;
  if (options.draws > 0) options.generator.draw_seed = static_cast<std::uint64_t>(options.seed);
  if (auto done = answer_all(options); !done) return report(done.error());
  return k_exit_done;
}

}  // namespace llmc::train
