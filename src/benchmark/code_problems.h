// Programming tests for models: HumanEval (Chen et al. 2021) and MBPP (Austin et al. 2021), from
// the JSON lines that their authors publish. Solutions are Python, run under confinement.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// A problem and how an answer becomes a program.
struct CodeProblem {
  std::string set;   ///< "HumanEval" or "MBPP"
  std::string name;  ///< "HumanEval/12", "MBPP/601"
  std::string prompt;
  std::vector<std::string> stop;  ///< an answer ends before these
  std::string before, after;      ///< of the answer in the program
  std::string solution;           ///< the authors' own answer; empty: none
};

/// The problems of a file's text, of either set (known by its fields). Errors name the line.
Result<std::vector<CodeProblem>> parse_code_problems(std::string_view text);

/// The program that an answer makes.
std::string program_of(const CodeProblem& problem, const std::string& answer);

/// How an answer did.
struct CodeOutcome {
  bool passed = false;
  std::string reason;  ///< why it did not: the last line that Python wrote, or how it ended
};

/// Python 3: the system's, else the one in PATH, which must be a program itself and no script that
/// starts one.
std::optional<std::filesystem::path> find_python();

/// Runs the program of an answer by `python` (an absolute path) in a process without network,
/// other processes or written files, with 1 GiB of memory. Fails only if it cannot be run at all.
Result<CodeOutcome> run_answer(const CodeProblem& problem, const std::string& answer,
                               const std::filesystem::path& python,
                               std::chrono::milliseconds deadline);

}  // namespace llmc
