// How probable a server's model finds texts that are given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/language_model.h"
#include "model/server_link.h"
#include "model/server_survey.h"
#include "support/error.h"

namespace llmc {

/// Whom to ask about which model.
struct ScoreSource {
  ServerLink& link;
  ServerKind kind;
  const ModelInfo& model;
};

/// The probability of `continuation` behind `prompt`: that of the tokens of both together from the
/// first one on that is not also one of the prompt alone. A first token that has no probability,
/// because nothing stands before it, does not count.
Result<TextScore> score_continuation(const ScoreSource& source, std::string_view prompt,
                                     std::string_view continuation);

/// The probability of the second halves of `text`'s windows of `window` tokens (0: the context less
/// one), as llama.cpp's perplexity tool takes it: of a window of n tokens those behind the first
/// n/2 + 1 count, each window begins with <s> where the model has one, and what does not fill a
/// window is left out. A text shorter than a window is one. Only vLLM can be asked.
Result<TextScore> score_windows(const ScoreSource& source, std::string_view text,
                                std::uint32_t window);

}  // namespace llmc
