// A candidate for a function of assembly, compiled and compared. Included by the .cpp files of the
// lifter only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "support/error.h"
#include "toolchain/codegen.h"

namespace llmc {

/// What a candidate compiles to, beside the original.
struct JudgedLift {
  bool identical = false;
  std::size_t distance = 0;  ///< lines of canonical text to insert and delete
  std::string made;          ///< the canonical text
};

/// Compiles candidates for one function.
class LiftJudge {
 public:
  /// `unit` and `function` must outlive the judge.
  static Result<LiftJudge> create(const AsmUnit& unit, const AsmFunction& function);

  /// `text`: a module that defines the function. What is judged is the text, because code depends
  /// on the order of uses, which another form of the same module may have otherwise.
  Result<JudgedLift> judge(const std::string& text);

  /// The assembly itself, of the last candidate.
  [[nodiscard]] const AsmUnit& made() const { return made_; }
  [[nodiscard]] unsigned candidates() const { return candidates_; }
  [[nodiscard]] const std::string& wanted() const { return wanted_; }
  [[nodiscard]] const AsmFunction& function() const { return *function_; }

 private:
  LiftJudge(const AsmUnit& unit, const AsmFunction& function, CodeGenerator generator);
  const AsmUnit* unit_;
  const AsmFunction* function_;
  CodeGenerator generator_;
  std::string wanted_;
  AsmUnit made_;
  unsigned candidates_ = 0;
};

}  // namespace llmc
