// llmc score: how many of a model's answers are right.
#include "eval/score.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "corpus/row_file.h"
#include "passes/verdict_table.h"
#include "support/files.h"

namespace llmc {
namespace {

struct ScoreArguments {
  std::string file = "-";
  bool by_length = false;
  bool json = false;
};

std::string share(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string describe(const std::optional<double>& error) {
  return error ? fmt::format("{:.3f}", *error) : "";
}

nlohmann::json or_null(const std::optional<double>& error) {
  return error ? nlohmann::json(*error) : nlohmann::json();
}

void print_table(const std::map<std::string, TaskScore>& scores) {
  std::size_t width = 12;
  for (const auto& [task, score] : scores) width = std::max(width, task.size());
  fmt::print("{:<{}} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "task", width, "answers",
             "ended", "parses", "valid", "same", "before", "after");
  for (const auto& [task, score] : scores)
    fmt::print("{:<{}} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", task, width, score.rows,
               share(score.ended, score.rows), share(score.parses, score.rows),
               share(score.valid, score.rows), share(score.same, score.rows),
               describe(score.mape_before()), describe(score.mape_after()));
}

void print_json(const std::map<std::string, TaskScore>& scores) {
  for (const auto& [task, score] : scores) {
    const nlohmann::ordered_json row = {{"task", task},
                                        {"answers", score.rows},
                                        {"ended", score.ended},
                                        {"parses", score.parses},
                                        {"valid", score.valid},
                                        {"same", score.same},
                                        {"mape_before", or_null(score.mape_before())},
                                        {"mape_after", or_null(score.mape_after())}};
    fmt::print("{}\n", row.dump());
  }
}

}  // namespace

int run_score(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Counts how many of a model's answers are right: has the form of an answer; is a pass list\n"
      "that exists, or IR that LLVM verifies; is the list or the code that was wanted. And how "
      "far\n"
      "off the sizes are that it names, before and after the list (MAPE).",
      "llmc score");
  ScoreArguments options;
  app.add_option("file", options.file, "JSON lines of `llmc-train answer`; .zst: compressed")
      ->capture_default_str();
  app.add_flag("--by-length", options.by_length,
               "Count prompts of up to 256, 512, 1024, … tokens apart");
  app.add_flag("--json", options.json, "One JSON object per task");
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  auto lines = options.file == "-" ? read_file("-") : read_rows(options.file);
  if (!lines) return report(lines.error());
  auto scores = score_rows(*lines, *catalogue,
                           options.by_length ? ScoreGroups::by_length : ScoreGroups::by_task);
  if (!scores) return report(scores.error().with_context(options.file));
  if (scores->empty()) return report({options.file + ": there are no answers in it"});
  if (options.json)
    print_json(*scores);
  else
    print_table(*scores);
  return k_exit_done;
}

}  // namespace llmc
