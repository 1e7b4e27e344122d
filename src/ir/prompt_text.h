// Modules as the LLM Compiler read them in training: as LLVM prints them, from standard input.
#pragma once

#include <string>

#include "ir/module.h"

namespace llmc {

/// How much of a module is printed.
enum class PromptDetail {
  full,     ///< everything
  stripped  ///< without debug information, names of values, and declarations that nothing uses
};

/// The text of `module` as `opt -S` prints what it reads from standard input: the module's name is
/// '<stdin>', its source "-"; attributes and metadata stand below.
std::string prompt_text(const IrModule& module, PromptDetail detail);

}  // namespace llmc
