// Entering code that nobody vouches for, and the way out of it.
#pragma once

#include <cstdint>
#include <string>

namespace llmc {

/// The registers of the function under test, at k_context_address, where the trampoline's
/// instructions find it by number. What the registers are for is in machine.h.
struct CallContext {
  std::uint64_t general[32];  ///< as the processor numbers them; sp is the last one of AArch64
  std::uint64_t vectors[32][2];
  std::uint64_t target;  ///< what is entered
  std::uint64_t host_stack;  ///< the runner's own stack
  std::uint64_t flags;  ///< after the return; of x86-64 alone
  std::uint64_t control;  ///< of floating-point numbers (mxcsr, fpcr), after the return
  std::uint64_t standard_control;  ///< before the call and for the runner
  std::uint64_t returned;  ///< 1: the function came back by itself
};

inline constexpr std::uint64_t k_context_address = 0x1000'0000;

/// The context; it must be mapped.
inline CallContext& call_context() { return *reinterpret_cast<CallContext*>(k_context_address); }

/// Loads all registers from the context and jumps to its target. Comes back when the code returns
/// to `return_address()`, with the registers in the context, or when `leave_address()` is reached.
void enter_function();

/// Where the entered code must return to.
std::uint64_t return_address();

/// Where a signal handler sends the processor to give a run up.
std::uint64_t leave_address();

/// Gives the run up from within a call handler.
[[noreturn]] void leave_function();

/// In a signal handler, whose third argument is `signal_context`: the interrupted code goes on at
/// `leave_address()`.
void divert_to_leave(void* signal_context);

/// The machine code, for k_stub_base, of `count` stubs of k_stub_size bytes each and of what they
/// have in common: calls `llmc_handle_call` with the number of the stub on the runner's stack, with
/// the registers in the context, and returns to the caller with the registers that it has left
/// there. No register is touched that callers may count on.
std::string stub_code(std::size_t count);

}  // namespace llmc

/// What an intercepted call does.
extern "C" void llmc_handle_call(std::uint64_t number);
