// What is particular about calls under AAPCS64. Included by the .cpp files of the lifter only.
#pragma once

#include "lift/a64_machine.h"
#include "lift/lift_calls.h"

namespace llmc {

class A64Calls final : public LiftCalls {
 public:
  A64Calls(A64Machine& machine, const SignatureTable& callees, const LiftSignature* signature,
           std::size_t most)
      : LiftCalls(machine, callees, signature, most), a64_(machine) {}

 protected:
  LiftCallee callee_of(const AsmInstruction& instruction) override;
  [[nodiscard]] std::size_t words_on_stack() const override;
  /// x0 is where results are, too: one that nothing has read is passed on, if the call that it is
  /// from may have given any.
  [[nodiscard]] bool passes_first(const RegisterOrigin& first) const override;

 private:
  A64Machine& a64_;
};

}  // namespace llmc
