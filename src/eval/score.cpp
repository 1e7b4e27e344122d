#include "eval/score.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "ir/normal_form.h"
#include "sandbox/child.h"
#include "tasks/answers.h"

namespace llmc {
namespace {

bool is_denied(const PassList& list, const PassCatalogue& catalogue) {
  return list.tier(catalogue) == PassTier::denied;
}

AnswerScore score_flags(const AnsweredRow& row, const PassCatalogue& catalogue) {
  const auto answer = FlagTuningAnswer::parse(row.answer, catalogue);
  AnswerScore score;
  // A list that does not exist still has the form of one.
  score.parses = answer.has_value() || row.answer.contains("-p ");
  score.valid = answer && (!answer->list || !is_denied(*answer->list, catalogue));
  const auto wanted = FlagTuningAnswer::parse(row.wanted, catalogue);
  score.same = score.valid && wanted && answer->list == wanted->list;
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

AnswerScore score_code(const AnsweredRow& row) {
  AnswerScore score;
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
  return row;
}

}  // namespace

Result<AnswerScore> score_answer(const AnsweredRow& row, const PassCatalogue& catalogue) {
  if (row.task == "flags") return score_flags(row, catalogue);
  if (row.task == "lift" || row.task == "emulate-ir" || row.task == "emulate-asm")
    return score_code(row);
  return fail(
      fmt::format("unknown task '{}'; expected flags, emulate-ir, emulate-asm or lift", row.task));
}

Result<std::map<std::string, TaskScore>> score_rows(std::string_view lines,
                                                    const PassCatalogue& catalogue) {
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
    TaskScore& task = scores[row->task];
    ++task.rows;
    task.ended += row->ended ? 1 : 0;
    task.parses += score->parses ? 1 : 0;
    task.valid += score->valid ? 1 : 0;
    task.same += score->same ? 1 : 0;
  }
  return scores;
}

}  // namespace llmc
