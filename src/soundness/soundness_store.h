// What is known about pass lists: verdicts, compiled suites, builds that ran well.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "soundness/verdict.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// A program of a suite as it was compiled.
struct CompiledProgram {
  bool qualified = false;
  std::string reason;    ///< why it is left out, if it is
  std::string expected;  ///< its right output
  std::string bitcode;   ///< unoptimised IR
};

/// A SQLite database. Verdicts are keyed by canonical list, toolchain version and suite version;
/// each row carries a checksum, and one that does not fit counts as absent.
class SoundnessStore {
 public:
  /// As Store::open().
  static Result<SoundnessStore> open(const std::filesystem::path& path);

  /// $LLMC_VERDICTS, else verdicts.db in the cache folder.
  static std::filesystem::path default_path();

  SoundnessStore(SoundnessStore&&) noexcept;
  ~SoundnessStore();

  std::optional<Verdict> find_verdict(const std::string& list, const Digest& suite);
  Result<void> add_verdict(const Verdict& verdict, const Digest& suite);

  /// By the hash of everything that determines it.
  std::optional<CompiledProgram> find_program(const Digest& key);
  Result<void> add_program(const Digest& key, const CompiledProgram& program);

  /// What one program said about one list; `program` is its content with its right output.
  std::optional<ProgramFinding> find_trial(const Digest& program, const std::string& list);
  Result<void> add_trial(const Digest& program, const std::string& list,
                         const ProgramFinding& finding);

  /// Makes all that `write` adds one transaction, which is much faster.
  Result<void> in_batch(const std::function<Result<void>()>& write);

  /// Builds (hash of program and optimised IR) that were seen to run well.
  std::unordered_set<Digest> good_builds();
  Result<void> add_good_builds(const std::vector<Digest>& builds);

 private:
  struct State;
  explicit SoundnessStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace llmc
