// How many of a model's answers are right: the first measure of a model, before anything is built
// with what it says.
#pragma once

#include <cstdint>
#include <map>
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
};

/// What is right about an answer. Each includes the ones before it.
struct AnswerScore {
  bool parses = false;  ///< it has the form of an answer
  bool valid =
      false;   ///< flags: a list that exists, of passes that are not denied, or the word that
              ///< there is none; IR: LLVM reads and verifies it; assembly: as `parses`
  bool same = false;  ///< the list, or the code, is the one that was wanted
};

/// Scores one answer. IR is read in a child process, so that no answer can take the caller down.
Result<AnswerScore> score_answer(const AnsweredRow& row, const PassCatalogue& catalogue);

/// Counts for one task.
struct TaskScore {
  std::uint64_t rows = 0, ended = 0, parses = 0, valid = 0, same = 0;
};

/// Scores all rows of JSON lines (`task`, `completion`, `answer`, `ended`), as `llmc-train answer`
/// prints them, by task. Rows of other tasks are an error that names the line.
Result<std::map<std::string, TaskScore>> score_rows(std::string_view lines,
                                                    const PassCatalogue& catalogue);

}  // namespace llmc
