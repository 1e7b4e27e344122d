// What was decided about units before: a folder of small files, one for each decision. They are
// written under another name and renamed, so that builds side by side, a full disk and a killed
// build leave either a whole file or none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// What a unit is compiled with.
struct UnitDecision {
  std::string list;  ///< canonical, or k_clang_oz
  std::uint64_t oz_size = 0;  ///< bytes of the object at clang -Oz
  std::uint64_t size =
      0;  ///< bytes after the list; less than oz_size unless the list is k_clang_oz
  Digest suite;  ///< on which the list was found sound; zero: on none, or the list is k_clang_oz
  std::string found_by;  ///< "portfolio", "model", …; "" for k_clang_oz
  std::uint64_t tried = 0;  ///< lists that were measured

  friend bool operator==(const UnitDecision&, const UnitDecision&) = default;
};

/// A file is one line (project/checked_line.h):
///
///     file = "llmc-decision 1" TAB key TAB llvm TAB suite-name TAB oz-size TAB size TAB suite TAB
///            found-by TAB tried TAB list TAB checksum NL
///
/// and is called units/XX/YY… in the cache's folder, by the hash of key, llvm and suite-name. One
/// that is damaged counts as absent.
class DecisionCache {
 public:
  /// `suite_name` is the suite that lists are tested on: $LLMC_SUITE's value.
  DecisionCache(std::filesystem::path folder, std::string suite_name)
      : folder_(std::move(folder)), suite_name_(std::move(suite_name)) {}

  [[nodiscard]] std::optional<UnitDecision> find(const Digest& key) const;
  Result<void> add(const Digest& key, const UnitDecision& decision) const;

  /// Whether it is known that `list` makes the same code of the unit with debug information.
  [[nodiscard]] bool ignores_debug_info(const Digest& key, const std::string& list) const;
  void remember_ignores_debug_info(const Digest& key, const std::string& list) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  [[nodiscard]] std::filesystem::path path_of(const Digest& key) const;
  [[nodiscard]] std::filesystem::path debug_path_of(const Digest& key,
                                                    const std::string& list) const;
  std::filesystem::path folder_;
  std::string suite_name_;
};

}  // namespace llmc
