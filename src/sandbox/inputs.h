// What the user names on the command line, as programs: sources, IR, compilation databases.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/child.h"
#include "toolchain/front_end.h"
#include "toolchain/program.h"

namespace llmc {

/// One translation unit to load: a compile command, or a file of IR or an object.
struct Input {
  std::string name;
  std::optional<CompileCommand> command;  ///< none: read the file itself
};

/// The units that `paths` stand for: a source file is compiled with `flags`; a
/// compile_commands.json, or a folder that holds one, stands for all of its entries (those of
/// `flags` are added); anything else is a file of IR, or an object. Missing files are errors.
Result<std::vector<Input>> find_inputs(const std::vector<std::string>& paths,
                                       const std::vector<std::string>& flags);

/// Loads one unit. IR files come from anywhere, so they are first read in a child that may die of
/// them; `codegen` is what IR files are lowered with; sources bring their own options
/// but for its level.
Result<Program> load_program(const Input& input, const CodegenOptions& codegen);

/// The program in `bytes` of unknown origin, read first in a child that may die of them.
Result<Program> program_from_bytes(std::string_view bytes, const std::string& name,
                                   const CodegenOptions& codegen);

/// What clang itself makes of a source unit at -Oz -c.
Result<std::string> clang_baseline_object(const Input& input);

}  // namespace llmc
