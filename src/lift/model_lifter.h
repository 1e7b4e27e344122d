// Assembly lifted by a model, each answer judged by the ladder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lift/ladder.h"
#include "model/language_model.h"
#include "support/error.h"

namespace llmc {

struct LiftCandidate {
  std::string ir;  ///< empty: the answer has no code
  LiftStanding standing;
  bool ended = false;
};

struct ModelLift {
  std::vector<LiftCandidate> candidates;  ///< the highest first; of equals, the most probable
  std::uint32_t prompt_tokens = 0, answer_tokens = 0;
  double seconds = 0;
};

/// What wrong answers are worth.
struct ModelRepair {
  unsigned rounds = 0;  ///< so often the best answer is given back with what is wrong with it
  std::string draft;  ///< IR that was made otherwise, in the place of a first answer; may be empty
  std::string complaint;  ///< what is wrong with the draft
};

/// Asks `model` what `assembly` was made from, in the paper's prompt: as it stands, or for a model
/// of llmc-train as clean_assembly leaves it. `sampling.most_tokens` 0: what the context leaves.
/// Fails where the first prompt does not fit and where the model fails at that. With a draft that
/// fits, the model is asked to correct it.
Result<ModelLift> lift_by_model(const std::string& assembly, LanguageModel& model,
                                const Sampling& sampling, const ModelRepair& repair = {});

}  // namespace llmc
