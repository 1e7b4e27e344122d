// What single AArch64 instructions do. Included by the .cpp files of the lifter only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lift/a64_machine.h"

namespace llmc {

class A64Template;

/// One row of the tables: what the instruction of one name does.
struct A64Row {
  std::string name;  ///< LLVM's: "ADDWri"
  void (*action)(A64Template& work);
  unsigned width = 64;  ///< bits: of the operands, or of what is in memory
  unsigned code = 0;    ///< which operation: as the action takes it
};

/// The rows of the tables, by file.
std::span<const A64Row> a64_integer_rows();
std::span<const A64Row> a64_bits_rows();
std::span<const A64Row> a64_memory_rows();
std::span<const A64Row> a64_float_rows();
std::span<const A64Row> a64_vector_rows();

/// Does to `machine` what `instruction` does to the processor; false if it does not know the
/// instruction. What is known but cannot be said becomes the machine's refusal. Jumps, calls,
/// returns, and what moves the stack pointer by itself are the caller's.
bool lift_a64(A64Machine& machine, const AsmInstruction& instruction);

/// The names in the tables.
std::vector<std::string_view> a64_templates();

/// The flags that `instruction` sets and reads, as A64FlagBits.
unsigned a64_flags_set_by(const AsmInstruction& instruction);
unsigned a64_flags_read_by(const AsmInstruction& instruction);

/// One instruction at work.
class A64Template {
 public:
  A64Template(A64Machine& machine, const AsmInstruction& instruction, const A64Row& table_row)
      : m(machine), ir(machine.ir), i(instruction), row(table_row), width(table_row.width) {}

  /// "has operands that are not understood", or another reason after the instruction.
  void refuse(std::string_view reason = "has operands that are not understood");

  [[nodiscard]] A64Register reg(std::size_t operand);
  [[nodiscard]] std::int64_t number(std::size_t operand);  ///< of an immediate
  [[nodiscard]] A64Condition condition(std::size_t operand);
  [[nodiscard]] bool is_zero(std::size_t operand) { return reg(operand).number == k_zero_register; }

  /// A general register, as it is or as the operand after it says.
  [[nodiscard]] llvm::Value* in(std::size_t operand) { return m.read(reg(operand)); }
  [[nodiscard]] llvm::Value* shifted(std::size_t operand);
  [[nodiscard]] llvm::Value* extended(std::size_t operand);
  [[nodiscard]] llvm::Value* constant(std::uint64_t value);  ///< of the row's width
  void out(llvm::Value* value) { m.write(reg(0), value); }

  /// A float or double: the row's width says which.
  [[nodiscard]] llvm::Value* real_in(std::size_t operand);
  void real_out(llvm::Value* value) { m.write_alone(reg(0).number, value); }
  [[nodiscard]] llvm::Type* real_type() { return width == 64 ? ir.getDoubleTy() : ir.getFloatTy(); }

  A64Machine& m;
  llvm::IRBuilder<>& ir;
  const AsmInstruction& i;
  const A64Row& row;
  unsigned width;
};

/// Adds a row for 32 bits and one for 64: `stem` W `form`, `stem` X `form`.
void add_both_widths(std::vector<A64Row>& rows, const std::string& stem, const std::string& form,
                     void (*action)(A64Template&), unsigned code = 0);

}  // namespace llmc
