// The store: every evaluation ever made, in SQLite, written the moment it exists.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "support/error.h"
#include "tune/evaluation.h"

namespace llmc {

/// Rows are keyed by program id (content and lowering options), canonical list and toolchain
/// version, so that a row is never wrong, only useful or not.
///
/// The file is a SQLite database (application_id "llmc", user_version = format) in WAL mode:
/// each row carries a checksum, and one that does not fit counts as absent. A
/// row is safe against kill -9 of this process as soon as `add` returns.
class Store {
 public:
  /// Opens or creates it. A file that is no store, has another format version or is damaged is
  /// refused with a sentence; nothing is changed in it.
  static Result<Store> open(const std::filesystem::path& path);

  /// $LLMC_STORE, else $XDG_CACHE_HOME/llmc/store.db, else ~/.cache/llmc/store.db.
  static std::filesystem::path default_path();

  Store(Store&&) noexcept;
  ~Store();

  /// The row for this program and list under the linked LLVM, if there is one. A timeout under a
  /// shorter deadline than `deadline` does not count, nor does running out of memory.
  std::optional<Evaluation> find(const Digest& program, const std::string& list,
                                 std::chrono::milliseconds deadline);

  /// Adds or replaces a row.
  Result<void> add(const Evaluation& evaluation);

  /// Remembers what a program id stands for.
  Result<void> add_program(const Digest& program, const std::string& name);

  /// Calls `visit` for every row, in key order.
  Result<void> for_each(const std::function<void(const Evaluation&)>& visit);

  /// Rows in the store.
  Result<std::uint64_t> size();

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace llmc
