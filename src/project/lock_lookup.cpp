#include "project/lock_lookup.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

LockLookup LockLookup::open(const fs::path& source, const std::string& named) {
  LockLookup lookup;
  if (named == "off") return lookup;
  lookup.path_ = find_lock_file(source, named);
  if (lookup.path_.empty()) return lookup;
  auto lock = LockFile::read(lookup.path_);
  if (!lock)
    lookup.problem_ = lock.error().message;
  else if (lock->toolchain() != toolchain_version())
    lookup.problem_ = fmt::format(
        "{}: made with LLVM {}, but this is {}; use that llmc, or run `llmc lock update`",
        lookup.path_.string(), lock->toolchain(), toolchain_version());
  else
    lookup.lock_ = std::move(*lock);
  return lookup;
}

LockedDecision LockLookup::find(const Digest& key, const fs::path& source) const {
  LockedDecision found;
  if (!lock_) {
    found.drift = problem_;
    return found;
  }
  if (const LockEntry* const entry = lock_->find(key)) {
    found.decision =
        UnitDecision{entry->list, entry->oz_size, entry->size, entry->suite, "lock", 0};
    return found;
  }
  const std::string name = lock_name(source, path_.parent_path());
  const bool is_named = std::ranges::any_of(
      lock_->entries(), [&](const LockEntry& entry) { return entry.unit == name; });
  found.drift = fmt::format(
      "{} {}; run `llmc lock update`", path_.string(),
      is_named ? "was made for other contents of the unit" : "has no decision on the unit");
  return found;
}

}  // namespace llmc
