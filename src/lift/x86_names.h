// LLVM's names of x86-64 registers and instructions, taken apart.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace llmc {

/// A general register, or part of one.
struct X86Register {
  unsigned number = 0;  ///< rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 … r15: as encoded
  unsigned width = 64;  ///< bits: 8, 16, 32, 64
  bool high = false;    ///< ah, ch, dh, bh

  friend bool operator==(const X86Register&, const X86Register&) = default;
};

inline constexpr unsigned k_rax = 0, k_rcx = 1, k_rdx = 2, k_rbx = 3, k_rsp = 4, k_rbp = 5,
                          k_rsi = 6, k_rdi = 7;

/// The registers of the first six integer arguments under the System V convention, in order.
inline constexpr std::array<unsigned, 6> k_argument_registers = {k_rdi, k_rsi, k_rdx, k_rcx, 8, 9};

/// "EAX", "R8D", "SIL", …; nothing for other registers.
std::optional<X86Register> x86_register(std::string_view name);

/// The number of "XMM0" to "XMM15".
std::optional<unsigned> xmm_register(std::string_view name);

/// "ADD32ri8" is ADD, 32, "ri8"; "CDQ" is CDQ, 0, ""; "MOVSX64rm32" is MOVSX, 64, "rm32";
/// "LEA64_32r" is LEA, 64, "_32r". Suffixes that say nothing of the meaning (_REV, _alt, _NOREX,
/// _Int) are dropped.
struct X86Name {
  std::string_view stem;
  unsigned width = 0;
  std::string_view form;
};

/// For instructions on general registers; the stem of vector instructions is not of use.
X86Name x86_name(std::string_view name);

/// Condition codes in the order of their encoding, as JCC, SETCC and CMOV carry them.
enum class X86Condition { o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g };

}  // namespace llmc
