// How many of a model's answers are right: the first measure of a model, before anything is built
// with what it says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "passes/pass_list.h"
#include "support/error.h"

namespace llmc {

/// One prompt's answer beside the answer that was wanted.
struct AnsweredRow {
  std::string task;  ///< flags, emulate-ir, emulate-asm or lift
  std::string wanted, answer;
  bool ended = true;  ///< the model said that it was done
  std::uint64_t prompt_tokens = 0;
};

/// What is right about an answer. Each includes the ones before it.
struct AnswerScore {
  bool parses = false;  ///< it has the form of an answer
  bool valid =
      false;   ///< flags: a list that exists, of passes that are not denied, or the word that
              ///< there is none; IR: LLVM reads and verifies it; assembly: as `parses`
  bool same = false;  ///< the list, or the code, is the one that was wanted
  /// How far off the sizes that the answer names are, as a share of the right ones: of the
  /// unoptimised object (flags), of the optimised one (flags with a list, emulate). Nothing where
  /// either side names none, or, for flags, where the lists differ.
  std::optional<double> error_before, error_after;
};

/// Scores one answer. IR is read in a child process, so that no answer can take the caller down.
Result<AnswerScore> score_answer(const AnsweredRow& row, const PassCatalogue& catalogue);

/// Counts for one task.
struct TaskScore {
  std::uint64_t rows = 0, ended = 0, parses = 0, valid = 0, same = 0;
  std::uint64_t sized_before = 0, sized_after = 0;  ///< answers with such an error
  double sum_before = 0, sum_after = 0;  ///< of these errors

  /// Mean absolute errors of sizes as a share of the right ones (MAPE); nothing where no answer
  /// names one.
  [[nodiscard]] std::optional<double> mape_before() const;
  [[nodiscard]] std::optional<double> mape_after() const;
};

/// What rows are counted together: those of a task ("lift"), or those of a task with prompts of up
/// to 256, 512, 1,024, … tokens ("lift <= 512").
enum class ScoreGroups { by_task, by_length };

/// Scores all rows of JSON lines (`task`, `completion`, `answer`, `ended`, `prompt_tokens`), as
/// `llmc-train answer` prints them. Rows of other tasks are an error that names the line.
Result<std::map<std::string, TaskScore>> score_rows(std::string_view lines,
                                                    const PassCatalogue& catalogue,
                                                    ScoreGroups groups = ScoreGroups::by_task);

}  // namespace llmc
