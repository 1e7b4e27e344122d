#include "propose/model_proposer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "support/stopwatch.h"
#include "tasks/answers.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

AnsweredQuestion read_answers(const Question& question, const Generation& generation,
                              const PassCatalogue& catalogue, const AdviceOptions& options) {
  AnsweredQuestion answered{question.about, question.weight, {}, 0};
  for (const Completion& completion : generation.completions) {
    auto answer = FlagTuningAnswer::parse(completion.text, catalogue);
    if (!answer || (answer->list && answer->list->tier(catalogue) > options.tier)) {
      ++answered.invalid;
      continue;
    }
    answered.advice.push_back({std::move(answer->list), completion.log_probability,
                               answer->unoptimised_size, answer->optimised_size});
  }
  return answered;
}

/// Probabilities of the answers to one question, which sum to 1; where a server does not say how
/// probable its texts are, they count alike.
std::vector<double> shares_of(const std::vector<Advice>& advice) {
  std::vector<double> log_probabilities;
  for (const Advice& one : advice)
    log_probabilities.push_back(std::isfinite(one.log_probability) ? one.log_probability : 0);
  return shares_of_probability(log_probabilities);
}

}  // namespace

Result<ModelAdvice> ask_model(const Program& program, LanguageModel& model,
                              const PassCatalogue& catalogue, const AdviceOptions& options) {
  const auto start = Clock::now();
  ModelAdvice advice;
  const auto give_up = [&](const Error& error) -> Result<ModelAdvice> {
    if (error.kind == ErrorKind::interrupted) return std::unexpected(error);
    advice.failure = error.message;
    advice.seconds = seconds_since(start);
    return std::move(advice);
  };
  auto questions = flag_questions(program, model, options.questions);
  if (!questions) return give_up(questions.error());
  advice.questions = std::move(*questions);
  for (const Question& question : advice.questions.asked) {
    GenerationRequest request;
    request.prompt = question.prompt;
    request.sampling = options.sampling;
    const bool list_only = advice.questions.is_split && options.list_grammar != nullptr;
    request.constraint = list_only ? options.list_grammar : options.grammar;
    request.stop = {"<code>"};
    const auto generation = model.generate(request);
    if (!generation) return give_up(generation.error());
    advice.prompt_tokens += generation->prompt_tokens;
    advice.answer_tokens += generation->answer_tokens;
    advice.answers.push_back(read_answers(question, *generation, catalogue, options));
    if (advice.first_seconds == 0) advice.first_seconds = seconds_since(start);
  }
  advice.seconds = seconds_since(start);
  return advice;
}

std::vector<RankedList> rank_lists(const ModelAdvice& advice, std::size_t most) {
  std::vector<RankedList> ranked;
  for (const PassList& list : advice.plan)
    if (ranked.size() < most)
      ranked.push_back({list, 1.0 / static_cast<double>(ranked.size() + 1)});
  if (!ranked.empty()) return ranked;
  std::map<std::string, RankedList> by_text;
  for (const AnsweredQuestion& answered : advice.answers) {
    const std::vector<double> shares = shares_of(answered.advice);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const auto& list = answered.advice[i].list;
      if (!list || list->empty()) continue;
      RankedList& ranked =
          by_text.try_emplace(list->to_string(), RankedList{*list, 0}).first->second;
      ranked.support += answered.weight * shares[i];
    }
  }
  for (auto& [text, list] : by_text) ranked.push_back(std::move(list));
  std::ranges::stable_sort(
      ranked, [](const RankedList& a, const RankedList& b) { return a.support > b.support; });
  if (ranked.size() > most) ranked.resize(most);
  return ranked;
}

}  // namespace llmc
