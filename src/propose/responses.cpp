#include "propose/responses.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "support/stopwatch.h"
#include "tasks/response.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* k_card_key = "llmc.responses";
constexpr std::size_t k_lists_of_function = 2;

/// Classes without the lists that may not be used, and the others parsed.
struct UsableClasses {
  ResponseClasses classes;
  std::vector<PassList> lists;  ///< classes.lists
};

UsableClasses usable_classes(const ResponseClasses& all, const PassCatalogue& catalogue,
                             PassTier tier) {
  UsableClasses usable;
  ResponseClasses& kept = usable.classes;
  for (const ResponseClass& one : all.classes) kept.classes.push_back({one.programs, {}, {}});
  for (std::size_t k = 0; k < all.lists.size(); ++k) {
    auto list = PassList::parse(all.lists[k], catalogue);
    if (!list || list->tier(catalogue) > tier) continue;
    usable.lists.push_back(std::move(*list));
    kept.lists.push_back(all.lists[k]);
    for (std::size_t i = 0; i < kept.classes.size(); ++i) {
      kept.classes[i].saving.push_back(all.classes[i].saving[k]);
      kept.classes[i].change.push_back(all.classes[i].change[k]);
    }
  }
  return usable;
}

/// What would be tried on the function alone; shares fall, so that the first counts most.
std::vector<Advice> advice_about(const UsableClasses& usable, const ResponseGuess& guess) {
  std::vector<Advice> advice;
  for (const std::size_t i : plan_lists(usable.classes, {guess}, k_lists_of_function))
    advice.push_back({usable.lists[i], -std::log(1.0 + static_cast<double>(advice.size()))});
  return advice;
}

/// The first `most` lists for these guesses: the plan, then what is left in the classes' own order.
std::vector<std::size_t> plan_all(const ResponseClasses& classes,
                                  const std::vector<ResponseGuess>& guesses, std::size_t most) {
  std::vector<std::size_t> order;
  if (!guesses.empty()) order = plan_lists(classes, guesses, most);
  for (std::size_t i = 0; i < classes.lists.size() && order.size() < most; ++i)
    if (std::ranges::find(order, i) == order.end()) order.push_back(i);
  return order;
}

}  // namespace

Result<std::optional<ResponseClasses>> response_classes_of(const ModelInfo& info) {
  const auto text = info.card.find(k_card_key);
  if (text == info.card.end()) return std::nullopt;
  LLMC_TRY(ResponseClasses classes, parse_response_classes(text->second, info.location));
  return std::optional(std::move(classes));
}

Result<ModelAdvice> ask_for_responses(const Program& program, LanguageModel& model,
                                      const ResponseClasses& classes,
                                      const PassCatalogue& catalogue,
                                      const AdviceOptions& options) {
  const auto start = Clock::now();
  ModelAdvice advice;
  const auto finish = [&](const Error* error) -> Result<ModelAdvice> {
    if (error != nullptr && error->kind == ErrorKind::interrupted) return std::unexpected(*error);
    if (error != nullptr) advice.failure = error->message;
    advice.seconds = seconds_since(start);
    return std::move(advice);
  };
  auto questions = response_questions(program, model, options.questions);
  if (!questions) return finish(&questions.error());
  advice.questions = std::move(*questions);
  const std::vector<std::string> choices = response_choices(classes.classes.size());
  const UsableClasses usable = usable_classes(classes, catalogue, options.tier);
  std::vector<ResponseGuess> guesses;
  for (const Question& question : advice.questions.asked) {
    auto shares = model.choose(question.prompt, choices);
    if (!shares) return finish(&shares.error());
    advice.prompt_tokens += question.tokens;
    ++advice.answer_tokens;
    guesses.push_back({question.weight, std::move(*shares)});
    advice.answers.push_back(
        {question.about, question.weight, advice_about(usable, guesses.back()), 0});
  }
  const std::vector<double> changes = expected_changes(usable.classes, guesses);
  for (const std::size_t i : plan_all(usable.classes, guesses, options.sampling.count)) {
    advice.plan.push_back(usable.lists[i]);
    if (!guesses.empty()) advice.plan_changes.push_back(changes[i]);
  }
  advice.first_seconds = seconds_since(start);
  return finish(nullptr);
}

}  // namespace llmc
