// Entering code that nobody vouches for, and the way out of it.
#pragma once

#include <cstdint>

namespace llmc {

/// The registers of the function under test, at k_context_address, where the trampoline's
/// instructions find it by number.
struct CallContext {
  std::uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
  std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
  std::uint64_t xmm[16][2];
  std::uint64_t target;  ///< what is entered
  std::uint64_t host_rsp;  ///< the runner's own stack
  std::uint64_t flags;  ///< after the return
  std::uint32_t mxcsr;  ///< after the return
  std::uint32_t standard_mxcsr;  ///< before the call and for the runner
  std::uint64_t returned;  ///< 1: the function came back by itself
};

inline constexpr std::uint64_t k_context_address = 0x1000'0000;

/// The context; it must be mapped.
inline CallContext& call_context() { return *reinterpret_cast<CallContext*>(k_context_address); }

/// Whether this machine's processor runs code for x86-64.
bool can_enter_functions();

/// Loads all registers from the context and jumps to its target. Comes back when the code returns
/// to `return_address()`, with the registers in the context, or when `leave_address()` is reached.
void enter_function();

/// Where the entered code must return to.
std::uint64_t return_address();

/// Where a signal handler sends the processor to give a run up.
std::uint64_t leave_address();

/// Gives the run up from within a call handler.
[[noreturn]] void leave_function();

/// Where stubs go on, with the number of the stub on the stack above the return address: calls
/// `llmc_handle_call(number)` on the runner's stack, with the registers in the context, and
/// returns to the caller with the registers that it has left there.
std::uint64_t stub_continuation();

}  // namespace llmc

/// What an intercepted call does.
extern "C" void llmc_handle_call(std::uint64_t number);
