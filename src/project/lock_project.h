// A project's units against its lock file: what `llmc lock` does.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "project/lock_file.h"
#include "project/unit_decision.h"
#include "sandbox/inputs.h"
#include "support/error.h"

namespace llmc {

/// A unit as it is now.
struct LockedUnit {
  std::string name;  ///< as the lock file names it
  Digest key;
  std::optional<UnitDecision> decision;  ///< only where one was asked for
  std::string error;  ///< why there is neither, in words; empty otherwise
};

struct LockProjectOptions {
  std::filesystem::path lock;  ///< the file; units are named relative to its folder
  unsigned jobs = 1;
  DecisionSetting setting;
  std::filesystem::path cache;
  std::string suite;  ///< LLMC_SUITE's value
  bool use_cache = true;  ///< take decisions that builds have made
};

/// Whether a unit with this key is in need of a decision.
using NeedsDecision = std::function<bool(const Digest& key)>;

/// Compiles the front end of each input, takes its key and, where `needs_decision` says so,
/// decides; all in children, `jobs` at a time. `observe` is told the number of units that are done.
/// The answer is in the order of the inputs. Fails only where no child can be started.
Result<std::vector<LockedUnit>> read_units(const std::vector<Input>& inputs,
                                           const LockProjectOptions& options,
                                           const NeedsDecision& needs_decision,
                                           const std::function<void(std::size_t)>& observe);

/// Something that is not as the lock file says.
struct LockDrift {
  std::string unit;
  std::string what;  ///< "was changed", "is not in the lock file", …
};

/// The lock file against the units of the project.
struct LockComparison {
  std::size_t fitting = 0;  ///< units that have their decision
  std::vector<LockDrift> drift;  ///< units without one
  std::vector<LockEntry> unused;  ///< entries that fit no unit
};

LockComparison compare_with_lock(const std::vector<LockedUnit>& units, const LockFile& lock);

/// What became of a lock file.
struct LockChange {
  std::size_t added = 0;  ///< entries with a key that was not there
  std::size_t removed = 0;  ///< entries for former contents of these units
};

/// Enters the decisions of `units` and takes out what the file has for former contents of them;
/// entries of other units stay.
LockChange enter_decisions(const std::vector<LockedUnit>& units, LockFile& lock);

}  // namespace llmc
