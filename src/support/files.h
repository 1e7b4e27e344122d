// Files: whole-file reads, atomic writes, temporary folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "support/error.h"

namespace llmc {

/// The bytes of `path`; "-" reads standard input.
Result<std::string> read_file(const std::filesystem::path& path);

/// `size` bytes of `path` from `offset` on; fewer are an error.
Result<std::string> read_part(const std::filesystem::path& path, std::uint64_t offset,
                              std::uint64_t size);

/// Writes `bytes` under a temporary name beside `path`, then renames it: a reader sees the old file
/// or the new one, never a part. "-" writes to standard output. A failure (a full disk, a read-only
/// folder) leaves the old file alone and names the reason.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);

/// Creates the folder and its parents.
Result<void> make_folder(const std::filesystem::path& path);

/// A fresh folder under the system's temporary directory, removed with all it holds at the end of
/// the object's life.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace llmc
