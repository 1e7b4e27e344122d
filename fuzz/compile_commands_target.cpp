#include <unistd.h>

#include <string>

#include "fuzz/targets.h"
#include "support/files.h"
#include "toolchain/front_end.h"

namespace llmc::fuzz {

const char* check_compile_commands(std::string_view bytes) {
  static const auto folder = TemporaryFolder::create();
  if (!folder) return "no temporary folder";
  const auto path = folder->path() / "compile_commands.json";
  if (!write_file(path, bytes)) return "the bytes cannot be written";
  const auto commands = read_compile_commands(path);
  if (!commands) return commands.error().message.empty() ? "an error without words" : nullptr;
  for (const CompileCommand& command : *commands) {
    // What is kept is kept again: own_flags drops nothing that it has kept.
    if (own_flags(command.flags, command.file.string()) != command.flags)
      return "own_flags is not idempotent";
  }
  return nullptr;
}

}  // namespace llmc::fuzz
