// Calls and returns under the System V convention. Included by the .cpp files of the lifter only.
#pragma once

#include "lift/lift_facts.h"
#include "lift/x86_machine.h"

namespace llmc {

/// True for %rdi, %rsi, %rdx, %rcx, %r8, %r9.
bool is_argument_register(unsigned number);

/// The calls of one pass over a function.
class X86Calls {
 public:
  /// `signature`: of the function itself; null while it is not known. `most`: calls there can be.
  X86Calls(X86Machine& machine, const SignatureTable& callees, const LiftSignature* signature,
           std::size_t most)
      : machine_(machine), callees_(callees), signature_(signature) {
    // Around a loop, a result is read before its call is reached.
    machine_.facts().calls.resize(most);
  }
  /// Forgets the calls that there were not.
  void finish() { machine_.facts().calls.resize(next_); }

  /// What the pass before has learnt about each call, in the same order.
  void use_sites(std::vector<CallFacts> sites) { sites_ = std::move(sites); }

  /// The function's arguments into their registers and stack slots.
  void bind_parameters();

  void call(const AsmInstruction& instruction);
  void tail_call(const AsmInstruction& jump);
  /// ret.
  void give_back();
  /// If `last` is a call: control does not come back from it.
  void note_no_return(const AsmInstruction& last);

 private:
  struct Callee {
    std::string name;  ///< empty: `address`
    llvm::Value* address = nullptr;
    bool is_direct = false;  ///< not through a table of the linker
  };
  Callee callee_of(const AsmInstruction& instruction);
  llvm::CallInst* emit(const Callee& callee, bool is_tail);
  void pass_on(LiftSignature& signature) const;
  LiftSignature signature_at(const Callee& callee, std::size_t site) const;
  CallFacts facts_here(const Callee& callee, CallFacts facts) const;
  llvm::Value* integer_argument(unsigned number, AbiType type);
  llvm::Value* real_argument(unsigned xmm, AbiType type);
  std::vector<llvm::Value*> arguments(const LiftSignature& signature, const CallFacts& here,
                                      std::vector<llvm::Type*>& types, bool is_tail);
  void take_result(llvm::CallInst* call, const LiftSignature& signature, std::size_t site);
  void write_integer(unsigned number, llvm::Value* value);
  void write_real(unsigned xmm, llvm::Value* value);
  llvm::Value* result_value(AbiType type, bool is_second);
  void note_return();

  X86Machine& machine_;
  const SignatureTable& callees_;
  const LiftSignature* signature_;
  std::vector<CallFacts> sites_;
  std::size_t next_ = 0;  ///< number of the next call
  llvm::CallInst* last_ = nullptr;  ///< the latest call, and what it was made as
  LiftSignature last_signature_;
};

}  // namespace llmc
