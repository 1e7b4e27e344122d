// Operands of AArch64 instructions, and the search for a template. The templates are in
// a64_integer.cpp, a64_bits.cpp, a64_memory.cpp, a64_float.cpp and a64_vector.cpp.
#include "lift/a64_templates.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace llmc {
namespace {

const A64Row* a64_row(std::string_view name) {
  static const std::map<std::string_view, const A64Row*> rows = [] {
    std::map<std::string_view, const A64Row*> table;
    for (const auto& part : {a64_integer_rows(), a64_bits_rows(), a64_memory_rows(),
                             a64_float_rows(), a64_vector_rows()})
      for (const A64Row& row : part) table[row.name] = &row;
    return table;
  }();
  const auto found = rows.find(name);
  return found == rows.end() ? nullptr : found->second;
}

bool starts_with_any(std::string_view name, std::span<const std::string_view> stems) {
  for (const std::string_view stem : stems)
    if (name.starts_with(stem)) return true;
  return false;
}

}  // namespace

void A64Template::refuse(std::string_view reason) {
  m.refuse(fmt::format("'{}' {}", i.text, reason));
}

A64Register A64Template::reg(std::size_t operand) {
  const auto found =
      operand < i.operands.size() ? a64_register(i.operands[operand].reg) : std::nullopt;
  if (!found) refuse();
  return found.value_or(A64Register{A64Register::Class::general, 0, width});
}

std::int64_t A64Template::number(std::size_t operand) {
  if (operand < i.operands.size() && i.operands[operand].kind == AsmOperand::Kind::imm)
    return i.operands[operand].value;
  refuse();
  return 0;
}

A64Condition A64Template::condition(std::size_t operand) {
  return static_cast<A64Condition>(number(operand) & 15);
}

llvm::Value* A64Template::constant(std::uint64_t value) {
  return llvm::ConstantInt::get(m.integer(width), value);
}

llvm::Value* A64Template::shifted(std::size_t operand) {
  llvm::Value* const value = in(operand);
  const auto shift = a64_shift(number(operand + 1));
  if (!shift) refuse();
  if (!shift || shift->amount == 0) return value;
  switch (shift->kind) {
    case A64Shift::Kind::lsl:
      return ir.CreateShl(value, shift->amount);
    case A64Shift::Kind::lsr:
      return ir.CreateLShr(value, shift->amount);
    case A64Shift::Kind::asr:
      return ir.CreateAShr(value, shift->amount);
    default:
      return ir.CreateIntrinsic(llvm::Intrinsic::fshr, {value->getType()},
                                {value, value, constant(shift->amount)});
  }
}

llvm::Value* A64Template::extended(std::size_t operand) {
  const A64Extension extension = a64_extension(number(operand + 1));
  A64Register from = reg(operand);
  from.width = std::min(from.width, extension.from);
  llvm::Value* value = m.read(from);
  if (from.width > width) value = ir.CreateTrunc(value, m.integer(width));
  value = extension.is_signed ? ir.CreateSExt(value, m.integer(width))
                              : ir.CreateZExt(value, m.integer(width));
  return extension.amount == 0 ? value : ir.CreateShl(value, extension.amount);
}

llvm::Value* A64Template::real_in(std::size_t operand) {
  const unsigned from = reg(operand).number;
  return width == 64 ? m.read_double(from) : m.read_float(from);
}

void add_both_widths(std::vector<A64Row>& rows, const std::string& stem, const std::string& form,
                     void (*action)(A64Template&), unsigned code) {
  rows.push_back({stem + "W" + form, action, 32, code});
  rows.push_back({stem + "X" + form, action, 64, code});
}

bool lift_a64(A64Machine& machine, const AsmInstruction& instruction) {
  const A64Row* const row = a64_row(instruction.name);
  if (row == nullptr) return false;
  A64Template work(machine, instruction, *row);
  row->action(work);
  return true;
}

std::vector<std::string_view> a64_templates() {
  std::vector<std::string_view> names;
  for (const auto& part : {a64_integer_rows(), a64_bits_rows(), a64_memory_rows(), a64_float_rows(),
                           a64_vector_rows()})
    for (const A64Row& row : part) names.push_back(row.name);
  return names;
}

unsigned a64_flags_set_by(const AsmInstruction& instruction) {
  constexpr std::array<std::string_view, 11> k_stems = {"ADDSW", "ADDSX", "SUBSW", "SUBSX",
                                                        "ANDSW", "ANDSX", "BICSW", "BICSX",
                                                        "CCM",   "FCMP",  "FCCMP"};
  const bool sets = starts_with_any(instruction.name, k_stems) || instruction.name == "BL" ||
                    instruction.name == "BLR";
  return sets ? k_a64_overflow | k_a64_carry | k_a64_zero | k_a64_sign : 0;
}

unsigned a64_flags_read_by(const AsmInstruction& instruction) {
  constexpr std::array<std::string_view, 4> k_last = {"CSEL", "CSIN", "CSNEG", "FCSEL"};
  constexpr std::array<std::string_view, 2> k_conditional = {"CCM", "FCCMP"};
  const auto& operands = instruction.operands;
  if (instruction.name == "Bcc") return flags_of(static_cast<A64Condition>(operands[0].value & 15));
  if (starts_with_any(instruction.name, k_last) || starts_with_any(instruction.name, k_conditional))
    return flags_of(static_cast<A64Condition>(operands.back().value & 15));
  if (instruction.name.starts_with("ADCW") || instruction.name.starts_with("ADCX") ||
      instruction.name.starts_with("SBCW") || instruction.name.starts_with("SBCX"))
    return k_a64_carry;
  return 0;
}

}  // namespace llmc
