// Instructions on general registers: what their templates have in common. Included by the
// x86_integer*.cpp files only.
#pragma once

#include <span>

#include "lift/x86_templates.h"

namespace llmc {

/// One instruction at work: its name taken apart, its operands as values.
class X86Template {
 public:
  X86Template(X86Machine& machine, const AsmInstruction& instruction);

  /// The register of an operand; refuses if it is none.
  X86Register reg(std::size_t operand);
  /// The last operand, or the memory that is read.
  llvm::Value* source(unsigned bits);
  /// The operand that is changed, as it was.
  llvm::Value* target();
  void write_target(llvm::Value* value);

  void arithmetic(llvm::Instruction::BinaryOps operation);
  void compare();
  void with_carry();
  void one_operand();
  void shift();
  void rotate();
  void double_shift();
  void multiply();
  void wide_multiply();
  void divide();
  void bit_test();
  void bit_scan();
  void swap_bytes();
  void move();
  void extend(bool is_signed);
  void load_address();
  void conditional_move();
  void set_condition();
  void exchange();
  void exchange_and_add();
  void compare_and_exchange();
  void spread_sign();

 private:
  [[nodiscard]] unsigned bytes() const { return std::max(1U, width / 8); }
  [[nodiscard]] bool is_accumulator_form() const { return name.form.starts_with('i'); }
  [[nodiscard]] bool is_same_register() const;
  llvm::Value* immediate(const AsmOperand& operand, unsigned bits);
  llvm::Value* value_of(const AsmOperand& operand, unsigned bits);
  /// The register is known to hold `value` from here on.
  void note_constant(X86Register written, std::int64_t value);
  llvm::Value* shift_count(unsigned bits);
  void extend_unshifted();

  X86Machine& m;
  const AsmInstruction& i;
  X86Name name;
  unsigned width;
  std::span<const AsmOperand> address;
  bool writes_memory = false;
  llvm::Value* place = nullptr;
};

}  // namespace llmc
