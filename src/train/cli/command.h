// Subcommands: a table of rows, and what they share.
#pragma once

#include <string>
#include <vector>

#include "support/error.h"
#include "support/exit_code.h"

namespace llmc::train {

/// One subcommand. `run` gets what follows its name and returns an exit code.
struct Command {
  const char* name;
  const char* help;  ///< one line
  int (*run)(const std::vector<std::string>& arguments);
};

/// A table of subcommands: of the program, or of a command that has some of its own.
struct CommandTable {
  const char* program;  ///< "llmc-train", "llmc-train tokenizer"
  const char* summary;  ///< the sentence at the top of its help
  std::vector<Command> commands;
};

/// Finds the subcommand that `arguments` begin with and runs it, or prints the help of the table.
int run_command(const CommandTable& table, const std::vector<std::string>& arguments);

/// Prints "llmc-train: error: …" and returns the exit code of the error's kind.
int report(const Error& error);

/// Prints "llmc-train: warning: …".
void warn(const std::string& message);

/// Prints "llmc-train: …".
void say(const std::string& message);

}  // namespace llmc::train
