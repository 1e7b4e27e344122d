// PassListEval: a list is applied to every program of a suite; each must compile and still do what
// it should. (The LLM Compiler paper's section 2.3, with more programs and inside one process
// group: passes, code generation and lld run in-process in a forked child for each program, the
// program itself under a seccomp filter.)
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "sandbox/child.h"
#include "sandbox/confine.h"
#include "soundness/soundness_store.h"
#include "soundness/suite.h"
#include "soundness/verdict.h"
#include "soundness/verdict_file.h"
#include "toolchain/link.h"

namespace llmc {

struct CheckerOptions {
  unsigned jobs = 1;
  Limits compile{std::chrono::seconds(20), std::uint64_t{4} << 30};
  ConfinedLimits run{std::chrono::seconds(4)};
  SoundnessStore* store = nullptr;  ///< verdicts are looked up and added here; may be null
  std::shared_ptr<const VerdictFile> shipped;  ///< what it vouches for is not tested; may be null
};

/// Applies `list` (opt's syntax) to `program`, links, runs, compares. `good_builds` are skipped
/// after code generation: they are known to run well. Call in a child: LLVM may end the process.
ProgramFinding check_program(const SuiteProgram& program, const std::string& list,
                             const Linker& linker, const std::unordered_set<Digest>& good_builds,
                             const ConfinedLimits& limits);

/// Links `object` and runs it; the finding is about the run alone.
ProgramFinding run_object(const std::string& object, const SuiteProgram& program,
                          const Linker& linker, const ConfinedLimits& limits);

/// Checks lists against one suite. The calling process must stay single-threaded.
class Checker {
 public:
  /// `sources` are compiled when the first list needs them: known lists cost a lookup.
  Checker(SuiteSources sources, const CheckerOptions& options);

  /// The verdict on `list` (canonical text): a known one, or by running the suite until the
  /// first program fails. Programs that convicted an earlier list go first. A list with parts for
  /// single functions (passes/targeted.h), which no suite has, is sound if what it is for each of
  /// them is. Fails only where nothing can be said: no linker, no space, interrupted.
  Result<Verdict> check(const std::string& list);

  /// The verdict on `list`, if it was tested before, here or where the shipped verdicts are from.
  Result<std::optional<Verdict>> known_verdict(const std::string& list);

  /// All programs that fail under `list`, none skipped.
  Result<std::vector<std::pair<std::string, ProgramFinding>>> failures(const std::string& list);

  /// The suite, compiled now if it was not.
  Result<const Suite*> suite();

  /// What does not take part in the suite; nothing as long as it is not compiled.
  [[nodiscard]] std::vector<LeftOut> left_out() const;

  [[nodiscard]] const std::string& name() const { return sources_.name; }

  /// The version of the suite before it is compiled.
  [[nodiscard]] Digest source_version() const { return sources_.version(); }

  /// Called while the suite compiles, with programs done and in all.
  void observe_compilation(std::function<void(std::size_t, std::size_t)> observe);

  /// Once `flag` becomes true, check() returns an error of kind interrupted.
  void set_interrupt_flag(const volatile int* flag) { interrupted_ = flag; }

 private:
  Result<void> prepare();
  Result<void> find_version();
  Result<std::optional<Verdict>> find_known(const std::string& view);
  Result<Verdict> check_anew(const std::string& view);
  enum class Until { first_failure, end };
  Result<std::vector<ProgramFinding>> run(const std::string& list, Until until);

  SuiteSources sources_;
  CheckerOptions options_;
  std::optional<Linker> linker_;  ///< set once the suite is compiled
  std::optional<Digest> version_;  ///< the compiled suite's
  std::unique_ptr<Suite> suite_;
  std::vector<std::size_t> order_;  ///< in which the programs are tried
  std::unordered_set<Digest> good_builds_;
  std::function<void(std::size_t, std::size_t)> observe_;
  const volatile int* interrupted_ = nullptr;
};

/// What the default store says about `list` (canonical) on the default suite; nothing if the list
/// was never tested on it.
Result<std::optional<Verdict>> known_verdict(const std::string& list);

/// Whether `list` is sound for all suites together, if that is known without a test.
Result<std::optional<bool>> known_to_all(std::vector<Checker>& checkers, const std::string& list);

/// The verdict of all suites together: the first that rejects, or sound.
Result<Verdict> check_all(std::vector<Checker>& checkers, const std::string& list);

}  // namespace llmc
