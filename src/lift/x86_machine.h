// The state of an x86-64 processor as IR: what lift_machine.h has not, which is parts of registers,
// addresses, pushes and the meaning of flags. Included by the .cpp files of the lifter only.
#pragma once

#include <map>
#include <span>

#include "lift/lift_machine.h"
#include "lift/x86_names.h"

namespace llmc {

/// The flags that can be variables, as bits of a set.
enum X86FlagBits : unsigned { k_carry = 1, k_zero = 2, k_sign = 4, k_overflow = 8, k_parity = 16 };

/// The flags that `code` looks at.
unsigned flags_of(X86Condition code);

class X86Machine : public LiftMachine {
 public:
  using LiftMachine::LiftMachine;

  // General registers.
  [[nodiscard]] llvm::Value* read(X86Register reg);  ///< an integer of its width
  void write(X86Register reg, llvm::Value* value);  ///< as the processor merges or extends
  void write_general(unsigned number, llvm::Value* value) override;

  // Memory. `address` is the five operands base, scale, index, displacement, segment.
  [[nodiscard]] llvm::Value* pointer(std::span<const AsmOperand> address, unsigned bytes);
  [[nodiscard]] llvm::Value* load(llvm::Type* type, std::span<const AsmOperand> address,
                                  unsigned alignment = 1);
  void store(llvm::Value* value, std::span<const AsmOperand> address, unsigned alignment = 1);
  /// What lea gives: the address as an integer of 64 bits.
  [[nodiscard]] llvm::Value* effective_address(std::span<const AsmOperand> address);
  /// Its lower half, computed as such; null where a symbol or the stack is in it.
  [[nodiscard]] llvm::Value* narrow_address(std::span<const AsmOperand> address);
  /// The address operands of `instruction`; empty if it has none.
  [[nodiscard]] static std::span<const AsmOperand> address_of(const AsmInstruction& instruction);

  /// Frame offsets of what is on the stack by a push, and whether that was put there only to keep
  /// it, or to move the stack pointer.
  std::map<std::int64_t, bool> pushes;
  void push(llvm::Value* value);
  [[nodiscard]] llvm::Value* pop();

  // Flags.
  [[nodiscard]] llvm::Value* condition(X86Condition code);  ///< an i1
  [[nodiscard]] llvm::Value* carry_flag();  ///< an i1
  /// The same, or null where nothing is known of it.
  [[nodiscard]] llvm::Value* carry_if_known();

  /// True where %rdx (or a part of `width` bits) is the sign of %rax, as cqo leaves it.
  [[nodiscard]] bool rdx_is_sign(unsigned width) const { return sign_width_ == width; }
  void set_rdx_is_sign(unsigned width) { sign_width_ = width; }

  void note_write(unsigned number, unsigned width);
  void forget_caller_saved() override;

 protected:
  llvm::Value* flag(std::size_t number) override;
  void note_entry_read(unsigned number, unsigned width) override;

 private:
  [[nodiscard]] std::optional<std::int64_t> frame_base(const AsmOperand& base) const;
  llvm::Constant* constant_at(llvm::Type* type, std::span<const AsmOperand> address);
  llvm::Value* zero_flag();
  llvm::Value* sign_flag();
  llvm::Value* overflow_flag();
  llvm::Value* parity_flag();
  llvm::Value* even_condition(X86Condition code);

  unsigned sign_width_ = 0;
};

}  // namespace llmc
