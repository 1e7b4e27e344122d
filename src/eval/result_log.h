// A file of results (eval/results.h) that grows while a run goes on, and that a run which was
// killed goes on with.
//
// The rows of one program are written by one add_new: first what is known of it, then its times,
// then why it failed. So its last row says that it is done, and a file that ends elsewhere is cut
// back to the last such row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "eval/results.h"
#include "support/error.h"

namespace llmc {

/// A file that is appended to, and has at once what was appended.
class GrowingFile {
 public:
  /// Empties the file `path`; "-" is standard output, and with "" what is appended goes nowhere.
  static Result<GrowingFile> create(const std::filesystem::path& path);
  /// Puts `text` in the place of the file `path`, as a whole, to be appended to.
  static Result<GrowingFile> begin_with(const std::filesystem::path& path, std::string_view text);

  /// Appends, and hands it to the system.
  Result<void> append(std::string_view text);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  static Result<GrowingFile> open(const std::filesystem::path& path, const char* mode);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, CloseFile> file_;  ///< null: goes nowhere
};

/// The text of the file `path` if it begins with the row of `run`; "" if there is no file, or one
/// that was cut off in that row. Another file is an error of usage: of another run, with the first
/// member that differs.
Result<std::string> read_own_run(const std::filesystem::path& path, const RunRow& run);

/// Writes rows as they come, each once, so that what is done is kept if the run is killed. Then the
/// last line may be cut off, and read_results reads the rows before it.
class ResultLog {
 public:
  /// Empties the file `path`; "-" is standard output, and with "" rows go nowhere.
  static Result<ResultLog> create(const std::filesystem::path& path);

  /// Goes on with the file `path` of the same `run`; begins as `create` does if there is none. The
  /// rows of programs that are done are read into `results`, which is empty before, and the rest
  /// is cut off. A program is done with its time as `last_proposer`, with the row of a unit that
  /// failed, or with the row of a programming problem.
  static Result<ResultLog> resume(const std::filesystem::path& path, const RunRow& run,
                                  std::string_view last_proposer, ResultSet& results);

  /// Whether the file that is gone on with had a program's rows: true as many times as it had them.
  /// `key` is the program's id, or the result_key of a programming problem.
  bool take_done(const std::string& key);

  /// Appends the rows that `results` has more than at the last call, and hands them to the system:
  /// times after all others but units. Rows are only ever added to it between calls.
  Result<void> add_new(const ResultSet& results);

 private:
  GrowingFile file_;
  std::array<std::size_t, std::variant_size_v<ResultRow>> written_{};  ///< rows of each kind
  std::map<std::string, std::size_t> done_;  ///< by key: how many times it was there
};

}  // namespace llmc
