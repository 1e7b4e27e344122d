#include "lift/model_lifter.h"

#include <algorithm>

#include "support/text.h"
#include "tasks/answers.h"
#include "tasks/assembly_text.h"
#include "tasks/prompts.h"

namespace llmc {
namespace {

LiftCandidate judge(const Completion& completion, const std::string& assembly) {
  LiftCandidate candidate;
  candidate.ended = completion.ended;
  auto answer = DisassemblyAnswer::parse(completion.text);
  if (!answer) {
    candidate.standing.reason = answer.error().message;
    return candidate;
  }
  candidate.ir = std::move(answer->ir);
  candidate.standing = climb(candidate.ir, assembly);
  return candidate;
}

/// One conversation about one assembly.
class ModelLifting {
 public:
  ModelLifting(const std::string& assembly, LanguageModel& model, const Sampling& sampling)
      : assembly_(assembly), model_(model), sampling_(sampling) {
    const bool is_ours = model.info().dialect == Dialect::llmc;
    prompt_ = disassembly_prompt(is_ours ? clean_assembly(assembly) : assembly);
    if (model.info().dialect == Dialect::chat)
      prompt_ += "\n\n" + explanation_for(ModelTask::disassembly);
  }

  /// Asks, and adds the answers to the candidates.
  Result<void> ask(const std::string& prompt) {
    GenerationRequest request;
    request.prompt = prompt;
    request.sampling = sampling_;
    LLMC_CHECK(fit_answer(model_, request,
                          [] { return std::string("; lift fewer functions at a time"); }));
    LLMC_TRY(const Generation generation, model_.generate(request));
    lift_.prompt_tokens += generation.prompt_tokens;
    lift_.answer_tokens += generation.answer_tokens;
    lift_.seconds += generation.prompt_seconds + generation.answer_seconds;
    for (const Completion& completion : generation.completions)
      lift_.candidates.push_back(judge(completion, assembly_));
    std::ranges::stable_sort(lift_.candidates, [](const LiftCandidate& a, const LiftCandidate& b) {
      return a.standing.rung > b.standing.rung;
    });
    return {};
  }

  Result<void> correct(const std::string& ir, const std::string& complaint) {
    return ask(repair_prompt(prompt_, ir, complaint));
  }

  [[nodiscard]] const std::string& prompt() const { return prompt_; }
  /// The best answer if it has code and is not right; else null.
  [[nodiscard]] const LiftCandidate* wrong() const {
    const LiftCandidate* const best = lift_.candidates.empty() ? nullptr : &lift_.candidates[0];
    return best == nullptr || best->ir.empty() || best->standing.rung == LiftRung::identical
               ? nullptr
               : best;
  }
  ModelLift take() { return std::move(lift_); }

 private:
  const std::string& assembly_;
  LanguageModel& model_;
  Sampling sampling_;
  std::string prompt_;
  ModelLift lift_;
};

}  // namespace

Result<ModelLift> lift_by_model(const std::string& assembly, LanguageModel& model,
                                const Sampling& sampling, const ModelRepair& repair) {
  ModelLifting lifting(assembly, model, sampling);
  unsigned rounds = repair.rounds;
  if (repair.draft.empty() || rounds == 0 || !lifting.correct(repair.draft, repair.complaint)) {
    LLMC_CHECK(lifting.ask(lifting.prompt()));
  } else {
    --rounds;
  }
  for (; rounds > 0 && lifting.wrong() != nullptr; --rounds) {
    const LiftCandidate wrong = *lifting.wrong();
    // What was answered before stands where this fails.
    if (!lifting.correct(wrong.ir, first_line(wrong.standing.reason))) break;
  }
  return lifting.take();
}

}  // namespace llmc
