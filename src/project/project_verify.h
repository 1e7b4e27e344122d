// A lock file is believed once the project was built with it: every decision is applied, no product
// is larger than at -Oz, and the project's own tests pass. Decisions that stand in the way are
// found by halving and dropped.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "project/lock_file.h"
#include "project/project_builds.h"
#include "project/project_products.h"
#include "support/error.h"

namespace llmc {

struct DroppedDecision {
  LockEntry entry;
  std::string reason;
};

struct VerifiedLock {
  LockFile lock;
  BuiltTree tree;  ///< the build with that lock file
  std::vector<Measurement> sizes;  ///< of the products
  std::vector<DroppedDecision> dropped;
  std::size_t builds = 0;  ///< that it took
};

/// What is wrong with a build by these decisions, in words; empty if nothing is.
using LockTrial = std::function<Result<std::string>(const LockFile& lock)>;

/// `lock` without the decisions that make `trial` find something wrong: for each, the first so many
/// decisions are tried, by halves, until the one is found with which it begins. Fails if something
/// is wrong even without any decision.
Result<LockFile> drop_guilty(const LockFile& lock, const LockTrial& trial,
                             std::vector<DroppedDecision>& dropped);

/// Builds with `lock`, measures the products and, if there is a test command, runs the tests.
Result<VerifiedLock> verify_lock(ProjectBuilds& builds, const std::vector<Product>& products,
                                 const LockFile& lock, bool has_tests);

}  // namespace llmc
