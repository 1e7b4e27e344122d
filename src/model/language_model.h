// A language model, wherever it runs: what it is, and what it can be asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text_constraint.h"
#include "support/error.h"

namespace llmc {

/// In which words a model is spoken to.
enum class Dialect {
  llmc,   ///< trained by llmc-train: code in normal form, lists in canonical form
  paper,  ///< Meta's LLM Compiler and what was tuned from it: code as LLVM prints it, module(…)
  chat    ///< a general model: the paper's prompt with an explanation of the task behind it
};

/// "llmc", "paper" or "chat".
std::string_view to_string(Dialect dialect);
/// The dialect of that name; the error lists the names.
Result<Dialect> parse_dialect(std::string_view name);

/// What a model is.
struct ModelInfo {
  std::string name;      ///< as the file or the server says
  std::string location;  ///< the file or the URL
  std::string kind;      ///< "llama.cpp" or "server"
  Dialect dialect = Dialect::chat;
  std::uint64_t parameters = 0;       ///< 0: unknown, as all numbers here
  std::uint64_t file_bytes = 0;
  std::uint64_t context = 0;          ///< tokens of prompt and answer together
  std::uint64_t trained_context = 0;  ///< the same, as it was trained
  std::uint64_t vocabulary = 0;       ///< tokens
  std::map<std::string, std::string> card;  ///< what the file says about itself
};

/// How tokens are chosen.
enum class SamplingMethod {
  priority,  ///< Priority Sampling (arXiv 2402.18734): unique texts, the most probable first
  random     ///< independent draws by temperature and nucleus
};

struct Sampling {
  SamplingMethod method = SamplingMethod::priority;
  unsigned count = 1;        ///< texts wanted; with `priority` and 1 this is greedy decoding
  double temperature = 1.0;  ///< of `random`; 0: greedy
  double top_p = 1.0;        ///< of `random`: the nucleus' share of probability
  std::uint64_t seed = 1;    ///< of `random`
  std::uint32_t most_tokens = 512;  ///< of one text
};

struct GenerationRequest {
  std::string prompt;  ///< as it is; <s> is the model's own affair
  Sampling sampling;
  std::vector<std::string> stop;  ///< a text ends before the first of these
  /// Null: anything. Must live as long as the model; a model in another process must know it from
  /// its start.
  const TextConstraint* constraint = nullptr;
};

/// One text that a model wrote.
struct Completion {
  std::string text;
  double log_probability =
      0;  ///< of the text, natural; under the mask where there is one; NaN: unknown
  bool ended = false;  ///< by itself or at a stop; otherwise the budget or the context ended it
  std::uint32_t tokens = 0;
};

struct Generation {
  std::vector<Completion> completions;  ///< `priority`: the most probable first; unique
  std::uint32_t prompt_tokens = 0;
  double prompt_seconds = 0;  ///< spent on the prompt; 0: unknown
  double answer_seconds = 0;  ///< spent on the texts
  std::uint32_t answer_tokens = 0;  ///< that were computed for them
};

/// A text's probability.
struct TextScore {
  double log_probability = 0;  ///< natural, summed over the text's tokens
  std::uint64_t tokens = 0;
};

/// A model. Calls are made one at a time. Every failure is an Error in one sentence; after one the
/// model may be asked again.
class LanguageModel {
 public:
  virtual ~LanguageModel() = default;

  [[nodiscard]] virtual const ModelInfo& info() const = 0;

  /// Tokens of `text`, <s> not counted. A server that cannot count gives an estimate from above.
  virtual Result<std::uint64_t> count_tokens(std::string_view text) = 0;

  /// The tokens of `text`, without <s>. Servers do not give them.
  virtual Result<std::vector<std::int32_t>> tokenise(std::string_view /*text*/) {
    return fail(info().name + ": this model does not give its tokens");
  }

  /// Fails with a sentence that says "context" if prompt and budget do not fit.
  virtual Result<Generation> generate(const GenerationRequest& request) = 0;

  /// How probable it finds that `continuation` follows `prompt`.
  virtual Result<TextScore> score(std::string_view prompt, std::string_view continuation) = 0;

  /// The shares of probability, which sum to 1, that it gives to each of `choices` as what comes
  /// next after `prompt`. What else it might write is left out of account. The default scores them
  /// one by one.
  virtual Result<std::vector<double>> choose(std::string_view prompt,
                                             const std::vector<std::string>& choices);

  /// The probability of a text of any length, in windows of `window` tokens (0: the context), of
  /// each of which the first half only gives context; as llama.cpp's perplexity tool does it.
  virtual Result<TextScore> score_text(std::string_view text, std::uint32_t window) = 0;

  /// The most memory, in bytes, that the process with the model has used so far; 0: unknown.
  [[nodiscard]] virtual std::uint64_t peak_memory() const { return 0; }
};

/// Shares that are in proportion to exp(log_probabilities) and sum to 1; no choices: none.
std::vector<double> shares_of_probability(const std::vector<double>& log_probabilities);

/// Gives `request` the budget that the context leaves, where it names none (most_tokens 0). Fails
/// with a sentence that says "context" if that is next to nothing. Where the context is not known,
/// the budget is 4,096 tokens. `hint` is called for the end of that sentence.
Result<void> fit_answer(LanguageModel& model, GenerationRequest& request,
                        const std::function<std::string()>& hint);

}  // namespace llmc
