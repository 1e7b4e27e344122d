// llmc perplexity: how well a model knows a text.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <numbers>
#include <utility>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "support/files.h"

namespace llmc {
namespace {

struct PerplexityArguments {
  std::vector<std::string> files;
  ModelOptions model;
  std::uint32_t window = 512;
  bool json = false;
};

/// What is said about one file.
struct Row {
  std::string file;
  TextScore score;
  double bytes_per_token = 0;

  [[nodiscard]] double perplexity() const {
    return std::exp(-score.log_probability / static_cast<double>(score.tokens));
  }
  [[nodiscard]] double bits_per_byte() const {
    return -score.log_probability / std::numbers::ln2 /
           (static_cast<double>(score.tokens) * bytes_per_token);
  }
};

Result<Row> score_file(LanguageModel& model, const std::string& file, std::uint32_t window) {
  LLMC_TRY(const std::string text, read_file(file));
  LLMC_TRY(const TextScore score, model.score_text(text, window));
  LLMC_TRY(const std::uint64_t tokens, model.count_tokens(text));
  if (score.tokens == 0 || tokens == 0) return fail(file + ": nothing to score");
  return Row{file, score, static_cast<double>(text.size()) / static_cast<double>(tokens)};
}

enum class First { yes, no };

void print(const Row& row, bool json, First first) {
  if (json) {
    const nlohmann::ordered_json line = {{"file", row.file},
                                         {"perplexity", row.perplexity()},
                                         {"bits_per_byte", row.bits_per_byte()},
                                         {"tokens_scored", row.score.tokens},
                                         {"log_probability", row.score.log_probability}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  if (first == First::yes)
    fmt::print("{:<32} {:>12} {:>14} {:>10}\n", "file", "perplexity", "bits per byte", "tokens");
  fmt::print("{:<32} {:>12.4f} {:>14.4f} {:>10}\n", row.file, row.perplexity(), row.bits_per_byte(),
             row.score.tokens);
}

Result<std::size_t> score_all(const PerplexityArguments& options) {
  LLMC_TRY(const auto model, options.model.open({}));
  std::size_t failed = 0;
  First first = First::yes;
  for (const std::string& file : options.files) {
    auto row = score_file(*model, file, options.window);
    if (row) {
      print(*row, options.json, std::exchange(first, First::no));
      continue;
    }
    if (row.error().kind == ErrorKind::interrupted) return std::unexpected(row.error());
    report(row.error().with_context(file));
    ++failed;
  }
  return failed;
}

}  // namespace

int run_perplexity(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Prints how well a model predicts texts: perplexity for each token, and bits for each byte,\n"
      "which does not depend on the vocabulary. A text is cut into windows, and the second half "
      "of\n"
      "each is scored, as llama.cpp's own tool does it.",
      "llmc perplexity");
  PerplexityArguments options;
  app.add_option("files", options.files, "Texts; -: standard input")->required();
  options.model.add(app);
  app.add_option("--window", options.window, "Tokens of a window; 0: the whole context")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  app.add_flag("--json", options.json, "One JSON object for each file");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  auto failed = score_all(options);
  if (!failed) return report(failed.error());
  return *failed == 0 ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
