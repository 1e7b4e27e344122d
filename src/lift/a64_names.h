// LLVM's names of AArch64 registers, and the codes in operands, taken apart.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmc {

/// A general register or a vector register, or the lower part of one.
struct A64Register {
  enum class Class { general, vector };
  Class kind = Class::general;
  unsigned number = 0;  ///< x0 … x30; k_zero_register, k_stack_register; v0 … v31
  unsigned width = 64;  ///< bits: 32 and 64; of vectors 8 to 128

  friend bool operator==(const A64Register&, const A64Register&) = default;
};

inline constexpr unsigned k_frame_register = 29, k_link = 30, k_zero_register = 31,
                          k_stack_register = 32;

/// The register that a function is told where to put a structure that it gives back.
inline constexpr unsigned k_indirect_result = 8;

/// "W0", "X19", "FP", "LR", "SP", "WZR", "D8", …; nothing for other registers.
std::optional<A64Register> a64_register(std::string_view name);

/// Condition codes in the order of their encoding.
enum class A64Condition { eq, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le, al, nv };

inline A64Condition negated(A64Condition code) {
  return static_cast<A64Condition>(static_cast<unsigned>(code) ^ 1);
}

/// The flags as the four bits of an instruction's operand.
enum A64FlagBits : unsigned { k_a64_overflow = 1, k_a64_carry = 2, k_a64_zero = 4, k_a64_sign = 8 };

/// The flags that `code` looks at.
unsigned flags_of(A64Condition code);

/// True if `code` holds where exactly the flags in `flags` are set.
bool holds(A64Condition code, unsigned flags);

/// The operand that says how a register is shifted: by how much, and how.
struct A64Shift {
  enum class Kind { lsl, lsr, asr, ror };
  Kind kind = Kind::lsl;
  unsigned amount = 0;
};
std::optional<A64Shift> a64_shift(std::int64_t operand);

/// The operand that says how a register is extended: from which width, and then shifted left.
struct A64Extension {
  unsigned from = 64;
  bool is_signed = false;
  unsigned amount = 0;
};
A64Extension a64_extension(std::int64_t operand);

/// The bits that the immediate of a logical instruction of `width` bits stands for (Arm
/// Architecture Reference Manual, DecodeBitMasks); nothing if it stands for none.
std::optional<std::uint64_t> a64_logical_immediate(std::int64_t operand, unsigned width);

/// The number that the eight bits of fmov's immediate stand for (VFPExpandImm).
double a64_float_immediate(std::int64_t operand);

/// Eight bits, each repeated eight times (movi of 64 bits).
std::uint64_t a64_byte_mask(std::int64_t operand);

}  // namespace llmc
