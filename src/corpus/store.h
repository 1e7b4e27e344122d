// The corpus: programs of many packages with their provenance, in one folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "corpus/evaluation_set.h"
#include "corpus/package.h"
#include "corpus/similarity.h"
#include "ir/normal_form.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// A package, or why there is nothing of it.
struct PackageRecord {
  std::string name;
  std::string version;
  Split split = Split::train;
  std::string licence;
  std::string failure;  ///< empty: its programs are here
  std::uint64_t units = 0;
  std::uint64_t failed_units = 0;
  std::uint64_t functions = 0;  ///< taken and not taken
  double seconds = 0;  ///< for cutting its units, not for fetching and building it
};

/// A translation unit, compiled for one target.
struct UnitRecord {
  std::string source;  ///< below the package's folder
  NormalTarget target = NormalTarget::x86_64;
  std::string flags;  ///< the compiler's, joined by blanks
  std::string failure;  ///< clang's message, or what killed LLVM
  std::uint64_t functions = 0;
  std::map<std::string, std::uint64_t> skipped;  ///< functions not taken, by reason
};

enum class ProgramKind { unit, function };
std::string_view to_string(ProgramKind kind);

/// Why a program is left out of data sets, labels and searches; the first reason that holds.
enum class Standing {
  kept,
  duplicate,  ///< an earlier program has the same content
  same_shape,  ///< an earlier function has the same shape (similarity.h)
  near_duplicate,  ///< an earlier function resembles it by k_near or more
  evaluation_set  ///< it is in the evaluation set
};
std::string_view to_string(Standing standing);

/// From this resemblance on, functions count as nearly the same.
inline constexpr double k_near = 0.9;

/// One program; its payload is the text in normal form of a function, or the unoptimised bitcode of
/// a unit without names of values and debug information.
struct ProgramRecord {
  std::uint64_t number = 0;  ///< in the store
  Digest id;  ///< of the payload
  ProgramKind kind = ProgramKind::function;
  std::string name;  ///< the function; empty for units
  std::string package;
  std::string source;
  Split split = Split::train;
  NormalTarget target = NormalTarget::x86_64;
  std::uint64_t instructions = 0;
  std::uint64_t bytes = 0;  ///< of the payload
  Standing standing = Standing::kept;
};

/// Which programs are wanted; empty fields mean all.
struct ProgramFilter {
  std::optional<Split> split;
  std::optional<ProgramKind> kind;
  std::optional<NormalTarget> target;
  std::optional<Standing> standing = Standing::kept;
  std::string package;
  std::uint64_t least_bytes = 0;
  std::uint64_t most_bytes = UINT64_MAX;
  const std::unordered_set<Digest>* among = nullptr;  ///< these ids alone; null: all
};

/// A package's programs on their way into the corpus.
class PackageWriter {
 public:
  explicit PackageWriter(PackageRecord package);
  PackageWriter(PackageWriter&&) noexcept;
  ~PackageWriter();

  [[nodiscard]] PackageRecord& package();
  void add_unit(UnitRecord unit);
  /// `text` is what shape and sketch were made from; payloads are compressed as they come.
  Result<void> add_program(ProgramRecord program, const Digest& shape, const Sketch& sketch,
                           std::string_view payload);

 private:
  friend class CorpusStore;
  struct State;
  std::unique_ptr<State> state_;
};

/// The folder:
///
///     index.db     SQLite: packages, units, programs, where their payloads are
///     shards/      one file a package, NAME-HASH.zst; HASH is the first half of the hash of its
///                  bytes, which are zstd frames of up to a MiB of payloads, one after the other
///
/// A package is there whole or not at all: its shard is renamed into place, then its rows are
/// written in one transaction. Several processes may add packages to one corpus.
class CorpusStore {
 public:
  enum class Mode { read, write };

  /// Opens the corpus; `write` creates it. A folder that is none is refused with a sentence.
  static Result<CorpusStore> open(const std::filesystem::path& folder, Mode mode);
  /// $LLMC_CORPUS, else $XDG_CACHE_HOME/llmc/corpus, else ~/.cache/llmc/corpus.
  static std::filesystem::path default_folder();

  CorpusStore(CorpusStore&&) noexcept;
  ~CorpusStore();

  [[nodiscard]] const std::filesystem::path& folder() const;

  /// A corpus of the evaluation set is good for fingerprints only, and says so by a file
  /// EVALUATION-SET in its folder. `set_apart` makes that file in an empty corpus.
  Result<void> set_apart();
  /// An error if it is such a corpus.
  [[nodiscard]] Result<void> check_not_apart() const;

  /// Puts the package in, in place of what was there under its name.
  Result<void> commit(PackageWriter& writer);

  /// Decides again which programs are kept, from all that is there: the order is by split (test,
  /// validation, train), package, and place in it, so the answer depends on the packages alone and
  /// not on when they came. What resembles a test program is thus never a train program.
  Result<void> settle(const EvaluationSet& evaluation_set);

  Result<std::vector<PackageRecord>> packages();
  Result<std::optional<PackageRecord>> package(const std::string& name);
  Result<std::vector<UnitRecord>> units(const std::string& package);

  /// Calls `visit` for the programs that are wanted, by package and place in it. An error of
  /// `visit` ends it.
  Result<void> for_each(const ProgramFilter& filter,
                        const std::function<Result<void>(const ProgramRecord&)>& visit);
  /// The same with payloads; those of a frame are read together.
  Result<void> for_each_payload(
      const ProgramFilter& filter,
      const std::function<Result<void>(const ProgramRecord&, std::string_view)>& visit);

  /// The ids of `most` (0: all) of the programs that are wanted: those whose hashes with the seed
  /// are smallest.
  Result<std::unordered_set<Digest>> draw(const ProgramFilter& filter, std::size_t most,
                                          std::uint64_t seed);

  /// Programs whose id begins with these hexadecimal digits.
  Result<std::vector<ProgramRecord>> find(const std::string& id_prefix);
  Result<std::string> payload(const ProgramRecord& program);

  /// Whether the package's shard is there and has the bytes that it was written with; if not, why.
  Result<void> check_shard(const std::string& package);

 private:
  struct State;
  explicit CorpusStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace llmc
