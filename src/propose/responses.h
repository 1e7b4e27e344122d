// Pass lists from a model's guess of how a program's size responds to them (tune/size_response.h),
// for models that carry response classes with them.
#pragma once

#include <optional>

#include "propose/model_proposer.h"
#include "tune/size_response.h"

namespace llmc {

/// The classes that the model's file carries; none if it carries none. Errors: they are damaged.
Result<std::optional<ResponseClasses>> response_classes_of(const ModelInfo& info);

/// Asks `model` about the sketches of the program's functions, the largest
/// `options.questions.most_functions`, and plans `options.sampling.count` lists from its guesses,
/// which become the advice's plan. The answers about single functions are the two lists that would
/// be planned for each alone. A model that fails is told in the advice; only an interruption is an
/// error.
Result<ModelAdvice> ask_for_responses(const Program& program, LanguageModel& model,
                                      const ResponseClasses& classes,
                                      const PassCatalogue& catalogue, const AdviceOptions& options);

}  // namespace llmc
