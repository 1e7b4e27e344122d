// What the compiler makes of programs of the corpus: the answers of data sets. All of this runs in
// children.
#pragma once

#include <string>

#include "corpus/compiler.h"
#include "tasks/answers.h"

namespace llmc {

/// The pipeline of -Oz as lists spell it.
inline constexpr const char* k_oz = "default<Oz>";

/// The program after -Oz, and the assembly of the module which that text stands for, so that one
/// can be checked against the other.
struct OzCode {
  std::string text, assembly;
};

Result<OzCode> oz_code(const FunctionProgram& program, const CorpusCompiler& compiler);

/// The normal form of the program after `list` (empty: as it is).
Result<std::string> text_after(const FunctionProgram& program, const std::string& list,
                               const CorpusCompiler& compiler);

/// What a pass list makes of a program, as IR and as assembly.
struct Emulated {
  EmulationAnswer ir, assembly;
};

Result<Emulated> emulate(const FunctionProgram& program, const std::string& passes,
                         const CorpusCompiler& compiler);

}  // namespace llmc
