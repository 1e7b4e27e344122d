// What functions keep to on the machine that this is compiled for: numbers of registers in a
// CallContext, and what a call does to the stack.
#pragma once

#include <array>
#include <cstdint>

#include "execution/trampoline.h"
#include "ir/normal_form.h"

namespace llmc {

#if defined(__x86_64__)

/// The code that can be entered here.
inline constexpr NormalTarget k_machine = NormalTarget::x86_64;
inline constexpr std::array<unsigned, 6> k_argument_registers = {7, 6, 2, 1, 8, 9};
inline constexpr std::array<unsigned, 2> k_result_registers = {0, 2};
/// What a function must leave as it was.
inline constexpr std::array<unsigned, 6> k_preserved_registers = {3, 5, 12, 13, 14, 15};
/// What else a call may change.
inline constexpr std::array<unsigned, 7> k_scratch_registers = {1, 6, 7, 8, 9, 10, 11};
inline constexpr unsigned k_stack_register = 4;
inline constexpr unsigned k_vectors = 16;
inline constexpr unsigned k_vector_results = 2;
/// Of these vector registers a function must leave the lower half as it was.
inline constexpr unsigned k_first_preserved_vector = 0;
inline constexpr unsigned k_preserved_vectors = 0;
/// What a call leaves on the stack: the return address; and with it a stub: its number.
inline constexpr std::uint64_t k_call_bytes = 8;
inline constexpr std::uint64_t k_stub_bytes = 8;
/// Bits of flags (the direction) and of mxcsr (no exceptions that have happened) that must be
/// standard after a return.
inline constexpr std::uint64_t k_checked_flags = 0x400;
inline constexpr std::uint64_t k_checked_control = 0xffc0;
inline constexpr std::uint64_t k_standard_control = 0x1f80;

#elif defined(__aarch64__)

inline constexpr NormalTarget k_machine = NormalTarget::aarch64;
/// x8, where callers say where a large result goes, counts as a ninth argument.
inline constexpr std::array<unsigned, 9> k_argument_registers = {0, 1, 2, 3, 4, 5, 6, 7, 8};
inline constexpr std::array<unsigned, 2> k_result_registers = {0, 1};
inline constexpr std::array<unsigned, 11> k_preserved_registers = {19, 20, 21, 22, 23, 24,
                                                                   25, 26, 27, 28, 29};
/// The link register too, but only a stub writes it: it returns there.
inline constexpr std::array<unsigned, 17> k_scratch_registers = {2,  3,  4,  5,  6,  7,  8,  9, 10,
                                                                 11, 12, 13, 14, 15, 16, 17, 18};
inline constexpr unsigned k_link_register = 30;
inline constexpr unsigned k_stack_register = 31;
inline constexpr unsigned k_vectors = 32;
inline constexpr unsigned k_vector_results = 4;
inline constexpr unsigned k_first_preserved_vector = 8;
inline constexpr unsigned k_preserved_vectors = 8;
inline constexpr std::uint64_t k_call_bytes = 0;
inline constexpr std::uint64_t k_stub_bytes = 0;
inline constexpr std::uint64_t k_checked_flags = 0;
inline constexpr std::uint64_t k_checked_control = ~std::uint64_t{0};
inline constexpr std::uint64_t k_standard_control = 0;

#else
#error "functions can be entered on x86-64 and AArch64 only"
#endif

/// Whether a call leaves the lower half of that vector register alone.
constexpr bool is_preserved_vector(unsigned number) {
  return number - k_first_preserved_vector < k_preserved_vectors;
}

/// Makes `context` one of a function that has just been called and that returns to `address`.
/// `stack` is what the stack pointer was before the call, a multiple of 16.
inline void begin_call(CallContext& context, std::uint64_t stack, std::uint64_t address) {
  context.general[k_stack_register] = stack - k_call_bytes;
#if defined(__aarch64__)
  context.general[k_link_register] = address;
#else
  *reinterpret_cast<std::uint64_t*>(stack - k_call_bytes) = address;
#endif
}

}  // namespace llmc
