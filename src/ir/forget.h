// Leaving out of a module what its assembly does not tell.
#pragma once

#include "ir/module.h"

namespace llmc {

/// How much is forgotten; each includes the ones before it.
enum class Forget {
  nothing,
  attributes,  ///< attributes of functions, parameters, results and calls that are promises to
               ///< passes, not part of how a call is made or code is laid out
  flags  ///< and nsw, nuw, exact, disjoint, nneg, inbounds, fast-math flags
};

/// Takes promises out of `module`. What is left compiles, and does the same for every input for
/// which the original was defined; its assembly is mostly, not always, the same.
void forget(IrModule& module, Forget what);

}  // namespace llmc
