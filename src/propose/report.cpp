#include "propose/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "tune/report.h"

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

double percent_less(std::uint64_t after, std::uint64_t before) {
  return before == 0 ? 0 : 100 * (1 - static_cast<double>(after) / static_cast<double>(before));
}

std::string proposer_of(const SearchResult& result, const ProgramProposals& proposals) {
  const auto named = proposals.named_by.find(result.best.list);
  return named == proposals.named_by.end() ? result.found_by : named->second;
}

std::string describe_verdict(const TunedProgram& tuned) {
  if (!tuned.verdict) return "NOT TESTED";
  return fmt::format("sound on {} programs ({})", tuned.verdict->programs,
                     tuned.verdict->from_store
                         ? "known"
                         : fmt::format("tested in {:.1f} s", tuned.verdict->seconds));
}

/// What became of the model's part.
std::string describe_advice(const ModelAdvice& advice) {
  std::string text;
  std::size_t answers = 0;
  std::size_t invalid = 0;
  for (const AnsweredQuestion& one : advice.answers) {
    answers += one.advice.size() + one.invalid;
    invalid += one.invalid;
  }
  const Questions& questions = advice.questions;
  const std::string asked =
      questions.is_split      ? fmt::format("{} functions, one by one", questions.asked.size())
      : questions.is_stripped ? "the whole unit, without names and debug information"
                              : "the whole unit";
  if (!questions.asked.empty())
    text += fmt::format("  model: asked about {}; {} answers{}, {} + {} tokens in {:.2f} s\n",
                        asked, answers, invalid > 0 ? fmt::format(" ({} not valid)", invalid) : "",
                        advice.prompt_tokens, advice.answer_tokens, advice.seconds);
  for (std::size_t i = 0; i < std::min<std::size_t>(questions.unasked.size(), 3); ++i)
    text += fmt::format("  model: not asked about {}: {}\n", questions.unasked[i].function,
                        questions.unasked[i].reason);
  if (questions.unasked.size() > 3)
    text +=
        fmt::format("  model: not asked about {} functions more\n", questions.unasked.size() - 3);
  if (!advice.failure.empty()) text += "  model: " + advice.failure + "\n";
  return text;
}

OrderedJson advice_as_json(const ModelAdvice& advice) {
  OrderedJson json = {
      {"asked", advice.questions.asked.size()},    {"split", advice.questions.is_split},
      {"stripped", advice.questions.is_stripped},  {"prompt_tokens", advice.prompt_tokens},
      {"answer_tokens", advice.answer_tokens},     {"seconds", advice.seconds},
      {"first_list_seconds", advice.first_seconds}};
  json["unasked"] = OrderedJson::array();
  for (const UnaskedFunction& one : advice.questions.unasked)
    json["unasked"].push_back({{"function", one.function}, {"reason", one.reason}});
  std::size_t invalid = 0;
  std::size_t answers = 0;
  for (const AnsweredQuestion& one : advice.answers) {
    invalid += one.invalid;
    answers += one.invalid + one.advice.size();
  }
  json["answers"] = answers;
  json["invalid"] = invalid;
  if (!advice.failure.empty()) json["failure"] = advice.failure;
  return json;
}

OrderedJson explanation_as_json(const Explanation& explanation) {
  OrderedJson json;
  json["passes"] = OrderedJson::array();
  for (const PassEffect& effect : explanation.passes)
    json["passes"].push_back(
        {{"pass", effect.pass}, {"compiles", effect.ok}, {"change", effect.change}});
  const auto changes = [](const std::vector<SizeChange>& all) {
    OrderedJson list = OrderedJson::array();
    for (const SizeChange& one : all)
      list.push_back({{"name", one.name}, {"before", one.before}, {"after", one.after}});
    return list;
  };
  json["sections"] = changes(explanation.sections);
  json["symbols"] = changes(explanation.symbols);
  return json;
}

}  // namespace

PredictedSizes predicted_sizes(const ProgramProposals& proposals, const std::string& list) {
  if (!proposals.advice || proposals.advice->questions.is_split) return {};
  for (const AnsweredQuestion& answered : proposals.advice->answers)
    for (const Advice& one : answered.advice)
      if (one.list && one.list->to_string() == list) return {one.before, one.after};
  return {};
}

std::string describe(const TunedProgram& tuned, const ProgramProposals& proposals,
                     Objective objective) {
  const std::string& name = tuned.program->name;
  if (!tuned.result) return fmt::format("{}: {}\n", name, tuned.result.error().message);
  const SearchResult& result = *tuned.result;
  const std::uint64_t before = cost(result.baseline.sizes, objective);
  const std::uint64_t after = cost(result.best.sizes, objective);
  const char* unit = objective == Objective::binary ? "bytes" : "instructions";
  std::string text;
  if (result.best.list == k_baseline_list) {
    text = fmt::format("{}: {} {}: -Oz stands; {} lists were measured{}\n", name, before, unit,
                       result.evaluations,
                       tuned.rejected.empty() ? ", none is smaller"
                                              : ", those that are smaller break test programs");
  } else {
    text = fmt::format("{}: {} → {} {} ({:.2f} % less than -Oz)\n  list: {}\n  by: {}; {}", name,
                       before, after, unit, percent_less(after, before), result.best.list,
                       proposer_of(result, proposals), describe_verdict(tuned));
    const PredictedSizes predicted = predicted_sizes(proposals, result.best.list);
    if (predicted.after > 0)
      text += fmt::format("; the model expected {} → {}", predicted.before, predicted.after);
    text += '\n';
  }
  if (proposals.advice) text += describe_advice(*proposals.advice);
  for (const Verdict& verdict : tuned.rejected)
    text += fmt::format("  rejected: {}: {} on {}: {}\n", verdict.list, to_string(verdict.finding),
                        verdict.program, verdict.evidence);
  return text;
}

std::string to_json_line(const TunedProgram& tuned, const ProgramProposals& proposals,
                         Objective objective, const Explanation* explanation) {
  OrderedJson row = OrderedJson::parse(to_json_line(tuned, objective));
  if (tuned.result) {
    row["found_by"] = proposer_of(*tuned.result, proposals);
    const PredictedSizes predicted = predicted_sizes(proposals, tuned.result->best.list);
    if (predicted.after > 0)
      row["predicted"] = {{"before", predicted.before}, {"after", predicted.after}};
    if (tuned.verdict)
      row["verdict"] = {{"seconds", tuned.verdict->seconds}, {"known", tuned.verdict->from_store}};
    row["proposals"] = OrderedJson::array();
    for (const auto& [list, by] : proposals.named_by)
      row["proposals"].push_back({{"list", list}, {"by", by}});
  }
  if (proposals.advice) row["model"] = advice_as_json(*proposals.advice);
  if (explanation != nullptr) row["explanation"] = explanation_as_json(*explanation);
  return row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace llmc
