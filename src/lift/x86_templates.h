// What single instructions do. Included by the .cpp files of the lifter only.
#pragma once

#include "lift/x86_machine.h"

namespace llmc {

/// Each does to `machine` what `instruction` does to the processor, and is false if it does not
/// know the instruction. What is known but cannot be said becomes the machine's refusal. Jumps,
/// calls, returns, and what moves the stack pointer are the caller's.
bool lift_integer(X86Machine& machine, const AsmInstruction& instruction);  ///< general registers
bool lift_string(X86Machine& machine, const AsmInstruction& instruction);  ///< rep stos, movs
bool lift_vector(X86Machine& machine, const AsmInstruction& instruction);  ///< xmm registers

/// The names in their tables, without the form of operands, so that tests can tell what they miss.
std::vector<std::string_view> integer_templates();
std::vector<std::string_view> string_templates();
std::vector<std::string_view> vector_templates();

/// True if `instruction` sets flags (all that later instructions may read).
bool sets_flags(const AsmInstruction& instruction);

/// The flags that `instruction` reads, as X86FlagBits.
unsigned flags_read_by(const AsmInstruction& instruction);

}  // namespace llmc
