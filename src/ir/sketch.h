// The sketch of a module: what it does, told without its data flow, in a fifth of the tokens of its
// normal form.
#pragma once

#include <cstddef>
#include <string>

#include "ir/module.h"

namespace llmc {

/// What is not told: lines beyond so many are left out of the middle.
struct SketchOptions {
  std::size_t most_lines = 700;
};

/// One line for each parameter, global variable and instruction of `module`, each beginning with a
/// line break; equal neighbours are one line with a count. Which values an instruction reads is not
/// said, but of which kind they are. The text depends on the module alone, not on names or on debug
/// information.
///
///     line     := "\n" what [" x" count]                     2 to 20, which also stands for more
///     what     := "fn" type fact* | "arg" type ["sret"] ["byval"] | "global" ("const" | "var")
///               | "..."                                      lines left out
///               | opcode fact*                               an instruction
///     type     := "i32" | "ptr" | "float" | … | "[" | "{" | "<" | "void" | "?"
///
/// Facts of instructions: the type that is loaded, stored, allocated or computed with; "c" where an
/// operand is a constant, "0" where it is zero, "@" where it is a global; the predicate of a
/// comparison; of a branch "?" if it is conditional and "back" if it goes to its own block or one
/// before it; of a call the intrinsic's name, or the number of arguments as "n2", and "*" if it is
/// indirect; of a switch and a phi how many ways.
///
///     int abs(int x) { return x < 0 ? -x : x; }
///
///     fn i32 nounwind / arg i32 / alloca i32 / store i32 / load i32 / icmp slt i32 0 / br ? / …
std::string sketch_of(const IrModule& module, const SketchOptions& options = {});

/// `sketch` with so many lines at most, as `sketch_of` leaves out the middle.
std::string shorten_sketch(const std::string& sketch, std::size_t most_lines);

}  // namespace llmc
