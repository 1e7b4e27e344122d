// Tuning many programs: search, minimise, broadcast, confirm.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "soundness/verdict.h"
#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/search.h"

namespace llmc {

/// What became of one program. `result` holds an error for programs that could not be searched.
struct TunedProgram {
  const Program* program = nullptr;
  Result<SearchResult> result = fail("not done");
  std::optional<Verdict> verdict;  ///< on the best list, if the gate saw it; see tune/gate.h
  std::vector<Verdict> rejected;   ///< on better lists that the gate did not let pass
};

/// Progress of the whole run.
struct TunerProgress {
  std::size_t programs_done = 0;
  std::size_t programs = 0;
  std::uint64_t evaluations = 0;        ///< spent on strategies so far, all programs
  std::uint64_t evaluations_wanted = 0;
  double log_ratio = 0;                 ///< sum of log(best / -Oz) so far
  std::size_t programs_started = 0;
};

/// Searches every program (as many at a time as the evaluator has jobs), then broadcasts: the
/// `broadcast` most frequent winners are evaluated on all programs, and kept where they are
/// better. The order of the answers is that of `programs`; the same seed gives the same answers
/// for any number of jobs. An interrupted run returns what is done so far, with errors of kind
/// `interrupted` for the rest.
Result<std::vector<TunedProgram>> tune(Evaluator& evaluator, const std::vector<Program>& programs,
                                       const SearchSetting& setting, std::size_t broadcast,
                                       const std::function<void(const TunerProgress&)>& observer);

}  // namespace llmc
