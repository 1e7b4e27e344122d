// The lock file of a project, llmc.lock: which pass list each unit is compiled with. It is made to
// be committed, read by people and merged by version control: sorted, one line for each decision,
// and nothing in a line depends on the others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// The file's name where nobody says another.
inline constexpr std::string_view k_lock_file_name = "llmc.lock";

/// One decision. A unit for which nothing beats clang -Oz has an entry too: its list is k_clang_oz
/// (soundness/compiler_wrapper.h) and both sizes are equal. So a unit without an entry is one that
/// nobody has decided on, and `llmc lock check` can tell.
struct LockEntry {
  Digest key;  ///< of the unit's content (project/unit_key.h)
  std::string unit;  ///< the source, relative to the lock file's folder where it is below it
  std::string list;  ///< canonical pass list, or k_clang_oz
  std::uint64_t oz_size = 0;  ///< bytes of the object at clang -Oz, as llmc size counts them
  std::uint64_t size = 0;  ///< bytes of the object after the list; at most oz_size
  Digest suite;  ///< the version of the suite on which the list was found sound

  friend bool operator==(const LockEntry&, const LockEntry&) = default;
};

/// The decisions of a project.
class LockFile {
 public:
  /// Decisions for units compiled with `toolchain`, the version of LLVM.
  explicit LockFile(std::string toolchain) : toolchain_(std::move(toolchain)) {}

  /// The grammar stands above `to_text`. Fails, naming the line and what to do, on a foreign or
  /// newer file, on a line whose checksum does not fit, on conflict markers of a merge, and on a
  /// key with two different decisions. The same content under two names is one decision.
  static Result<LockFile> parse(std::string_view text);

  /// Reads the file; errors carry its name.
  static Result<LockFile> read(const std::filesystem::path& path);

  /// Sorted by unit, then by key.
  ///
  ///     file     = "llmc-lock 1 " llvm NL { comment | entry }
  ///     comment  = "#" text NL
  ///     entry    = unit TAB key TAB oz-size TAB size TAB suite TAB list TAB checksum NL
  ///     key, suite = 32 lower-case hexadecimal digits
  ///     checksum = 16 lower-case hexadecimal digits: the low half of the XXH3-128 of the line up
  ///                to and with the TAB before it
  ///
  /// Tabs, line feeds, carriage returns and backslashes in names are \t, \n, \r and \\. Entries may
  /// be read in any order, so that a merge by union is a lock file.
  [[nodiscard]] std::string to_text() const;

  [[nodiscard]] const std::string& toolchain() const { return toolchain_; }
  [[nodiscard]] const LockEntry* find(const Digest& key) const;  ///< null if there is none
  [[nodiscard]] std::vector<LockEntry> entries() const;  ///< in the order of the text
  void set(LockEntry entry);  ///< in the place of what the key had
  void erase(const Digest& key);

  friend bool operator==(const LockFile&, const LockFile&) = default;

 private:
  std::string toolchain_;
  std::map<Digest, LockEntry> entries_;
};

/// The lock file that counts for `source`: $LLMC_LOCK (`named`, if not empty), else the nearest
/// llmc.lock in the folder of `source` or above it. Empty if there is none.
std::filesystem::path find_lock_file(const std::filesystem::path& source, const std::string& named);

/// `source` as an entry of a lock file in `folder` names it: relative to the folder if it is below
/// it, else absolute.
std::string lock_name(const std::filesystem::path& source, const std::filesystem::path& folder);

}  // namespace llmc
