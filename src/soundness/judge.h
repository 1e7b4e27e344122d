// A verdict for every pass: each is tried alone, before -Oz, and in random lists, on all suites.
//
// Trials are (program, list) pairs, so that breadth is cheap: every program sees every pass of its
// share and random lists of its own, and nobody runs a list on a program that says nothing new.
// Random lists hold no pass that was convicted alone. One that fails is minimised on the program
// that it fails on, and the last element of what is left is blamed: all of the elements are needed,
// and with it the program goes wrong. (a,b,c,d fails on p; b,d is minimal: d is blamed, with b,d as
// the evidence.)
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "passes/pass_list.h"
#include "passes/verdict_table.h"
#include "soundness/checker.h"
#include "support/random.h"

namespace llmc {

struct JudgeOptions {
  CheckerOptions checker;  ///< its store keeps every trial: a killed run goes on
  std::uint64_t seed = 1;
  std::size_t share = 4;  ///< Use::shared_out: each pass sees every n-th program
  std::vector<PassElement> passes;  ///< each pass once, as a list would hold it
  std::function<PassList(Random&)> draw;  ///< a random list
};

/// A suite and how thoroughly it is used.
struct JudgeSuite {
  const Suite* suite = nullptr;
  enum class Use {
    every_pass,  ///< each pass alone and before -Oz on each program
    shared_out,  ///< each pass before -Oz on a share of the programs
    one_each  ///< each program sees one pass before -Oz
  } use = Use::every_pass;
  std::size_t random_lists = 2;  ///< for each program
};

/// One test of one list on one program.
struct Trial {
  const SuiteProgram* program = nullptr;
  std::string list;
  ProgramFinding finding;
};

/// Progress: what is going on, trials done and in all.
using JudgeObserver =
    std::function<void(const std::string& phase, std::size_t done, std::size_t all)>;

/// What was found, for the table and for a report.
struct Judgement {
  std::vector<PassVerdict> passes;  ///< sorted by name
  std::vector<Trial> convictions;  ///< minimised; one for each failure that was looked into
  std::size_t trials = 0;
  std::size_t random_trials = 0;
  std::size_t random_failures = 0;
};

/// Tries every pass of `options.passes`. Its tier comes from what is found: blamed for a wrong
/// program alone: denied; blamed for anything else: quarantined, or what the catalogue says if that
/// is less; otherwise the tier that the catalogue gives it.
Result<Judgement> judge(const std::vector<JudgeSuite>& suites, const PassCatalogue& catalogue,
                        const Linker& linker, const JudgeOptions& options,
                        const volatile int* interrupted, const JudgeObserver& observe);

}  // namespace llmc
