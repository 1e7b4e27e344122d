// Which pass execution makes a program go wrong.
#pragma once

#include <functional>
#include <string>

#include "sandbox/child.h"
#include "support/error.h"
#include "toolchain/stepping.h"

namespace llmc {

/// What a test says of one build: "" if it is right, else what is wrong, in one line.
using BuildTest = std::function<Result<std::string>(const std::string& object)>;

/// What bisect() found. Execution number `guilty` is the first whose application makes the test
/// fail; with one fewer it passes.
struct Bisection {
  std::uint64_t executions = 0;  ///< in the whole list
  std::uint64_t guilty = 0;
  PassExecution culprit;
  std::string symptom;      ///< what the test said with it
  bool while_compiling = false;  ///< the culprit crashes or hangs LLVM itself
  std::string before;       ///< bitcode just before the culprit ran
  std::string after;        ///< bitcode just after; empty if while_compiling
  std::uint64_t builds = 0;  ///< spent
};

/// What is bisected.
struct BisectSubject {
  std::string bitcode;
  std::string name;
  CodegenOptions codegen;
  std::string list;  ///< canonical
};

/// Finds the culprit by binary search over the list's pass executions, in children under `limits`.
/// `test` runs in the child, on the object. Fails if the program is wrong without any pass, or
/// right with all of them.
Result<Bisection> bisect(const BisectSubject& subject, const BuildTest& test, const Limits& limits);

}  // namespace llmc
