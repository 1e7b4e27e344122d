// llmc model: which model there is, what it says about itself, how fast it is here.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "support/text.h"

namespace llmc {
namespace {

struct ModelArguments {
  ModelOptions model;
  std::uint64_t prompt_tokens = 512;
  std::uint32_t answer_tokens = 64;
  bool no_speed = false;
  bool json = false;
};

/// Tokens a second.
struct Speed {
  double prompt = 0, answer = 0;
};

/// IR of at least `tokens` tokens for the model, every line another one.
Result<std::string> sample_prompt(LanguageModel& model, std::uint64_t tokens) {
  std::string text = "define i32 @sample(ptr %0, i32 %1) {\n";
  for (std::uint64_t line = 2;; line += 2) {
    text +=
        fmt::format("%{} = getelementptr inbounds i32, ptr %0, i64 {}\n%{} = load i32, ptr %{}\n",
                    line, line * 7 % 61, line + 1, line);
    if (line % 16 != 0) continue;
    LLMC_TRY(const std::uint64_t count, model.count_tokens(text));
    if (count >= tokens) return text;
  }
}

Result<Speed> measure(LanguageModel& model, const ModelArguments& options) {
  GenerationRequest request;
  const std::uint64_t context = model.info().context == 0 ? 4096 : model.info().context;
  const std::uint64_t most =
      context > options.answer_tokens + 64 ? context - options.answer_tokens - 64 : context / 2;
  LLMC_TRY(request.prompt, sample_prompt(model, std::min(options.prompt_tokens, most)));
  request.sampling = {SamplingMethod::random, 1, 1.0, 1.0, 1, options.answer_tokens};
  Speed speed;
  // The first run warms up; of three the fastest counts, because other work only ever slows one.
  for (int run = 0; run < 4; ++run) {
    GenerationRequest other = request;
    other.prompt = fmt::format("; {}\n", run) + request.prompt;  // not what is still in memory
    LLMC_TRY(const Generation done, model.generate(other));
    if (run == 0) continue;
    if (done.prompt_seconds > 0)
      speed.prompt = std::max(speed.prompt, done.prompt_tokens / done.prompt_seconds);
    if (done.answer_seconds > 0)
      speed.answer = std::max(speed.answer, done.answer_tokens / done.answer_seconds);
  }
  return speed;
}

bool is_worth_showing(const std::string& key) {
  return key.starts_with("general.") || key.starts_with("llmc.");
}

/// Some values are tables of their own.
std::string shorten(const std::string& value) {
  constexpr std::size_t k_longest = 1000;
  if (value.size() <= k_longest) return value;
  return fmt::format("{} … ({} bytes)", first_line(value), value.size());
}

void print_text(const ModelInfo& info, const Speed& speed, std::uint64_t memory) {
  fmt::print("model       {}\nfrom        {} ({})\ndialect     {}\n", info.name, info.location,
             info.kind, to_string(info.dialect));
  if (info.parameters > 0)
    fmt::print("size        {:.2f} million parameters, {:.2f} MB\n",
               static_cast<double>(info.parameters) / 1e6,
               static_cast<double>(info.file_bytes) / 1e6);
  if (info.context > 0)
    fmt::print("context     {} tokens{}\n", info.context,
               info.trained_context == info.context || info.trained_context == 0
                   ? ""
                   : fmt::format(" (trained with {})", info.trained_context));
  if (info.vocabulary > 0) fmt::print("vocabulary  {} tokens\n", info.vocabulary);
  if (speed.prompt > 0)
    fmt::print("speed       prompt {:.0f}, answer {:.0f} tokens a second\n", speed.prompt,
               speed.answer);
  if (memory > 0) fmt::print("memory      {} MB at most\n", memory >> 20);
  fmt::print("\n");
  for (const auto& [key, value] : info.card)
    if (is_worth_showing(key)) fmt::print("{:<28} {}\n", key, shorten(value));
}

void print_json(const ModelInfo& info, const Speed& speed, std::uint64_t memory) {
  nlohmann::ordered_json json = {{"name", info.name},
                                 {"location", info.location},
                                 {"kind", info.kind},
                                 {"dialect", to_string(info.dialect)},
                                 {"parameters", info.parameters},
                                 {"file_bytes", info.file_bytes},
                                 {"context", info.context},
                                 {"trained_context", info.trained_context},
                                 {"vocabulary", info.vocabulary},
                                 {"prompt_tokens_per_second", speed.prompt},
                                 {"answer_tokens_per_second", speed.answer},
                                 {"peak_memory_bytes", memory}};
  for (const auto& [key, value] : info.card)
    if (is_worth_showing(key)) json["card"][key] = shorten(value);
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<void> show_model(const ModelArguments& options) {
  LLMC_TRY(const auto model, options.model.open({}));
  Speed speed;
  if (!options.no_speed) {
    LLMC_TRY(speed, measure(*model, options));
  }
  (options.json ? print_json : print_text)(model->info(), speed, model->peak_memory());
  return {};
}

}  // namespace

int run_model(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Shows the model that llmc asks: what it is, what its file says about itself, and how fast\n"
      "it reads prompts and writes answers on this machine.",
      "llmc model");
  ModelArguments options;
  options.model.add(app);
  app.add_option("--prompt-tokens", options.prompt_tokens, "Length of the prompt that is timed")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--answer-tokens", options.answer_tokens, "Length of the answer that is timed")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  app.add_flag("--no-speed", options.no_speed, "Measure nothing");
  app.add_flag("--json", options.json, "One JSON object");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  auto shown = show_model(options);
  return shown ? k_exit_done : report(shown.error());
}

}  // namespace llmc
