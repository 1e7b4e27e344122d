// The state of an AArch64 processor as IR: what lift_machine.h has not, which is the zero register,
// addresses in two halves, addresses of memory and the meaning of flags. Included by the .cpp files
// of the lifter only.
#pragma once

#include <map>

#include "lift/a64_names.h"
#include "lift/lift_machine.h"

namespace llmc {

/// A place in memory: a register and a number.
struct A64Place {
  A64Register base;
  std::int64_t offset = 0;
};

class A64Machine final : public LiftMachine {
 public:
  using LiftMachine::LiftMachine;

  // General registers.
  [[nodiscard]] llvm::Value* read(A64Register reg);  ///< an integer of its width
  void write(A64Register reg, llvm::Value* value);  ///< zeros above it; not where it is zero
  /// The same, of a number that the instruction says.
  void write_constant(A64Register reg, std::uint64_t value);
  /// Where `reg` points into the frame; nothing if it is not known to.
  [[nodiscard]] std::optional<std::int64_t> frame_place(A64Register reg) const;

  // Memory.
  [[nodiscard]] llvm::Value* pointer(A64Place place, unsigned bytes);
  /// What is at `address`, an integer of 64 bits.
  [[nodiscard]] llvm::Value* pointer(llvm::Value* address);

  // Addresses of symbols in two halves. `half` is the operand of the instruction.
  void write_page(A64Register reg, const AsmOperand& half);
  /// True if `reg` holds the page of the address whose lower part `half` is; refuses if not.
  bool has_page(A64Register reg, const AsmOperand& half);
  /// The address that `half` is of.
  [[nodiscard]] llvm::Constant* address(const AsmOperand& half);
  /// `reg` becomes a copy of `from`, which holds a page. False: it does not.
  bool copy_page(A64Register reg, A64Register from);
  using LiftMachine::pooled_constant;

  // Registers that are kept for the caller.
  /// Frame offsets where a register is kept, which by its number, and 32 + that of a vector.
  std::map<std::int64_t, unsigned> kept;
  /// Frame offsets that were written since the last call, from which words are passed.
  std::map<std::int64_t, unsigned> written;
  /// True if `reg` has what the caller left in it, and may not be an argument.
  [[nodiscard]] bool is_callers(A64Register reg) const;
  /// `reg` has again what the caller left in it.
  void give_back(A64Register reg);

  // Flags.
  [[nodiscard]] llvm::Value* condition(A64Condition code);  ///< an i1

  void forget_caller_saved() override;

 protected:
  llvm::Value* flag(std::size_t number) override;
  void note_entry_read(unsigned number, unsigned width) override;

 private:
  llvm::Value* plain_condition(A64Condition code);
  llvm::Value* single_flag(A64Condition code);
  llvm::Value* sign_of_result();
  llvm::Value* overflow();
};

}  // namespace llmc
