// What is particular about calls under the System V convention. Included by the .cpp files of the
// lifter only.
#pragma once

#include "lift/lift_calls.h"
#include "lift/x86_machine.h"

namespace llmc {

class X86Calls final : public LiftCalls {
 public:
  X86Calls(X86Machine& machine, const SignatureTable& callees, const LiftSignature* signature,
           std::size_t most)
      : LiftCalls(machine, callees, signature, most), x86_(machine) {}

 protected:
  LiftCallee callee_of(const AsmInstruction& instruction) override;
  /// %al is the number of vector registers.
  [[nodiscard]] bool says_variadic() const override;
  [[nodiscard]] std::size_t words_on_stack() const override;
  [[nodiscard]] bool pops_words() const override { return true; }
  /// %rdi is the last register that is chosen for anything else.
  [[nodiscard]] bool passes_first(const RegisterOrigin& first) const override {
    return first.kind == RegisterOrigin::Kind::defined && !first.is_garbage;
  }

 private:
  X86Machine& x86_;
};

}  // namespace llmc
