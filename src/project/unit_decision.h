// What a unit is compiled with, decided within the time of a compilation: a few lists of the
// portfolio are measured, and a model's where there is time to ask it. Only lists that a suite has
// found sound are tried, and only one that makes the unit smaller than clang -Oz does is chosen.
#pragma once

#include <string>
#include <string_view>

#include "project/decision_cache.h"
#include "sandbox/child.h"
#include "support/error.h"
#include "toolchain/program.h"

namespace llmc {

/// How long a decision may take.
struct SearchBudget {
  double times = 3;  ///< of clang's own time; with the compilation itself, about four
  double seconds = 0;  ///< if not 0, this instead

  [[nodiscard]] bool is_zero() const { return times == 0 && seconds == 0; }
  [[nodiscard]] double in_seconds(double clangs) const {
    return seconds != 0 ? seconds : times * clangs;
  }
};

/// "3" is three times clang's own time, "10s" ten seconds, "" the default, "0" none. Nothing if it
/// is something else.
Result<SearchBudget> parse_budget(std::string_view text);

struct DecisionSetting {
  SearchBudget budget;
  double front_end_seconds = 0;  ///< what clang's front end has taken
  bool unsafe = false;  ///< try lists that no suite has tested
  Limits limits;  ///< for each list
};

/// Decides on `program`, which has no debug information. The calling process must stay
/// single-threaded. A few lists are tried however little time there is; `tried` is 0 where no list
/// is known to be sound, and such a decision should not be kept. Fails if the baseline cannot be
/// compiled.
Result<UnitDecision> decide_on_unit(const Program& program, const DecisionSetting& setting);

}  // namespace llmc
