// Lifting by rules: assembly to IR, instruction by instruction, with what compilers do to code
// undone where it can be recognised.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "lift/lift_facts.h"
#include "lift/signature.h"
#include "support/error.h"

namespace llmc {

/// What the code does not tell and has to be guessed; search tries them.
struct LiftGuess {
  FrameCut frame = FrameCut::whole;
  /// Passes that clean the IR up, in opt's syntax.
  std::string passes;
  /// In the place of what was inferred for the function itself.
  std::optional<LiftSignature> signature;
};

/// The passes of a guess that says none.
std::string default_lift_passes();

/// A function as a module of its own, for the compiler to make code of: next to it stand the
/// private constants that it uses, and declarations of all else.
struct LiftedFunction {
  std::string text;
  LiftSignature signature;
};

/// Lifts the functions of one unit, of which each is looked at first for what the others need to
/// know of it.
class RuleLifter {
 public:
  /// `given`: signatures that are known, of functions here and elsewhere; they win. Those of the C
  /// library are known anyway. `unit` must outlive the lifter.
  static Result<RuleLifter> create(const AsmUnit& unit, SignatureTable given);
  RuleLifter(RuleLifter&&) noexcept;
  ~RuleLifter();

  /// The function of that name as IR. Fails with the line and the reason where it cannot be lifted.
  [[nodiscard]] Result<LiftedFunction> lift(const std::string& function,
                                            const LiftGuess& guess = {}) const;

  /// What was inferred of a function, or given.
  [[nodiscard]] const LiftSignature* signature(const std::string& function) const;

  /// The same with all that the function may be giving back: what to take where no exact match
  /// says that nothing is missing. `function` must be one that has a signature.
  [[nodiscard]] LiftSignature widest_signature(const std::string& function) const;

 private:
  struct Parts;
  explicit RuleLifter(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace llmc
