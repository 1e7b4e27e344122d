// A file of JSON lines that is written as it grows, compressed if its name says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "support/error.h"

namespace llmc {

/// Writes lines under a temporary name beside `path`; `finish` renames, so a reader sees the whole
/// file or none. A name that ends in .zst is compressed with zstd (whose frames carry a checksum).
/// "-" is standard output.
class RowFile {
 public:
  static Result<RowFile> create(const std::filesystem::path& path);
  RowFile(RowFile&&) noexcept;
  /// Without `finish` before it, nothing is left of the file.
  ~RowFile();

  /// Adds `lines`, each ended by a newline.
  Result<void> add(std::string_view lines);

  /// Completes the file. No `add` after it.
  Result<void> finish();

 private:
  struct State;
  explicit RowFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The bytes of a file that RowFile wrote, or of any other; decompressed if the name ends in .zst.
Result<std::string> read_rows(const std::filesystem::path& path);

/// Hands the lines of such a file to `use`, numbered from 1; what is compressed is decompressed
/// piece by piece.
/// An error of `use` ends it.
Result<void> for_each_line(
    const std::filesystem::path& path,
    const std::function<Result<void>(std::size_t number, std::string_view line)>& use);

}  // namespace llmc
