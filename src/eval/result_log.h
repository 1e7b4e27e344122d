// A file of results (eval/results.h) that grows while a run goes on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <variant>

#include "eval/results.h"
#include "support/error.h"

namespace llmc {

/// Writes rows as they come, each once, so that what is done is kept if the run is killed. Then the
/// last line may be cut off, and read_results reads the rows before it.
class ResultLog {
 public:
  /// Empties the file `path`; "-" is standard output, and with "" rows go nowhere.
  static Result<ResultLog> create(const std::filesystem::path& path);

  /// Appends the rows that `results` has more than at the last call, and hands them to the system.
  /// Rows are only ever added to it between calls.
  Result<void> add_new(const ResultSet& results);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, CloseFile> file_;  ///< null: rows go nowhere
  std::array<std::size_t, std::variant_size_v<ResultRow>> written_{};  ///< rows of each kind
};

}  // namespace llmc
