#include "benchmark/code_problems.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sandbox/confine.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "support/text.h"

namespace llmc {
namespace {

using Json = nlohmann::json;

std::string text_field(const Json& row, const char* name) {
  const auto found = row.find(name);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<CodeProblem> parse_humaneval(const Json& row) {
  CodeProblem problem;
  problem.set = "HumanEval";
  problem.name = text_field(row, "task_id");
  problem.prompt = text_field(row, "prompt");
  problem.stop = {"\nclass ", "\ndef ", "\n#", "\n@", "\nprint(", "\nif "};
  const std::string function = text_field(row, "entry_point"), test = text_field(row, "test");
  if (problem.name.empty() || problem.prompt.empty() || function.empty() || test.empty())
    return fail("expected task_id, prompt, entry_point and test");
  problem.before = problem.prompt;
  problem.after = fmt::format("\n\n{}\n\ncheck({})\n", test, function);
  problem.solution = text_field(row, "canonical_solution");
  return problem;
}

Result<CodeProblem> parse_mbpp(const Json& row) {
  CodeProblem problem;
  problem.set = "MBPP";
  const auto number = row.find("task_id");
  const std::string text = text_field(row, row.contains("text") ? "text" : "prompt");
  const auto tests = row.find("test_list");
  if (number == row.end() || text.empty() || tests == row.end() || !tests->is_array() ||
      tests->empty())
    return fail("expected task_id, text and test_list");
  problem.name = "MBPP/" + number->dump();
  problem.prompt = "\"\"\"" + text;
  problem.after = "\n" + text_field(row, "test_setup_code");
  if (const auto imports = row.find("test_imports"); imports != row.end() && imports->is_array())
    for (const Json& one : *imports)
      if (one.is_string()) problem.after += "\n" + one.get<std::string>();
  for (const Json& test : *tests) {
    if (!test.is_string()) return fail("test_list must hold strings");
    problem.prompt += "\n" + test.get<std::string>();
    problem.after += "\n" + test.get<std::string>();
  }
  problem.prompt += "\"\"\"\n";
  problem.after += "\n";
  problem.stop = {"\nassert", "\n\"\"\"", "\nprint(", "\nif __name__"};
  problem.solution = text_field(row, "code");
  return problem;
}

/// The last line that says something.
std::string last_words(const std::string& output) {
  const std::size_t end = output.find_last_not_of("\n \r");
  if (end == std::string::npos) return "";
  const std::size_t begin = output.rfind('\n', end);
  return output.substr(begin + 1, end - begin);
}

}  // namespace

Result<std::vector<CodeProblem>> parse_code_problems(std::string_view text) {
  std::vector<CodeProblem> problems;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json row = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!row.is_object()) return fail(fmt::format("line {}: expected a JSON object", number));
    auto problem = row.contains("entry_point") ? parse_humaneval(row) : parse_mbpp(row);
    if (!problem)
      return fail(
          fmt::format("line {}: neither HumanEval nor MBPP: {}", number, problem.error().message));
    problems.push_back(std::move(*problem));
  }
  if (problems.empty()) return fail("no problem in it");
  return problems;
}

std::string program_of(const CodeProblem& problem, const std::string& answer) {
  return problem.before + answer + problem.after;
}

std::optional<std::filesystem::path> find_python() {
  const std::filesystem::path system = "/usr/bin/python3";
  std::error_code code;
  return std::filesystem::exists(system, code) ? system : find_program("python3");
}

Result<CodeOutcome> run_answer(const CodeProblem& problem, const std::string& answer,
                               const std::filesystem::path& python,
                               std::chrono::milliseconds deadline) {
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  LLMC_CHECK(write_file(folder.path() / "answer.py", program_of(problem, answer)));
  ConfinedLimits limits;
  limits.deadline = deadline;
  LLMC_TRY(const ConfinedRun run,
           run_confined(python, folder.path(), limits, {"-I", "-B", "-S", "answer.py"}));
  CodeOutcome outcome;
  outcome.passed = run.ending == ConfinedRun::Ending::exited && run.code == 0;
  if (outcome.passed) return outcome;
  outcome.reason = run.ending == ConfinedRun::Ending::exited ? last_words(run.output) : "";
  if (outcome.reason.empty()) outcome.reason = run.describe();
  return outcome;
}

}  // namespace llmc
