// The subcommands: a table of rows, and what they share.
#pragma once

#include <string>
#include <vector>

#include "support/error.h"
#include "support/exit_code.h"

namespace CLI {
class App;
}  // namespace CLI

namespace llmc {

/// One subcommand.
struct Command {
  const char* name;
  const char* help;  ///< one line
  int (*run)(const std::vector<std::string>& arguments);
  bool hidden = false;  ///< called by llmc itself; not in the help
};

int run_ask(const std::vector<std::string>& arguments);
int run_bisect(const std::vector<std::string>& arguments);
int run_cc(const std::vector<std::string>& arguments);
int run_cxx(const std::vector<std::string>& arguments);
int run_check(const std::vector<std::string>& arguments);
int run_corpus(const std::vector<std::string>& arguments);
int run_dataset(const std::vector<std::string>& arguments);
int run_eval(const std::vector<std::string>& arguments);
int run_difftest(const std::vector<std::string>& arguments);
int run_emit(const std::vector<std::string>& arguments);
int run_emulate(const std::vector<std::string>& arguments);
int run_judge(const std::vector<std::string>& arguments);
int run_optimize(const std::vector<std::string>& arguments);
int run_opt(const std::vector<std::string>& arguments);
int run_relift(const std::vector<std::string>& arguments);
int run_reduce_test(const std::vector<std::string>& arguments);
int run_score(const std::vector<std::string>& arguments);
int run_serve(const std::vector<std::string>& arguments);
int run_size(const std::vector<std::string>& arguments);
int run_launch(const std::vector<std::string>& arguments);
int run_lift(const std::vector<std::string>& arguments);
int run_lock(const std::vector<std::string>& arguments);
int run_model(const std::vector<std::string>& arguments);
int run_passes(const std::vector<std::string>& arguments);
int run_perplexity(const std::vector<std::string>& arguments);
int run_portfolio(const std::vector<std::string>& arguments);
int run_project(const std::vector<std::string>& arguments);
int run_tune(const std::vector<std::string>& arguments);

/// All subcommands, in the order in which help shows them.
const std::vector<Command>& commands();

/// Finds the subcommand and runs it; the whole of `main`.
int run_command_line(int argc, char** argv);

/// Parses `arguments`; returns an exit code if the command is over (help was asked for, or the
/// usage is wrong), else -1.
int parse_options(CLI::App& app, const std::vector<std::string>& arguments);

/// Prints "llmc: error: …" and returns the exit code of the error's kind.
int report(const Error& error);

/// Prints "llmc: warning: …".
void warn(const std::string& message);

}  // namespace llmc
