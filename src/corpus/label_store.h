// What labelling has found so far, in SQLite, written as it is found.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "corpus/labels.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// What a search found for a program.
struct FoundWinner {
  Digest program;
  std::string list;  ///< minimised; empty: nothing beats -Oz
  std::uint64_t baseline = 0;  ///< binary size of -Oz
  std::uint64_t size = 0;  ///< with the list; that of -Oz if there is none
  std::uint64_t evaluations = 0;  ///< spent, those of minimising included
};

/// A SQLite file. Searches belong to a setting, sizes to a set of lists (both named by a hash), so
/// that rows of several runs can stand beside each other and are never mistaken.
class LabelStore {
 public:
  static Result<LabelStore> open(const std::filesystem::path& path);
  LabelStore(LabelStore&&) noexcept;
  ~LabelStore();

  Result<void> add_winners(const Digest& setting, const std::vector<FoundWinner>& winners);
  Result<std::unordered_map<Digest, FoundWinner>> winners(const Digest& setting);

  /// The lists that programs are measured with, chosen once for a setting; empty if not yet.
  Result<void> set_lists(const Digest& setting, const std::vector<std::string>& lists);
  Result<std::vector<std::string>> lists(const Digest& setting);

  Result<void> add_sizes(const Digest& lists, const std::vector<MeasuredSizes>& sizes);
  Result<std::unordered_set<Digest>> measured(const Digest& lists);
  Result<MeasuredPrograms> sizes(const Digest& lists);

  /// Takes in what another store holds, such as that of another shard of the same run.
  Result<void> merge(const std::filesystem::path& other);

 private:
  struct State;
  explicit LabelStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace llmc
