#include "propose/questions.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "ir/module.h"
#include "ir/normal_form.h"
#include "ir/prompt_text.h"
#include "ir/sketch.h"
#include "ir/split.h"
#include "sandbox/child.h"
#include "tasks/prompts.h"
#include "tasks/response.h"

namespace llmc {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t k_unknown_context = 4096;
constexpr std::uint64_t k_choice_tokens = 8;  ///< <s> and the name of a class
/// The largest functions often do not fit; so many times as are to be asked about are prepared.
constexpr std::size_t k_spare = 3;

Result<std::string> text_of(const IrModule& module, Dialect dialect, PromptDetail detail) {
  if (dialect == Dialect::llmc) return normal_text(module);
  return prompt_text(module, detail);
}

/// A function, and its text where it is to be asked about.
struct Part {
  std::string function;
  std::uint64_t instructions = 0;
  std::string text;
};

/// What is told of a function that was cut out.
using Teller = std::function<Result<std::string>(const IrModule& alone)>;

/// The functions of `program`, largest first; texts of the first `most` only, because to cut one
/// out of a large unit takes a while.
Result<std::vector<Part>> parts_of(const Program& program, std::size_t most, const Teller& tell) {
  LLMC_TRY(const std::string bytes, run_in_child([&]() -> Result<std::string> {
             LLMC_TRY(const IrModule module, module_of(program));
             Json parts = Json::array();
             for (const FunctionSize& function : functions_by_size(module)) {
               std::string text;
               if (parts.size() < most) {
                 LLMC_TRY(const IrModule alone, extract_function(program.bitcode, function.name));
                 LLMC_TRY(text, tell(alone));
               }
               parts.push_back({function.name, function.instructions, std::move(text)});
             }
             const std::vector<std::uint8_t> packed = Json::to_cbor(parts);
             return std::string(packed.begin(), packed.end());
           }));
  std::vector<Part> parts;
  for (const Json& one : Json::from_cbor(bytes))
    parts.push_back(
        {one[0].get<std::string>(), one[1].get<std::uint64_t>(), one[2].get<std::string>()});
  return parts;
}

std::string prompt_of(const std::string& text, Dialect dialect) {
  const std::string prompt = flag_tuning_prompt(text);
  if (dialect != Dialect::chat) return prompt;
  return prompt + "\n\n" + explanation_for(ModelTask::flag_tuning);
}

/// The prompt about the whole unit, if it fits.
Result<bool> ask_about_all(const Program& program, LanguageModel& model, std::uint64_t most_tokens,
                           Questions& questions) {
  const Dialect dialect = model.info().dialect;
  for (const PromptDetail detail : {PromptDetail::full, PromptDetail::stripped}) {
    if (detail == PromptDetail::stripped && dialect == Dialect::llmc) break;  // it always is
    LLMC_TRY(const std::string text, run_in_child([&]() -> Result<std::string> {
               LLMC_TRY(const IrModule module, module_of(program));
               return text_of(module, dialect, detail);
             }));
    const std::string prompt = prompt_of(text, dialect);
    LLMC_TRY(const std::uint64_t tokens, model.count_tokens(prompt));
    if (tokens > most_tokens) continue;
    questions.asked.push_back({"", prompt, 1, tokens});
    questions.is_stripped = detail == PromptDetail::stripped;
    return true;
  }
  return false;
}

Result<void> ask_about_parts(const std::vector<Part>& parts, LanguageModel& model,
                             std::uint64_t most_tokens, std::size_t most_functions,
                             Questions& questions) {
  double instructions = 0;
  for (const Part& part : parts) instructions += static_cast<double>(part.instructions);
  questions.is_split = true;
  for (const Part& part : parts) {
    if (part.text.empty() || questions.asked.size() == most_functions) {
      questions.unasked.push_back(
          {part.function,
           fmt::format("{} functions are asked about, the largest that fit", most_functions)});
      continue;
    }
    const std::string prompt = prompt_of(part.text, model.info().dialect);
    LLMC_TRY(const std::uint64_t tokens, model.count_tokens(prompt));
    if (tokens > most_tokens)
      questions.unasked.push_back(
          {part.function, fmt::format("its prompt has {} tokens; {} fit", tokens, most_tokens)});
    else
      questions.asked.push_back(
          {part.function, prompt,
           static_cast<double>(part.instructions) / std::max(instructions, 1.0), tokens});
  }
  return {};
}

}  // namespace

Result<Questions> flag_questions(const Program& program, LanguageModel& model,
                                 const QuestionOptions& options) {
  const std::uint64_t context =
      model.info().context == 0 ? k_unknown_context : model.info().context;
  // <s>, and what a server's template may add.
  const std::uint64_t reserved = options.answer_tokens + 16;
  if (context <= reserved)
    return fail(
        fmt::format("{}: a context of {} tokens leaves no room for a question; {} are kept "
                    "for the answer",
                    model.info().name, context, reserved));
  const std::uint64_t most_tokens = context - reserved;
  Questions questions;
  if (options.splitting == Splitting::where_needed) {
    LLMC_TRY(const bool fits, ask_about_all(program, model, most_tokens, questions));
    if (fits) return questions;
  }
  const auto tell = [&](const IrModule& alone) {
    return text_of(alone, model.info().dialect, PromptDetail::stripped);
  };
  LLMC_TRY(const std::vector<Part> parts,
           parts_of(program, k_spare * options.most_functions, tell));
  if (parts.size() == 1 && options.splitting == Splitting::always) {
    LLMC_TRY(const bool fits, ask_about_all(program, model, most_tokens, questions));
    if (fits) return questions;
  }
  LLMC_CHECK(ask_about_parts(parts, model, most_tokens, options.most_functions, questions));
  return questions;
}

Result<Questions> response_questions(const Program& program, LanguageModel& model,
                                     const QuestionOptions& options) {
  // The normal form first: what a model learnt from has been through it.
  const auto tell = [](const IrModule& alone) -> Result<std::string> {
    LLMC_TRY(const IrModule plain, normalised(alone));
    return sketch_of(plain);
  };
  LLMC_TRY(const std::vector<Part> parts, parts_of(program, options.most_functions, tell));
  double instructions = 0;
  for (const Part& part : parts) instructions += static_cast<double>(part.instructions);
  const std::uint64_t context =
      model.info().context == 0 ? k_unknown_context : model.info().context;
  Questions questions;
  questions.is_split = parts.size() > 1;
  for (const Part& part : parts) {
    if (questions.asked.size() == options.most_functions || part.text.empty()) {
      questions.unasked.push_back(
          {part.function, fmt::format("the {} largest are asked about", options.most_functions)});
      continue;
    }
    std::string prompt = response_prompt(part.text);
    LLMC_TRY(std::uint64_t tokens, model.count_tokens(prompt));
    for (std::size_t lines = SketchOptions().most_lines / 2; tokens + k_choice_tokens > context;
         lines /= 2) {
      if (lines == 0) return fail("the sketch of " + part.function + " does not fit the model");
      prompt = response_prompt(shorten_sketch(part.text, lines));
      LLMC_TRY(tokens, model.count_tokens(prompt));
    }
    const double share = static_cast<double>(part.instructions) / std::max(instructions, 1.0);
    questions.asked.push_back(
        {questions.is_split ? part.function : "", std::move(prompt), share, tokens});
  }
  return questions;
}

}  // namespace llmc
