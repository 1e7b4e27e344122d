// Pass lists that a model proposes for a program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/language_model.h"
#include "passes/pass_list.h"
#include "propose/questions.h"
#include "support/error.h"
#include "tasks/flag_grammar.h"

namespace llmc {

/// One answer to one question.
struct Advice {
  std::optional<PassList> list;  ///< none: the model says that nothing beats -Oz
  double log_probability = 0;
  std::uint64_t before = 0, after = 0;  ///< the sizes that the model expects; 0: it named none
};

/// The answers to one question, the most probable first.
struct AnsweredQuestion {
  std::string about;
  double weight = 1;
  std::vector<Advice> advice;
  std::size_t invalid = 0;  ///< answers that are not valid lists, or of denied passes
};

/// What a model says about one program.
struct ModelAdvice {
  Questions questions;
  std::vector<AnsweredQuestion> answers;
  /// Lists for the whole program, to be tried in this order (propose/responses.h); empty: the
  /// answers are all there is.
  std::vector<PassList> plan;
  /// For each list of the plan what it is expected to make of the size, log(size / -Oz size); empty
  /// if nothing is expected.
  std::vector<double> plan_changes;
  std::string failure;  ///< why the model could not be asked (on); empty if it could
  std::uint64_t prompt_tokens = 0, answer_tokens = 0;
  double seconds = 0;
  double first_seconds = 0;  ///< until the first list was there
};

struct AdviceOptions {
  QuestionOptions questions;
  Sampling sampling;  ///< count: answers to each question
  const FlagGrammar* grammar = nullptr;  ///< null: answers may be anything
  /// For questions about single functions, whose sizes say little about the unit's; null:
  /// `grammar`.
  const FlagGrammar* list_grammar = nullptr;
  PassTier tier = PassTier::quarantined;  ///< of lists that are taken
};

/// Asks everything about `program`. A model that fails is no error: what it has said until then is
/// kept, with the failure. Only an interruption is.
Result<ModelAdvice> ask_model(const Program& program, LanguageModel& model,
                              const PassCatalogue& catalogue, const AdviceOptions& options);

/// A list for the whole program, and how much speaks for it.
struct RankedList {
  PassList list;
  /// Sum over questions of weight × the answer's share of probability; in a plan 1, 1/2, 1/3, …
  double support = 0;
};

/// At most `most` different lists: the plan if there is one, else those that most of the program's
/// code speaks for first.
std::vector<RankedList> rank_lists(const ModelAdvice& advice, std::size_t most);

}  // namespace llmc
