// Inlining decided call by call, on top of the lists that a project's units were given
// (passes/call_decisions.h): opt-in, because it takes many evaluations.
//
// All calls of each function, and each call, are tried kept and inlined, alone; what makes the
// object smaller is put together, the best first, as long as each makes it smaller still; and what
// comes out stays if it makes the linked programs smaller.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "project/project_products.h"
#include "project/project_units.h"
#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/tuner.h"

namespace llmc {

struct InliningSetting {
  std::uint64_t evaluations = 0;  ///< for each unit, at most; of calls beyond that nothing is tried
  /// The list of units that were given none; empty: they are left alone.
  std::string fallback;
  std::function<bool(std::size_t done)> observe;  ///< units done; false stops, as interrupted
};

struct InliningOutcome {
  std::size_t units = 0;  ///< that became smaller
  std::size_t decisions = 0;  ///< on calls
  std::uint64_t evaluations = 0;
  /// For each unit, bytes of the products that were linked to decide.
  std::vector<std::uint64_t> saved;
};

/// Decides for each unit that is in a product, and puts list and object in the place of those it
/// had. The lists are as sound as those without the decisions.
Result<InliningOutcome> decide_inlining(Evaluator& evaluator, ProductBench& bench,
                                        const std::vector<ProjectUnit>& units,
                                        const std::vector<Program>& programs,
                                        const std::vector<double>& bytes,
                                        std::vector<TunedProgram>& tuned,
                                        const InliningSetting& setting);

}  // namespace llmc
