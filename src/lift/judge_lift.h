// A candidate for a function of assembly, compiled and compared. Included by the .cpp files of the
// lifter only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "support/error.h"
#include "toolchain/assembly_printer.h"
#include "toolchain/codegen.h"

namespace llmc {

/// What a candidate compiles to, beside the original.
struct JudgedLift {
  bool identical = false;
  std::size_t distance = 0;  ///< lines of canonical text to insert and delete
  std::string made;          ///< the canonical text
  AsmUnit assembly;          ///< what it is the text of
  double agreed = 1;  ///< how much of the text, from its beginning, is that of the original: 0 to 1
};

/// Compiles candidates for one function.
class LiftJudge {
 public:
  /// `unit` and `function` must outlive the judge.
  static Result<LiftJudge> create(const AsmUnit& unit, const AsmFunction& function);

  /// `text`: a module that defines the function. What is judged is the text, because code depends
  /// on the order of uses, which another form of the same module may have otherwise.
  Result<JudgedLift> judge(const std::string& text);

  [[nodiscard]] unsigned candidates() const { return candidates_; }
  [[nodiscard]] const std::string& wanted() const { return wanted_; }
  [[nodiscard]] const AsmFunction& function() const { return *function_; }

 private:
  LiftJudge(const AsmUnit& unit, const AsmFunction& function,
            std::unique_ptr<CodeGenerator> generator, AssemblyPrinter printer);
  const AsmUnit* unit_;
  const AsmFunction* function_;
  std::unique_ptr<CodeGenerator> generator_;  ///< the printer's
  AssemblyPrinter printer_;
  std::string wanted_;
  unsigned candidates_ = 0;
};

}  // namespace llmc
