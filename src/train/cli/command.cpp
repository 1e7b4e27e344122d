#include "train/cli/command.h"

#include <cstdio>

#include "support/terminal.h"
#include "support/text.h"

namespace llmc::train {
namespace {

void print_help(const CommandTable& table) {
  std::printf("Usage: %s COMMAND [OPTIONS]\n\n%s\n\nCommands:\n", table.program, table.summary);
  for (const Command& command : table.commands)
    std::printf("  %-12s %s\n", command.name, command.help);
  std::printf("\n`%s COMMAND --help` explains a command.\n", table.program);
}

/// What to say after the name of a command that does not exist.
std::string suggestion(const CommandTable& table, const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : table.commands) names.emplace_back(command.name);
  const std::string nearest = nearest_name(name, names);
  return nearest.empty() ? std::string("; `") + table.program + " --help` lists the commands"
                         : "; did you mean '" + nearest + "'?";
}

void talk(const char* colour, const char* label, const std::string& message) {
  std::fprintf(stderr, "llmc-train: %s%s%s%s\n", colour, label,
               *colour == '\0' ? "" : Style::for_standard_error().plain, message.c_str());
}

}  // namespace

int run_command(const CommandTable& table, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    print_help(table);
    return arguments.empty() ? k_exit_usage : k_exit_done;
  }
  for (const Command& command : table.commands)
    if (arguments[0] == command.name) return command.run({arguments.begin() + 1, arguments.end()});
  return report({"unknown command '" + arguments[0] + "'" + suggestion(table, arguments[0]),
                 ErrorKind::usage});
}

int report(const Error& error) {
  talk(Style::for_standard_error().red, "error: ", error.message);
  return exit_code(error.kind);
}

void warn(const std::string& message) {
  talk(Style::for_standard_error().yellow, "warning: ", message);
}

void say(const std::string& message) { talk("", "", message); }

}  // namespace llmc::train
