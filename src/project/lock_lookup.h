// The lock file as a build sees it: the decisions that are in force for one unit, or why there are
// none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "project/decision_cache.h"
#include "project/lock_file.h"

namespace llmc {

/// What a lock file says about a unit.
struct LockedDecision {
  std::optional<UnitDecision> decision;
  std::string drift;  ///< why there is none, in one sentence
};

/// The lock file that counts for a unit.
class LockLookup {
 public:
  /// `named` is LLMC_LOCK's value; "off": no lock file counts.
  static LockLookup open(const std::filesystem::path& source, const std::string& named);

  /// Whether there is a lock file; one that cannot be used counts.
  [[nodiscard]] bool is_locked() const { return !path_.empty(); }

  /// Why the file cannot be used; empty if it can.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// What it says about the unit `source` with this key.
  [[nodiscard]] LockedDecision find(const Digest& key, const std::filesystem::path& source) const;

 private:
  std::filesystem::path path_;
  std::optional<LockFile> lock_;
  std::string problem_;
};

}  // namespace llmc
