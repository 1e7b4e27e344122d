#include "eval/score.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include "ir/normal_form.h"
#include "sandbox/child.h"
#include "tasks/answers.h"

namespace llmc {
namespace {

bool is_denied(const PassList& list, const PassCatalogue& catalogue) {
  return list.tier(catalogue) == PassTier::denied;
}

/// |said - right| / right; nothing where one is not known.
std::optional<double> error_of(std::uint64_t said, std::uint64_t right) {
  if (said == 0 || right == 0) return std::nullopt;
  return std::abs(static_cast<double>(said) - static_cast<double>(right)) /
         static_cast<double>(right);
}

AnswerScore score_flags(const AnsweredRow& row, const PassCatalogue& catalogue) {
  const auto answer = FlagTuningAnswer::parse(row.answer, catalogue);
  AnswerScore score;
  // A list that does not exist still has the form of one.
  score.parses = answer.has_value() || row.answer.contains("-p ");
  score.valid = answer && (!answer->list || !is_denied(*answer->list, catalogue));
  const auto wanted = FlagTuningAnswer::parse(row.wanted, catalogue);
  score.same = score.valid && wanted && answer->list == wanted->list;
  if (!answer || !wanted) return score;
  score.error_before = error_of(answer->unoptimised_size, wanted->unoptimised_size);
  if (score.same) score.error_after = error_of(answer->optimised_size, wanted->optimised_size);
  return score;
}

bool is_valid_ir(const std::string& code) {
  const auto read = run_in_child([&]() -> Result<std::string> {
    LLMC_CHECK(read_normal(code, "answer"));
    return std::string();
  });
  return read.has_value();
}

/// The code of an answer of any of the tasks that answer with code.
Result<std::string> code_of(const std::string& task, std::string_view text) {
  if (task == "lift") {
    LLMC_TRY(DisassemblyAnswer answer, DisassemblyAnswer::parse(text));
    return answer.ir;
  }
  LLMC_TRY(EmulationAnswer answer, EmulationAnswer::parse(text));
  return answer.code;
}

/// The size that an emulation says its output has, even if its code never ends.
std::optional<double> emulated_size_error(const AnsweredRow& row) {
  const auto said = EmulationAnswer::parse(row.answer);
  const auto right = EmulationAnswer::parse(row.wanted);
  if (!said || !right) return std::nullopt;
  return error_of(said->binary_size, right->binary_size);
}

AnswerScore score_code(const AnsweredRow& row) {
  AnswerScore score;
  if (row.task != "lift") score.error_after = emulated_size_error(row);
  const auto code = code_of(row.task, row.answer);
  if (!code) return score;
  score.parses = true;
  score.valid = row.task == "emulate-asm" || is_valid_ir(*code);
  const auto wanted = code_of(row.task, row.wanted);
  score.same = score.valid && wanted && *code == *wanted;
  return score;
}

Result<AnsweredRow> read_row(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  AnsweredRow row;
  const auto text = [&](const char* name, std::string& value) {
    const bool there = json.is_object() && json.contains(name) && json[name].is_string();
    if (there) value = json[name].get<std::string>();
    return there;
  };
  if (!text("task", row.task) || !text("completion", row.wanted) || !text("answer", row.answer))
    return fail(
        "not an answered row; expected an object with task, completion and answer, as "
        "`llmc-train answer` prints them");
  if (json.contains("ended") && json["ended"].is_boolean()) row.ended = json["ended"].get<bool>();
  if (json.contains("prompt_tokens") && json["prompt_tokens"].is_number_unsigned())
    row.prompt_tokens = json["prompt_tokens"].get<std::uint64_t>();
  return row;
}

std::string group_of(const AnsweredRow& row, ScoreGroups groups) {
  if (groups == ScoreGroups::by_task) return row.task;
  std::uint64_t bound = 256;
  while (bound < row.prompt_tokens) bound *= 2;
  return fmt::format("{} <= {:>5}", row.task, bound);
}

}  // namespace

Result<AnswerScore> score_answer(const AnsweredRow& row, const PassCatalogue& catalogue) {
  if (row.task == "flags") return score_flags(row, catalogue);
  if (row.task == "lift" || row.task == "emulate-ir" || row.task == "emulate-asm")
    return score_code(row);
  return fail(
      fmt::format("unknown task '{}'; expected flags, emulate-ir, emulate-asm or lift", row.task));
}

std::optional<double> TaskScore::mape_before() const {
  if (sized_before == 0) return std::nullopt;
  return sum_before / static_cast<double>(sized_before);
}

std::optional<double> TaskScore::mape_after() const {
  if (sized_after == 0) return std::nullopt;
  return sum_after / static_cast<double>(sized_after);
}

Result<std::map<std::string, TaskScore>> score_rows(std::string_view lines,
                                                    const PassCatalogue& catalogue,
                                                    ScoreGroups groups) {
  std::map<std::string, TaskScore> scores;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (line.empty()) continue;
    const auto located = [number](const Error& error) {
      return std::unexpected(error.with_context(fmt::format("line {}", number)));
    };
    const auto row = read_row(line);
    if (!row) return located(row.error());
    const auto score = score_answer(*row, catalogue);
    if (!score) return located(score.error());
    TaskScore& task = scores[group_of(*row, groups)];
    ++task.rows;
    task.ended += row->ended ? 1 : 0;
    task.parses += score->parses ? 1 : 0;
    task.valid += score->valid ? 1 : 0;
    task.same += score->same ? 1 : 0;
    task.sized_before += score->error_before ? 1 : 0;
    task.sized_after += score->error_after ? 1 : 0;
    task.sum_before += score->error_before.value_or(0);
    task.sum_after += score->error_after.value_or(0);
  }
  return scores;
}

}  // namespace llmc
