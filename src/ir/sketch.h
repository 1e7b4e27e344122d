// The sketch of a module: which instructions it has and how many of each, in a tenth of the tokens
// of its normal form.
#pragma once

#include <cstddef>
#include <string>

#include "ir/module.h"

namespace llmc {

/// What is not told: of more kinds of lines than these, the rarest.
struct SketchOptions {
  std::size_t most_lines = 400;
};

/// One line for each kind of parameter, global variable and instruction of `module`, with how many
/// there are, sorted; the first line counts them all. Each begins with a line break. What matters
/// for how a program's size responds to passes is mostly what it consists of, and counts are what a
/// small model takes longest to find out by itself (measured: docs/model.md). The text depends on
/// the module alone, not on names or on debug information.
///
///     sketch := "\nall x" count ("\n" what [" x" count])*
///     what   := "fn" type fact* | "arg" type ["sret"] ["byval"] | "global" ("const" | "var")
///             | opcode fact*                               an instruction
///     type   := "i32" | "ptr" | "float" | … | "[" | "{" | "<" | "void" | "?"
///     count  := 2, 3, 4, 6, 8, 12, 16, …, 256              the next of these from below; none is 1
///
/// Facts of instructions: the type that is loaded, stored, allocated or computed with; "c" where an
/// operand is a constant, "0" where it is zero, "@" where it is a global; the predicate of a
/// comparison; of a branch "?" if it is conditional and "back" if it goes to its own block or one
/// before it; of a call the intrinsic's name, or the number of arguments as "n2", and "*" if it is
/// indirect; of a switch and a phi how many ways.
///
///     int abs(int x) { return x < 0 ? -x : x; }
///
///     all x12 / alloca i32 / arg i32 / br x2 / br ? / fn i32 nounwind / icmp slt i32 0 / load i32
///     x3 …
std::string sketch_of(const IrModule& module, const SketchOptions& options = {});

/// `sketch` with so many kinds of lines at most, as `sketch_of` leaves out the rarest.
std::string shorten_sketch(const std::string& sketch, std::size_t most_lines);

}  // namespace llmc
