// From a model that predicts tokens to texts: greedy decoding, Priority Sampling, random draws,
// each under a mask where the text is constrained.
//
// Priority Sampling (arXiv 2402.18734) as it is done here. The tree of all texts is explored best
// first. The first text is the greedy one; wherever a token was chosen, the others that were
// possible go into a queue with the probability of the text up to and including them. For the next
// text, the most probable entry is taken out and continued greedily, which adds entries in turn:
//
//     a b c       queue: a d (0.3), e (0.2), a b f (0.1)
//     a d g       queue: e (0.2), a b f (0.1), a d h (0.05)
//     e …
//
// No entry is taken twice, so texts are unique but for those that different tokens spell alike;
// these are dropped. Texts come in the order of their queue entries, and are the same each time.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "model/language_model.h"
#include "model/token_masks.h"
#include "support/error.h"

namespace llmc {

/// What predicts tokens: sequences that can be lengthened and branched. Sequence 0 holds the prompt
/// and is never lengthened here.
class TokenPredictor {
 public:
  virtual ~TokenPredictor() = default;

  /// What each token writes.
  [[nodiscard]] virtual const TokenTexts& texts() const = 0;
  [[nodiscard]] virtual const TokenTree& tree() const = 0;
  /// Whether the token says that the text is over.
  [[nodiscard]] virtual bool is_end(Token token) const = 0;

  /// The logits after the prompt, one for each token; valid until the next call.
  virtual std::span<const float> after_prompt() = 0;

  /// Makes `sequence` (1 or more) the prompt followed by `tokens`, and returns the logits after it.
  virtual Result<std::span<const float>> restart(int sequence, std::span<const Token> tokens) = 0;

  /// Appends one token to each of some sequences, in one step. Row i holds the logits after
  /// steps[i]; valid until the next call.
  struct Step {
    int sequence;
    Token token;
  };
  virtual Result<std::vector<std::span<const float>>> advance(std::span<const Step> steps) = 0;
};

/// Texts after the predictor's prompt, as `request` wants them. `room`: tokens that one text may
/// have at most; the request's own budget holds as well. A text under a constraint that is cut off
/// is completed by TextConstraint::ending, so that it is always in the language.
Result<std::vector<Completion>> decode(TokenPredictor& predictor, const GenerationRequest& request,
                                       std::uint32_t room);

}  // namespace llmc
