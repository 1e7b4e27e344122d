// What a child needs before it runs code that nobody vouches for: memory at fixed addresses, a way
// out of faults and endless loops, and no system calls.
#pragma once

#include <chrono>
#include <cstdint>

#include "execution/inputs.h"
#include "execution/link.h"
#include "support/error.h"

namespace llmc {

struct PairPlan;

/// Maps stack, arenas, heap, data, stubs, and the code and constants of `side`.
Result<void> map_everything(const PairPlan& plan, const SideImage& side);

/// Takes over the signals of faults and the timer, and refuses system calls from now on.
Result<void> confine_runner();

/// How a guarded run ended: 0, or the number of the signal (SIGALRM: out of time).
struct GuardedEnd {
  int signal = 0;
  std::uint64_t address = 0;
};

/// Enters the function that the context says; faults and more than `limit` of processor time end
/// it.
GuardedEnd run_guarded(std::chrono::milliseconds limit);

}  // namespace llmc
