#include "lift/model_lifter.h"

#include <algorithm>

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

}  // namespace

Result<ModelLift> lift_by_model(const std::string& assembly, LanguageModel& model,
                                const Sampling& sampling) {
  const bool is_ours = model.info().dialect == Dialect::llmc;
  GenerationRequest request;
  request.prompt = disassembly_prompt(is_ours ? clean_assembly(assembly) : assembly);
  if (model.info().dialect == Dialect::chat)
    request.prompt += "\n\n" + explanation_for(ModelTask::disassembly);
  request.sampling = sampling;
  LLMC_CHECK(
      fit_answer(model, request, [] { return std::string("; lift fewer functions at a time"); }));
  LLMC_TRY(const Generation generation, model.generate(request));
  ModelLift lift;
  lift.prompt_tokens = generation.prompt_tokens;
  lift.answer_tokens = generation.answer_tokens;
  lift.seconds = generation.prompt_seconds + generation.answer_seconds;
  for (const Completion& completion : generation.completions)
    lift.candidates.push_back(judge(completion, assembly));
  std::ranges::stable_sort(lift.candidates, [](const LiftCandidate& a, const LiftCandidate& b) {
    return a.standing.rung > b.standing.rung;
  });
  return lift;
}

}  // namespace llmc
