// One row of knowledge: what a pass list does to a program.
#pragma once

#include <string>

#include "sandbox/child.h"
#include "support/digest.h"
#include "toolchain/measurement.h"

namespace llmc {

/// The list name under which the -Oz baseline is recorded; no pass list can be spelled so.
inline constexpr std::string_view k_baseline_list = "clang -Oz";

/// The outcome of applying a pass list to a program. Failures are rows too.
struct Evaluation {
  Digest program;
  std::string list;  ///< canonical text, or k_baseline_list
  Outcome outcome = Outcome::fatal;
  Measurement sizes;      ///< zero unless the outcome is ok
  Digest ir;              ///< of the optimised IR; zero unless ok
  double seconds = 0;     ///< spent on this row; for a timeout, the deadline
  std::string message;    ///< why it failed, if it did

  [[nodiscard]] bool ok() const { return outcome == Outcome::ok; }
};

/// What a search makes small.
enum class Objective { binary, instructions };

/// The number to be minimised: bytes of binary size, or IR instructions.
inline std::uint64_t cost(const Measurement& sizes, Objective objective) {
  return objective == Objective::binary ? sizes.binary_size() : sizes.instructions;
}

}  // namespace llmc
