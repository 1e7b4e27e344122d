// llmc eval: what models and other proposers are worth, on real programs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/command.h"
#include "cli/eval_common.h"
#include "cli/eval_compare.h"
#include "cli/eval_report.h"

namespace llmc {
namespace {

constexpr std::array k_eval_commands = {
    Command{"init", "a suite of a source tree: its units, how it is built and run", run_eval_init},
    Command{"flags", "gain over -Oz with the first k pass lists of each proposer", run_eval_flags},
    Command{"lift", "assembly back to IR: how far, and by whom", run_eval_lift},
    Command{"emulate", "a model as a compiler: compiles, exact, BLEU", run_eval_emulate},
    Command{"perplexity", "how well a model foresees IR and assembly", run_eval_perplexity},
    Command{"code", "HumanEval and MBPP: programs that a model writes", run_eval_code},
    Command{"report", "one HTML page of results: plots, tables, every unit", run_eval_report},
    Command{"compare", "two files of results against each other", run_eval_compare},
    Command{"merge", "several files of results as one", run_eval_merge},
};

void print_eval_help() {
  fmt::print(
      "What models and other proposers are worth, on real programs.\n\n"
      "Usage: llmc eval COMMAND [OPTIONS] ...\n\nCommands:\n");
  for (const Command& one : k_eval_commands) fmt::print("  {:<12} {}\n", one.name, one.help);
  fmt::print("\n`llmc eval COMMAND --help` explains a command.\n");
}

}  // namespace

int run_eval(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_eval_help();
    return arguments.empty() ? k_exit_usage : k_exit_done;
  }
  const auto found = std::ranges::find_if(
      k_eval_commands, [&](const Command& one) { return arguments[0] == one.name; });
  if (found != k_eval_commands.end()) return found->run({arguments.begin() + 1, arguments.end()});
  return report(
      {fmt::format("eval {}: no such command; `llmc eval --help` lists them", arguments[0]),
       ErrorKind::usage});
}

}  // namespace llmc
