#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "support/terminal.h"
#include "support/text.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

void print_help() {
  fmt::print(
      "llmc makes compiled code smaller than clang -Oz, and shows that it may.\n\n"
      "Usage: llmc COMMAND [OPTIONS] FILES...\n\nCommands:\n");
  for (const Command& command : commands())
    if (!command.hidden) fmt::print("  {:<10} {}\n", command.name, command.help);
  fmt::print(
      "\n`llmc COMMAND --help` explains a command; `llmc --version` says which LLVM is "
      "inside.\n");
}

/// What to say after the name of a command that does not exist.
std::string suggestion(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands())
    if (!command.hidden) names.emplace_back(command.name);
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? "; `llmc --help` lists the commands"
                         : fmt::format("; did you mean '{}'?", nearest);
}

/// Runs a command; standard output that cannot be written to makes it a failure.
int run_checked(const Command& command, const std::vector<std::string>& arguments) {
  const auto lost = [](const std::string& why) {
    return report({"standard output: cannot write: " + why + "; what was printed is incomplete"});
  };
  try {
    const int code = command.run(arguments);
    if (std::fflush(stdout) != 0) return lost(std::strerror(errno));
    return std::ferror(stdout) == 0 ? code : lost("an earlier write failed");
  } catch (const std::system_error& error) {  // fmt's way of saying the same
    return lost(error.code().message());
  }
}

/// The command that a link of this name stands for; null if it is no compiler's.
int (*compiler_called(const std::string& path))(const std::vector<std::string>&) {
  const std::string name = std::filesystem::path(path).filename().string();
  if (name == "clang" || name == "cc") return run_cc;
  if (name == "clang++" || name == "c++") return run_cxx;
  return nullptr;
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"optimize", "smaller programs: a model proposes, the compiler measures, a suite tests",
       run_optimize},
      {"tune", "search for the pass list that makes each program smallest", run_tune},
      {"check", "test pass lists on a suite of programs", run_check},
      {"bisect", "find the pass execution that makes a program go wrong", run_bisect},
      {"cc", "compile as clang does, with a pass list for each unit", run_cc},
      {"c++", "the same as clang++", run_cxx},
      {"launch", "the same in front of a compiler: a launcher for CMake", run_launch},
      {"lock", "which pass list each unit of a project is compiled with", run_lock},
      {"project", "tune a whole project as it is built, and lock what was found", run_project},
      {"difftest", "run a project's own tests on what pass lists make of it", run_difftest},
      {"size", "measure sources, IR or objects", run_size},
      {"opt", "apply a pass list to a program", run_opt},
      {"emit", "turn sources into unoptimised IR", run_emit},
      {"emulate", "what a model says that a pass list does, beside what it does", run_emulate},
      {"lift", "assembly and objects back to IR, with how far it is proven", run_lift},
      {"relift", "assembly made smaller by way of IR", run_relift},
      {"ask", "give a model a prompt", run_ask},
      {"model", "show the model that is asked, and how fast it is", run_model},
      {"perplexity", "how well a model predicts texts", run_perplexity},
      {"corpus", "collect programs, and label them with their best pass lists", run_corpus},
      {"dataset", "turn sources into training data", run_dataset},
      {"portfolio", "choose lists for searches to start from", run_portfolio},
      {"judge", "try every pass on suites of programs and make the verdict table", run_judge},
      {"passes", "list the passes of this LLVM and how far each is trusted", run_passes},
      {"eval", "what proposers of pass lists are worth, side by side", run_eval},
      {"score", "count how many of a model's answers are right", run_score},
      {"serve", "the same over HTTP as JSON", run_serve},
      {"reduce-test", "", run_reduce_test, true},
  };
  return table;
}

int run_command_line(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (auto* const compiler = compiler_called(argv[0])) return compiler(arguments);
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    print_help();
    return arguments.empty() ? k_exit_usage : k_exit_done;
  }
  if (arguments[0] == "--version") {
    fmt::print("llmc {} (LLVM {})\n", LLMC_VERSION, toolchain_version());
    return k_exit_done;
  }
  const std::string name = arguments[0];
  arguments.erase(arguments.begin());
  for (const Command& command : commands())
    if (name == command.name) return run_checked(command, arguments);
  return report({fmt::format("unknown command '{}'{}", name, suggestion(name)), ErrorKind::usage});
}

int parse_options(CLI::App& app, const std::vector<std::string>& arguments) {
  // CLI11 takes the arguments from the back.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return k_exit_done;
  } catch (const CLI::ParseError& error) {
    return report(
        {fmt::format("{}; `{} --help` explains", error.what(), app.get_name()), ErrorKind::usage});
  }
  return -1;
}

int report(const Error& error) {
  const Style style = Style::for_standard_error();
  fmt::print(stderr, "llmc: {}error:{} {}\n", style.red, style.plain, error.message);
  return exit_code(error.kind);
}

void warn(const std::string& message) {
  const Style style = Style::for_standard_error();
  fmt::print(stderr, "llmc: {}warning:{} {}\n", style.yellow, style.plain, message);
}

}  // namespace llmc
