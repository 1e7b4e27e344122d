// Undefined behaviour made visible: what the text of IR promises and a run does not keep.
#pragma once

#include <string_view>

namespace llvm {
class Function;
}  // namespace llvm

namespace llmc {

/// The function that checked code calls where it does what its IR says never happens.
inline constexpr std::string_view k_undefined_function = "llmc$undefined";

/// Adds checks to `function`: of flags (nsw, nuw, nneg, disjoint), of shift amounts, of indices
/// into arrays of known length and accesses to objects of known size, of conversions of numbers to
/// integers, of what loads and assumptions promise, of overlapping memcpy; and nothing is
/// unreachable any more. Aliasing rules and floating-point flags are not checked.
void check_promises(llvm::Function& function);

}  // namespace llmc
