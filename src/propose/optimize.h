// From programs to the smallest measured list for each: proposals of a model, of the portfolio and
// of a search, all measured by the evaluator. What comes out is not gated yet (tune/gate.h).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "propose/model_proposer.h"
#include "propose/responses.h"
#include "tune/search.h"
#include "tune/tuner.h"

namespace llmc {

/// Where proposals come from.
struct ProposalSources {
  LanguageModel* model = nullptr;  ///< null: none is asked
  AdviceOptions advice;
  /// Null: the model is asked for lists; otherwise for the class that the program is of.
  const ResponseClasses* responses = nullptr;
  std::vector<PassList> portfolio;  ///< measured on every program
  /// A search that starts from all proposals; its `seeds` come after them. Null: none.
  const SearchSetting* search = nullptr;
  /// Of a program that was asked about by function: parts for single functions in one list at most
  /// (propose/compose.h); each is one more list for the gate to test. 0: none.
  std::size_t function_parts = 0;
};

struct OptimizeSetting {
  const PassCatalogue* catalogue = nullptr;
  ProposalSources sources;
  std::size_t model_lists = 5;  ///< of the model's lists, measured for each program
  Objective objective = Objective::binary;
};

/// What was proposed for one program.
struct ProgramProposals {
  std::optional<ModelAdvice> advice;
  std::vector<RankedList> from_model;  ///< those that were measured
  std::map<std::string, std::string> named_by;  ///< "model" or "portfolio", by list
};

struct OptimizeProgress {
  enum class Phase { asking, measuring } phase = Phase::asking;
  std::size_t done = 0, programs = 0;
};

struct OptimizeOutcome {
  std::vector<TunedProgram> tuned;  ///< found_by: "model", "portfolio", or the search's words
  std::vector<ProgramProposals> proposals;
};

/// Both parts are in the order of `programs`, which must outlive the answer. A program whose
/// baseline cannot be compiled has an error as its result; a model that fails is told in its
/// advice, and the other proposers go on. Errors: interrupted; no workers.
Result<OptimizeOutcome> optimise(Evaluator& evaluator, const std::vector<Program>& programs,
                                 const OptimizeSetting& setting,
                                 const std::function<void(const OptimizeProgress&)>& observer);

/// Where another list makes the program exactly as small as its winner and `is_known_sound`, that
/// one becomes the winner: it need not be tested again.
void prefer_tested_lists(std::vector<TunedProgram>& tuned, Objective objective,
                         const std::function<bool(const std::string& list)>& is_known_sound);

}  // namespace llmc
