// What the tests of assembly have in common: text read, sources compiled.
#pragma once

#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "testing.h"

namespace llmc::test {

/// `text` read as assembly for `target`.
inline AsmUnit read_text(std::string_view text, NormalTarget target = NormalTarget::x86_64,
                         AsmSyntax syntax = AsmSyntax::detect) {
  return take(read_assembly(text, target, "test.s", syntax), "the assembly");
}

/// The one function of `text`, which must have one.
inline AsmFunction read_function(std::string_view text,
                                 NormalTarget target = NormalTarget::x86_64) {
  AsmUnit unit = read_text(text, target);
  if (unit.functions.size() != 1) throw std::runtime_error("not one function");
  return unit.functions[0];
}

/// What clang writes for the C source `text` with `arguments`, for `target`, without headers.
inline std::string compiled(std::string_view text, NormalTarget target,
                            std::vector<std::string> arguments) {
  const TemporaryFolder folder = temporary_folder();
  const auto source = folder.path() / "test.c", output = folder.path() / "output";
  if (!write_file(source, text)) throw std::runtime_error("no source");
  std::vector<std::string> command = {llvm_tool("clang"),
                                      "-ffreestanding",
                                      "--target=" + std::string(triple_of(target)),
                                      source.string(),
                                      "-o",
                                      output.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  output_of(command);
  return contents(output);
}

/// The bytes of the object that clang's assembler makes of `text`.
inline std::string assembled(std::string_view text, NormalTarget target = NormalTarget::x86_64) {
  const TemporaryFolder folder = temporary_folder();
  const auto source = folder.path() / "test.s", output = folder.path() / "test.o";
  if (!write_file(source, text)) throw std::runtime_error("no source");
  output_of({llvm_tool("clang"), "--target=" + std::string(triple_of(target)), "-c",
             source.string(), "-o", output.string()});
  return contents(output);
}

/// LLVM's names of the instructions.
inline std::vector<std::string> names_of(const AsmFunction& function) {
  std::vector<std::string> names;
  for (const AsmInstruction& instruction : function.instructions)
    names.emplace_back(instruction.name);
  return names;
}

/// The instructions as LLVM prints them.
inline std::vector<std::string> texts_of(const AsmFunction& function) {
  std::vector<std::string> texts;
  for (const AsmInstruction& instruction : function.instructions) texts.push_back(instruction.text);
  return texts;
}

}  // namespace llmc::test
