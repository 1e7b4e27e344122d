// Many trials, each of one list on one program, several to a forked child.
//
// A fork costs as much as a small trial, so trials share children. What fails in company is tried
// again in a child of its own, so that no trial can spoil another's finding; only a trial that is
// sound in company is believed.
#pragma once

#include <functional>

#include "sandbox/child.h"
#include "soundness/verdict.h"
#include "support/error.h"

namespace llmc {

struct TrialRun {
  std::size_t count = 0;     ///< trials 0 to count - 1 are started in this order
  std::size_t together = 1;  ///< in one child
  unsigned jobs = 1;         ///< children at the same time
  Limits limits;             ///< of a child with one trial; company gets no more time
  const volatile int* interrupted = nullptr;

  std::function<ProgramFinding(std::size_t)> trial;  ///< called in a child
  std::function<bool(std::size_t)> wanted;  ///< false: skip this trial; may change in between
  std::function<Result<void>(std::size_t, ProgramFinding)> done;  ///< in any order, once for each
};

/// Runs the trials that are wanted. An error of `done` ends the run, as does a trial that could not
/// be made on this machine; once `*interrupted` is not 0,
/// the error is of kind interrupted.
Result<void> run_trials(const TrialRun& run);

/// The finding for a child that did not come back.
ProgramFinding finding_of(const ChildResult& result);

}  // namespace llmc
