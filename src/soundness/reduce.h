// A small module that shows a miscompile: llvm-reduce, with a test that keeps the program honest.
#pragma once

#include <filesystem>
#include <string>

#include "soundness/bisect.h"
#include "toolchain/link.h"

namespace llmc {

struct ReduceOptions {
  double run_seconds = 4;  ///< that one run may take
  double seconds = 120;    ///< for all; then the smallest module found so far will do
};

/// Reduces `found.before` to a module that the culprit pass alone makes go wrong, writes it as
/// textual IR to `output`, and says in words how far that went. Where the culprit ran on a
/// function (or a loop of one), it is a module of that function, and the rest of the program, as it
/// was, is written beside it as rest.ll; else it is the whole program. A candidate counts only if
/// its run without passes and its run after `default<O1>` agree, so that llvm-reduce cannot win by
/// making the program itself undefined; and the culprit's result differs from both (or crashes
/// LLVM, where that is the symptom).
Result<std::string> reduce(const Bisection& found, const BisectSubject& subject,
                           const ReduceOptions& options, const std::filesystem::path& output);

/// What does not change while a module is reduced.
struct ReduceTest {
  std::string pass;  ///< a list of one pass
  bool while_compiling = false;
  std::filesystem::path rest;  ///< an object to link with; may be empty
  double run_seconds = 4;
};

/// The test that llvm-reduce calls on `candidate`: true if the culprit alone still breaks it.
Result<bool> still_breaks(const std::string& candidate, const ReduceTest& test,
                          const Linker& linker);

}  // namespace llmc
