// From a lifted function to one that compiles to the same assembly. Included by the .cpp files of
// the lifter only.
#pragma once

#include <chrono>
#include <string>

#include "lift/judge_lift.h"
#include "lift/rule_lifter.h"

namespace llmc {

struct SearchLimits {
  std::chrono::milliseconds budget{300};  ///< of the processor's time; 0: no search
  unsigned most_candidates = 400;
  std::uint64_t seed = 1;
};

/// The best candidate of a search.
struct SearchedLift {
  std::string text;   ///< of the module
  JudgedLift judged;
  LiftSignature signature;
  bool is_first = true;  ///< it is what the rules gave without any search
};

/// Lifts `judge.function()` by `lifter`, first as the rules say, then, until the assembly is
/// identical or a limit is reached, with other guesses of what the code does not tell (its result,
/// the passes that clean it up), then by small changes of the best so far: one is kept where the
/// distance to the original does not grow. Fails where nothing could be lifted.
Result<SearchedLift> search_lift(const RuleLifter& lifter, LiftJudge& judge,
                                 const SearchLimits& limits);

/// Takes flags and attributes that claim something off the module `text` while the assembly stays
/// identical; `dropped` is how many.
std::string claim_little(const std::string& text, LiftJudge& judge, const SearchLimits& limits,
                         unsigned& dropped);

}  // namespace llmc
