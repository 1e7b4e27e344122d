// The gate: no winner leaves a tuning run that a suite of programs has not tested.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "soundness/verdict.h"
#include "support/error.h"
#include "tune/tuner.h"

namespace llmc {

/// The verdict on a canonical list; an error of kind `interrupted` ends the run.
using ListCheck = std::function<Result<Verdict>(const std::string& list)>;

/// Progress of the gate.
struct GateProgress {
  std::size_t programs_done = 0;  ///< that have a sound list, or -Oz
  std::size_t programs = 0;
  std::size_t lists = 0;     ///< that were checked
  std::size_t rejected = 0;  ///< of those
};

/// Checks each program's winner. Where it is rejected, the search's next best list takes its
/// place, minimised as winners are, and is checked in turn; where none is left, -Oz does. Programs
/// whose check was interrupted get an error of kind `interrupted` as their result.
Result<GateProgress> gate_winners(Evaluator& evaluator, std::vector<TunedProgram>& tuned,
                                  const SearchSetting& setting, const ListCheck& check,
                                  const std::function<void(const GateProgress&)>& observer);

}  // namespace llmc
