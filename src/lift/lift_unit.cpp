#include "lift/lift_unit.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <set>

#include "assembly/compare.h"
#include "assembly/facts.h"
#include "assembly/flow.h"
#include "eval/bleu.h"
#include "lift/lift_data.h"
#include "lift/lift_search.h"
#include "lift/model_lifter.h"
#include "lift/rule_lifter.h"
#include "sandbox/child.h"

namespace llmc {
namespace {

constexpr std::chrono::seconds k_function_deadline{60};
constexpr std::uint64_t k_function_memory = std::uint64_t{3} << 30;

bool is_vector_register(NormalTarget target, std::string_view reg) {
  if (target == NormalTarget::x86_64) return reg.starts_with("XMM");
  return reg != "SP" && !reg.empty() && std::string_view("BHSDQ").contains(reg.front());
}

LiftFeatures features_of(const AsmUnit& unit, const AsmFunction& function) {
  LiftFeatures features;
  for (const AsmInstruction& instruction : function.instructions) {
    features.calls = features.calls || flow_kind(unit.target, instruction) == FlowKind::call;
    for (const AsmOperand& operand : instruction.operands)
      features.floats = features.floats || is_vector_register(unit.target, operand.reg);
  }
  const auto blocks = blocks_of(unit, function);
  if (!blocks) return features;
  for (std::size_t number = 0; number < blocks->size(); ++number) {
    const AsmBlock& block = (*blocks)[number];
    features.jump_table = features.jump_table || block.ending == BlockEnd::table;
    features.calls = features.calls || block.ending == BlockEnd::tail_call ||
                     block.ending == BlockEnd::branches_away;
    for (const std::size_t successor : block.successors)
      features.loops = features.loops || successor <= number;
  }
  return features;
}

/// What a child tells of a function, as JSON.
nlohmann::json packed(const LiftResult& result) {
  return {{"origin", static_cast<int>(result.origin)},
          {"rung", static_cast<int>(result.rung)},
          {"reason", result.reason},
          {"refused", result.refused},
          {"ir", result.ir},
          {"distance", result.distance},
          {"bleu", result.bleu},
          {"candidates", result.candidates},
          {"dropped", result.claims_dropped},
          {"processor", result.processor_seconds}};
}

void unpack(const std::string& bytes, LiftResult& result) {
  const auto json = nlohmann::json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return;
  result.origin = static_cast<LiftOrigin>(json.value("origin", 0));
  result.rung = static_cast<LiftRung>(json.value("rung", 0));
  result.reason = json.value("reason", "");
  result.refused = json.value("refused", false);
  result.ir = json.value("ir", "");
  result.distance = json.value("distance", std::size_t{0});
  result.bleu = json.value("bleu", 0.0);
  result.candidates = json.value("candidates", 0U);
  result.claims_dropped = json.value("dropped", 0U);
  result.processor_seconds = json.value("processor", 0.0);
}

/// Lifts one function by rules and search; to be run in a child.
Result<LiftResult> lift_here(const RuleLifter& lifter, const AsmUnit& unit,
                             const AsmFunction& function, const LiftOptions& options) {
  LiftResult result;
  LLMC_TRY(LiftJudge judge, LiftJudge::create(unit, function));
  const SearchLimits limits{options.budget, options.most_candidates};
  auto found = search_lift(lifter, judge, limits);
  if (!found) {
    result.refused = true;
    result.reason = found.error().message;
    return result;
  }
  result.origin = found->is_first ? LiftOrigin::rules : LiftOrigin::search;
  result.rung = found->judged.identical ? LiftRung::identical : LiftRung::compiles;
  result.distance = found->judged.distance;
  result.bleu = bleu(found->judged.made, judge.wanted());
  result.ir = found->text;
  if (found->judged.identical && options.claims_little) {
    result.ir = claim_little(found->text, judge, limits, result.claims_dropped);
  } else if (!found->judged.identical) {
    result.reason = first_differing_line(found->judged.made, judge.wanted());
    const AsmUnit& made = found->judged.assembly;
    if (same_modulo_registers(unit, function, made, *made.function(function.name)))
      result.rung = LiftRung::same_instructions;
  }
  result.candidates = judge.candidates();
  return result;
}

/// The functions of `unit` that are asked for, by number.
Result<std::vector<std::size_t>> wanted_functions(const AsmUnit& unit, const LiftOptions& options) {
  std::vector<std::size_t> wanted;
  std::set<std::string> missing(options.functions.begin(), options.functions.end());
  for (std::size_t i = 0; i < unit.functions.size(); ++i) {
    if (!options.functions.empty() && missing.erase(unit.functions[i].name) == 0) continue;
    wanted.push_back(i);
  }
  if (missing.empty()) return wanted;
  return fail(fmt::format("there is no function '{}'", *missing.begin()), ErrorKind::usage);
}

/// One function as text that models know: labels and instructions, nothing else.
std::string text_of(const AsmFunction& function) {
  std::string text = function.name + ":\n";
  std::size_t label = 0;
  for (std::size_t at = 0; at < function.instructions.size(); ++at) {
    for (; label < function.labels.size() && function.labels[label].at <= at; ++label)
      text += function.labels[label].name + ":\n";
    text += "\t" + function.instructions[at].text + "\n";
  }
  return text;
}

/// The model's answers climb the same ladder; the best takes the place of what there is if it is
/// better.
void ask_model(const AsmUnit& unit, const AsmFunction& function, const LiftOptions& options,
               LiftResult& result) {
  if (options.model == nullptr || result.rung == LiftRung::identical) return;
  const ModelRepair repair{options.repairs, result.ir, result.reason};
  const auto lifted = lift_by_model(text_of(function), *options.model, options.sampling, repair);
  if (!lifted) return;
  for (const LiftCandidate& candidate : lifted->candidates) {
    ++result.candidates;
    if (candidate.standing.rung < LiftRung::compiles) continue;
    const auto judged = run_in_child([&]() -> Result<std::string> {
      LLMC_TRY(LiftJudge judge, LiftJudge::create(unit, function));
      LLMC_TRY(const JudgedLift made, judge.judge(candidate.ir));
      return nlohmann::json{{"identical", made.identical}, {"distance", made.distance}}.dump();
    });
    if (!judged) continue;
    const auto json = nlohmann::json::parse(*judged);
    const bool is_identical = json["identical"];
    const std::size_t distance = json["distance"];
    if (!is_identical && !result.ir.empty() && distance >= result.distance) continue;
    result.origin = LiftOrigin::model;
    result.rung = is_identical ? LiftRung::identical : LiftRung::compiles;
    result.reason = is_identical ? "" : candidate.standing.reason;
    result.ir = candidate.ir;
    result.distance = distance;
    result.refused = false;
  }
}

void execute(const std::string& text, const AsmUnit& unit, const LiftOptions& options,
             LiftResult& result) {
  if (!options.execution || result.ir.empty() || text.empty()) return;
  auto ir = with_data(unit, result.ir);
  auto verdict =
      run_both(text, ir.value_or(result.ir), result.name, unit.target, *options.execution);
  if (verdict)
    result.execution = std::move(*verdict);
  else
    result.execution = ExecutionVerdict{ExecutionOutcome::undecided, 0, 0, verdict.error().message};
}

}  // namespace

std::string_view to_string(LiftOrigin origin) {
  switch (origin) {
    case LiftOrigin::nobody:
      return "nobody";
    case LiftOrigin::rules:
      return "rules";
    case LiftOrigin::search:
      return "search";
    case LiftOrigin::model:
      return "model";
  }
  return "";
}

Result<std::vector<LiftResult>> lift_unit(const AsmUnit& unit, const std::string& text,
                                          const LiftOptions& options,
                                          const std::function<void(const LiftResult&)>& observe) {
  LLMC_TRY(const std::vector<std::size_t> wanted, wanted_functions(unit, options));
  LLMC_TRY(const RuleLifter lifter, RuleLifter::create(unit, options.given));
  std::vector<LiftResult> results(wanted.size());
  ChildPool pool(std::max(1U, options.jobs), {k_function_deadline, k_function_memory});
  std::size_t next = 0, done = 0;
  while (done < wanted.size()) {
    while (next < wanted.size() && pool.has_room()) {
      const AsmFunction& function = unit.functions[wanted[next]];
      results[next].name = function.name;
      results[next].instructions = function.instructions.size();
      results[next].features = features_of(unit, function);
      LLMC_CHECK(pool.start(next, [&]() -> Result<std::string> {
        LLMC_TRY(LiftResult lifted, lift_here(lifter, unit, function, options));
        // The child was born for this function.
        lifted.processor_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
        return packed(lifted).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      }));
      ++next;
    }
    const auto ended = pool.wait();
    if (!ended) return std::unexpected(Error{"interrupted", ErrorKind::interrupted});
    LiftResult& result = results[ended->tag];
    if (ended->bytes)
      unpack(*ended->bytes, result);
    else
      result.reason = ended->bytes.error().message, result.refused = true;
    if (const LiftSignature* const signature = lifter.signature(result.name))
      result.signature = *signature;
    ask_model(unit, unit.functions[wanted[ended->tag]], options, result);
    execute(text, unit, options, result);
    result.seconds = ended->seconds;
    if (observe) observe(result);
    ++done;
  }
  return results;
}

}  // namespace llmc
