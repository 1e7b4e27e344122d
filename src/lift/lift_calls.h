// Calls and returns, as far as conventions differ in registers only. Included by the .cpp files of
// the lifter only.
#pragma once

#include "lift/lift_facts.h"
#include "lift/lift_machine.h"

namespace llmc {

/// What is called.
struct LiftCallee {
  std::string name;  ///< empty: `address`
  llvm::Value* address = nullptr;
  bool is_direct = false;  ///< not through a table of the linker
};

/// The calls of one pass over a function.
class LiftCalls {
 public:
  /// `signature`: of the function itself; null while it is not known. `most`: calls there can be.
  LiftCalls(LiftMachine& machine, const SignatureTable& callees, const LiftSignature* signature,
            std::size_t most)
      : machine_(machine), callees_(callees), signature_(signature) {
    // Around a loop, a result is read before its call is reached.
    machine_.facts().calls.resize(most);
  }
  virtual ~LiftCalls() = default;
  LiftCalls(const LiftCalls&) = delete;
  LiftCalls& operator=(const LiftCalls&) = delete;

  /// After the last block: forgets the calls that there were not, and counts their words on the
  /// stack.
  void finish();

  /// What the pass before has learnt about each call, in the same order.
  void use_sites(std::vector<CallFacts> sites) { sites_ = std::move(sites); }

  /// The function's arguments into their registers and stack slots.
  void bind_parameters();

  void call(const AsmInstruction& instruction);
  void tail_call(const AsmInstruction& jump);
  /// A return.
  void give_back();
  /// True if control does not come back from the latest call, as its callee is known.
  [[nodiscard]] bool never_returns() const { return last_ != nullptr && !last_signature_.returns; }
  /// If `last` is a call: control does not come back from it.
  void note_no_return(const AsmInstruction& last);

 protected:
  /// What `instruction` calls or jumps to; refuses where that cannot be told.
  virtual LiftCallee callee_of(const AsmInstruction& instruction) = 0;
  /// True if a register says that the call takes a variable number of arguments.
  [[nodiscard]] virtual bool says_variadic() const { return false; }
  /// Words that were certainly put on the stack for this call.
  [[nodiscard]] virtual std::size_t words_on_stack() const = 0;
  /// Words are taken off the stack by pops, so that reading them says nothing about whom they are
  /// for.
  [[nodiscard]] virtual bool pops_words() const { return false; }
  /// True if the first register of arguments, which nothing else was put after, is passed.
  [[nodiscard]] virtual bool passes_first(const RegisterOrigin& first) const = 0;
  [[nodiscard]] const SignatureTable& callees() const { return callees_; }

 private:
  llvm::CallInst* emit(const LiftCallee& callee, bool is_tail);
  void pass_on(LiftSignature& signature) const;
  LiftSignature signature_at(const LiftCallee& callee, std::size_t site) const;
  CallFacts facts_here(const LiftCallee& callee, CallFacts facts) const;
  [[nodiscard]] bool has_value(unsigned number) const;
  [[nodiscard]] std::size_t integers_passed() const;
  [[nodiscard]] std::size_t reals_passed() const;
  llvm::Value* integer_argument(unsigned number, AbiType type);
  llvm::Value* real_argument(unsigned number, AbiType type);
  std::vector<llvm::Value*> arguments(const LiftSignature& signature, const CallFacts& here,
                                      std::vector<llvm::Type*>& types, bool is_tail);
  void take_result(llvm::CallInst* call, const LiftSignature& signature, std::size_t site);
  void write_integer(unsigned number, llvm::Value* value);
  void write_real(unsigned number, llvm::Value* value);
  llvm::Value* result_value(AbiType type, bool is_second);
  void note_return();
  [[nodiscard]] unsigned argument_register(std::size_t i) const {
    return machine_.convention().arguments[i];
  }

  LiftMachine& machine_;
  const SignatureTable& callees_;
  const LiftSignature* signature_;
  std::vector<CallFacts> sites_;
  std::size_t next_ = 0;  ///< number of the next call
  llvm::CallInst* last_ = nullptr;  ///< the latest call, and what it was made as
  LiftSignature last_signature_;
};

}  // namespace llmc
