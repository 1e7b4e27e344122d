#include "project/project_verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/halving.h"

namespace llmc {
namespace {

/// The first product that is larger than it was; empty if none is.
std::string larger_product(const std::vector<Product>& products,
                           const std::vector<Measurement>& sizes) {
  for (std::size_t i = 0; i < products.size(); ++i)
    if (sizes[i].binary_size() > products[i].sizes.binary_size())
      return fmt::format("{} has {} bytes, at -Oz {}", products[i].name, sizes[i].binary_size(),
                         products[i].sizes.binary_size());
  return "";
}

LockFile first_entries(const LockFile& lock, const std::vector<LockEntry>& entries,
                       std::size_t count) {
  LockFile some(lock.toolchain());
  for (std::size_t i = 0; i < count; ++i) some.set(entries[i]);
  return some;
}

}  // namespace

Result<LockFile> drop_guilty(const LockFile& lock, const LockTrial& trial,
                             std::vector<DroppedDecision>& dropped) {
  LockFile left = lock;
  bool tried_without = false;
  for (;;) {
    LLMC_TRY(const std::string wrong, trial(left));
    if (wrong.empty()) return left;
    const std::vector<LockEntry> entries = left.entries();
    const auto is_wrong = [&](std::size_t count) -> Result<bool> {
      LLMC_TRY(const std::string found, trial(first_entries(left, entries, count)));
      return !found.empty();
    };
    if (!tried_without) {
      LLMC_TRY(const bool never_right, is_wrong(0));
      if (never_right || entries.empty())
        return fail(fmt::format(
            "{}; it is so even with an empty lock file: expected what builds and passes its tests "
            "each time that it is built by clang -Oz",
            wrong));
      tried_without = true;
    }
    LLMC_TRY(const std::size_t guilty, smallest_that_holds(entries.size(), is_wrong));
    dropped.push_back({entries[guilty - 1], wrong});
    left.erase(entries[guilty - 1].key);
  }
}

Result<VerifiedLock> verify_lock(ProjectBuilds& builds, const std::vector<Product>& products,
                                 const LockFile& lock, bool has_tests) {
  VerifiedLock verified{lock, {}, {}, {}, 0};
  std::string folder = "proposal";
  const LockTrial trial = [&](const LockFile& tried) -> Result<std::string> {
    ++verified.builds;
    auto built = builds.build(folder, tried);
    if (!built) {
      if (built.error().kind == ErrorKind::interrupted) return std::unexpected(built.error());
      return built.error().message;
    }
    verified.tree = *built;
    auto sizes = measure_products(products, built->tree());
    if (!sizes) return sizes.error().message;
    verified.sizes = std::move(*sizes);
    if (std::string larger = larger_product(products, verified.sizes); !larger.empty())
      return larger;
    if (!has_tests) return std::string();
    LLMC_TRY(const PhaseResult tests, builds.test(*built));
    if (tests.good()) return std::string();
    return fmt::format("the tests fail: {}: {}", tests.ending, last_line(tests));
  };
  LLMC_TRY(const std::string wrong, trial(lock));
  if (wrong.empty()) return verified;
  folder = "bisected";
  LLMC_TRY(verified.lock, drop_guilty(lock, trial, verified.dropped));
  // Once more where it is kept: the bisection's folder is not.
  folder = "proposal";
  LLMC_TRY(const std::string still_wrong, trial(verified.lock));
  if (!still_wrong.empty())
    return fail(
        fmt::format("{}; a build before with the same lock file had it right: expected "
                    "tests that give the same each time",
                    still_wrong));
  return verified;
}

}  // namespace llmc
