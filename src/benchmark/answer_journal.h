// What models said of programs, kept while a run goes on, so that one that was killed need not ask
// again.
//
//   file    = run-row answer*
//   run-row = as in files of results (eval/results.h)
//   answer  = JSON object NL: "proposer", "id" (of the program), and the members of ModelAnswer;
//             "predicted" is {LIST: [BEFORE, AFTER], ...}, "changes" {LIST: LOG-RATIO, ...}
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/result_log.h"
#include "support/error.h"

namespace llmc {

/// What a model said of one program, as far as results tell of it.
struct ModelAnswer {
  std::vector<std::string> lists;  ///< canonical texts, the best first
  /// The sizes before and after that it expects, by list; before is 0 where it names none.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> predicted;
  /// What it expects of a list's size where it names no bytes: log(size / -Oz size), by list.
  std::map<std::string, double> changes;
  std::uint64_t prompt_tokens = 0;
  bool fits = false;      ///< all of the prompt fitted, and was answered
  bool is_split = false;  ///< it was asked about function by function
  std::string failure;    ///< one sentence; empty if it did not fail
  double seconds = 0;

  friend bool operator==(const ModelAnswer&, const ModelAnswer&) = default;
};

/// The answers of a run's models, by proposer and program.
class AnswerJournal {
 public:
  /// Keeps answers nowhere but in memory.
  AnswerJournal() = default;
  /// Empties the file `path`.
  static Result<AnswerJournal> create(const std::filesystem::path& path, const RunRow& run);
  /// Goes on with the file `path` of the same `run`, up to the first line that is no answer; begins
  /// as `create` does if there is none.
  static Result<AnswerJournal> resume(const std::filesystem::path& path, const RunRow& run);

  /// The answer; null if there is none. Pointers hold as long as the journal.
  [[nodiscard]] const ModelAnswer* find(const std::string& proposer, const std::string& id) const;
  /// Keeps an answer, in the file at once. One that is known already stays as it is.
  Result<void> add(const std::string& proposer, const std::string& id, ModelAnswer answer);
  /// Removes the file: the run has ended well.
  void remove_file();

 private:
  /// Takes the answer of a line; false if it is none.
  bool read_line(std::string_view line);

  std::filesystem::path path_;
  GrowingFile file_;
  std::map<std::pair<std::string, std::string>, ModelAnswer> answers_;  ///< by proposer and id
};

}  // namespace llmc
