// Text for training: JSON lines, plain or compressed with zstd, read as a stream.
//
//   row = {"text": …} | {"prompt": …, "completion": …}     one a line; other members are allowed
//
// "task" and "kind" say what a row is, where they are there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc::train {

/// One row: a text, or a prompt and what a model should answer.
struct TextRow {
  std::string task, kind;
  bool instruction = false;  ///< prompt and completion, not text
  std::string text;
  std::string prompt, completion;
};

/// Reads rows one by one. Errors name file and line.
class TextReader {
 public:
  /// "-" reads standard input. A file is zstd if it begins as one.
  static Result<TextReader> open(const std::filesystem::path& path);
  TextReader(TextReader&&) noexcept;
  TextReader& operator=(TextReader&&) noexcept;
  ~TextReader();

  /// Reads the next row into `row`; false at the end. Empty lines are skipped.
  Result<bool> next(TextRow& row);

 private:
  struct Parts;
  explicit TextReader(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Calls `take(row)`, which returns a Result<void>, for every row of the files, in order.
template <typename Take>
Result<void> for_each_row(const std::vector<std::string>& paths, Take take) {
  TextRow row;
  for (const std::string& path : paths) {
    LLMC_TRY(TextReader reader, TextReader::open(path));
    while (true) {
      LLMC_TRY(const bool more, reader.next(row));
      if (!more) break;
      LLMC_CHECK(take(row));
    }
  }
  return {};
}

}  // namespace llmc::train
