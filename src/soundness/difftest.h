// llmc difftest: a project built twice, as it always was and with pass lists, and its own tests
// run on both.
//
//     SOURCE ──copy──► WORK/baseline/tree   build at -O2    runs ──┐
//        └─────copy──► WORK/candidate/tree  build by lists  runs ──┴► compared
//
// Each build and each run is a phase. What a phase gave is kept beside the tree, with a stamp: the
// hash of everything that it depends on. A phase whose stamp fits is not repeated.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "soundness/compiler_wrapper.h"
#include "support/error.h"

namespace llmc {

/// Whether the differing unit is searched for.
enum class Bisecting { no, yes };

struct DifftestOptions {
  std::filesystem::path source;     ///< the project's folder; never written to
  std::string build;                ///< shell command, run in the copy
  std::vector<std::string> runs;    ///< shell commands, run in the copy one after the other
  std::vector<std::string> compare;  ///< patterns of files, compared byte for byte
  std::string list;                 ///< for every unit; empty: none
  std::filesystem::path plan;       ///< lists for units; empty: none
  std::string baseline_level = "-O2";
  std::chrono::milliseconds limit{600'000};  ///< of each build and each run
  std::filesystem::path work;       ///< where both trees are; kept between calls by the caller
  std::filesystem::path llmc;       ///< this program
  Bisecting bisection = Bisecting::no;
  const volatile int* interrupt = nullptr;
  /// Told the name of each phase before it begins; may be empty.
  std::function<void(const std::string& phase)> observe;
};

/// What the wrapper's log of one build says, probes of the build system left out.
struct BuildSummary {
  std::size_t compiled = 0;
  std::size_t fell_back = 0;
  std::size_t passed_through = 0;  ///< calls that are no units: links, questions, probes
  std::size_t failed = 0;          ///< units that clang does not compile
  std::uint64_t object_bytes = 0;  ///< sum over units: code, read-only data, unwind tables, data
  std::vector<std::string> fall_backs;  ///< "unit: reason"
};

/// Something that is not the same in both.
struct Difference {
  std::string where;   ///< "build", "run 1: exit status", "run 1: standard output", a file
  std::string detail;  ///< the first differing line, or what happened instead
};

/// The unit without whose list there is no difference.
struct Culprit {
  std::string unit;  ///< its path in the tree; empty: clang -Oz alone makes a difference
  std::string list;
};

struct DifftestReport {
  BuildSummary baseline;
  BuildSummary candidate;
  std::vector<Difference> differences;
  std::vector<std::string> failed_runs;  ///< of the baseline: "run 1: exit status 2"
  std::optional<Culprit> culprit;

  [[nodiscard]] bool same() const { return differences.empty(); }
};

/// Builds, runs and compares. Fails where the baseline cannot be built, a run of it does not end,
/// or the request makes no sense; everything that goes wrong with the candidate is a difference.
Result<DifftestReport> difftest(const DifftestOptions& options);

}  // namespace llmc
