// Whether two runs did the same, and what differs in words.
#pragma once

#include <optional>
#include <string>

#include "execution/runner.h"

namespace llmc {

/// What the candidate did otherwise than the original, as the rest of a sentence that begins with
/// the candidate: "returns 3 instead of 4". Nothing if it did the same. `original` must be
/// comparable.
std::optional<std::string> difference(const PairPlan& plan, const Observation& original,
                                      const Observation& candidate);

/// "was ended by signal 11 (Segmentation fault) at 0x10", "returned", …
std::string describe_ending(const Observation& observation);

}  // namespace llmc
