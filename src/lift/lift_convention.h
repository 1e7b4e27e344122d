// What calls look like on each processor, as far as lifting has to know. Included by the .cpp files
// of the lifter only.
#pragma once

#include <cstdint>
#include <span>

#include "ir/normal_form.h"

namespace llmc {

/// The convention of a target: System V on x86-64, AAPCS64 as Linux has it on AArch64. Registers
/// have the numbers that the machine of the target gives them.
struct LiftConvention {
  NormalTarget target = NormalTarget::x86_64;
  std::span<const unsigned> arguments;  ///< general registers of the first integers, in order
  unsigned result = 0, second = 0;  ///< general registers of an integer result, and of a second one
  unsigned real_arguments = 8;  ///< so many of the first vector registers are arguments
  std::span<const unsigned> changed;  ///< general registers that a call may change
  std::span<const unsigned> halves_kept;  ///< vector registers whose lower half no call changes
  bool tells_variadic = false;  ///< a register says that a call is one of a variadic function
  std::int64_t stack_arguments = 0;  ///< where they begin, from the stack pointer at entry
};

/// The convention of `target`; it lives as long as the program.
const LiftConvention& convention_of(NormalTarget target);

}  // namespace llmc
