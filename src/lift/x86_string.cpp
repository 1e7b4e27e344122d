// String instructions, which compilers use to fill and to copy memory. The direction flag is clear,
// as the ABI has it.
#include <fmt/format.h>

#include "lift/x86_templates.h"

namespace llmc {
namespace {

using llvm::Value;

constexpr std::array<std::pair<std::string_view, unsigned>, 8> k_string_instructions = {
    {{"STOSB", 1},
     {"STOSW", 2},
     {"STOSL", 4},
     {"STOSQ", 8},
     {"MOVSB", 1},
     {"MOVSW", 2},
     {"MOVSL", 4},
     {"MOVSQ", 8}}};

/// What is filled or copied.
struct StringExtent {
  unsigned element = 1;  ///< bytes
  bool is_repeated = false;
  Value* bytes = nullptr;  ///< an i64
};

Value* pointer_in(X86Machine& m, unsigned number) {
  return m.ir.CreateIntToPtr(m.read({number, 64}), m.ir.getPtrTy());
}

void advance(X86Machine& m, unsigned number, const StringExtent& extent) {
  m.write({number, 64}, m.ir.CreateAdd(m.read({number, 64}), extent.bytes));
}

void end_count(X86Machine& m, const StringExtent& extent) {
  if (!extent.is_repeated) return;
  m.write({k_rcx, 64}, m.ir.getInt64(0));
  m.registers.general[k_rcx].constant = 0;
}

/// The byte that %rax consists of, in the `element` bytes that are stored; null: it may be several.
Value* repeated_byte(X86Machine& m, unsigned element) {
  if (element == 1) return m.read({k_rax, 8});
  const auto known = m.constant_in(k_rax);
  if (!known) return nullptr;
  const llvm::APInt value = llvm::APInt(64, static_cast<std::uint64_t>(*known)).trunc(element * 8);
  return value.isSplat(8) ? m.ir.getInt8(static_cast<std::uint8_t>(*known)) : nullptr;
}

void fill(X86Machine& m, const AsmInstruction& instruction, const StringExtent& extent) {
  if (!extent.is_repeated) {
    Value* const value = m.read({k_rax, extent.element * 8});
    m.ir.CreateAlignedStore(value, pointer_in(m, k_rdi), llvm::Align(1));
  } else if (Value* const byte = repeated_byte(m, extent.element)) {
    m.ir.CreateMemSet(pointer_in(m, k_rdi), byte, extent.bytes, llvm::MaybeAlign(1));
  } else {
    return m.refuse(fmt::format("'{}' fills with more than one byte, or with what is not known",
                                instruction.text));
  }
  advance(m, k_rdi, extent);
  end_count(m, extent);
}

/// Source and destination must not overlap where it is repeated: the processor would copy forwards
/// element by element. Compilers use it only for what memcpy does.
void copy_memory(X86Machine& m, const StringExtent& extent) {
  Value* const to = pointer_in(m, k_rdi);
  Value* const from = pointer_in(m, k_rsi);
  if (extent.is_repeated) {
    m.ir.CreateMemCpy(to, llvm::MaybeAlign(1), from, llvm::MaybeAlign(1), extent.bytes);
  } else {
    Value* const value =
        m.ir.CreateAlignedLoad(m.integer(extent.element * 8), from, llvm::Align(1));
    m.ir.CreateAlignedStore(value, to, llvm::Align(1));
  }
  advance(m, k_rdi, extent);
  advance(m, k_rsi, extent);
  end_count(m, extent);
}

StringExtent extent_of(X86Machine& m, const AsmInstruction& instruction, unsigned element) {
  StringExtent extent{element, instruction.prefix == AsmPrefix::rep};
  if (!extent.is_repeated)
    extent.bytes = m.ir.getInt64(element);
  else if (const auto count = m.constant_in(k_rcx))
    extent.bytes = m.ir.getInt64(static_cast<std::uint64_t>(*count) * element);
  else
    extent.bytes = m.ir.CreateMul(m.read({k_rcx, 64}), m.ir.getInt64(element));
  return extent;
}

/// True for `%es:(%rdi)` and `(%rsi)`, without another segment and of 64 bits.
bool has_usual_addresses(const AsmInstruction& instruction) {
  for (const AsmOperand& operand : instruction.operands)
    if (operand.reg != "RDI" && operand.reg != "RSI" && !operand.reg.empty()) return false;
  return true;
}

}  // namespace

bool lift_string(X86Machine& machine, const AsmInstruction& instruction) {
  const auto* const found = std::ranges::find(k_string_instructions, instruction.name,
                                              [](const auto& row) { return row.first; });
  if (found == k_string_instructions.end()) return false;
  const bool is_plain =
      instruction.prefix == AsmPrefix::none || instruction.prefix == AsmPrefix::rep;
  if (!is_plain || !has_usual_addresses(instruction)) return false;
  const StringExtent extent = extent_of(machine, instruction, found->second);
  if (instruction.name.starts_with("STOS"))
    fill(machine, instruction, extent);
  else
    copy_memory(machine, extent);
  return true;
}

std::vector<std::string_view> string_templates() {
  std::vector<std::string_view> names;
  for (const auto& [name, element] : k_string_instructions) names.push_back(name);
  return names;
}

}  // namespace llmc
