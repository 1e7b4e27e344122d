// Instructions on vector registers: their operands, and the search for a template. The templates
// are in x86_vector_move.cpp, x86_vector_arithmetic.cpp, x86_vector_integer.cpp and
// x86_vector_shuffle.cpp.
//
// Scalar instructions read and write the scalar facets of registers (x86_machine.h), so that what
// was a double in C is one in IR. Instructions on whole registers say what they do with generic IR
// where code generation finds them in it again, and otherwise with LLVM's intrinsic for them.
#include "lift/x86_vector.h"

#include <fmt/format.h>

#include <map>

namespace llmc {

VectorTemplate::VectorTemplate(X86Machine& machine, const AsmInstruction& instruction,
                               const VectorRow& table_row)
    : m(machine), ir(machine.ir), i(instruction), row(table_row) {
  address = X86Machine::address_of(instruction);
  writes_memory = !address.empty() && address.data() == instruction.operands.data();
}

void VectorTemplate::refuse(std::string_view reason) {
  m.refuse(fmt::format("'{}' {}", i.text, reason));
}

unsigned VectorTemplate::xmm(std::size_t operand) {
  const auto found =
      operand < i.operands.size() ? xmm_register(i.operands[operand].reg) : std::nullopt;
  if (!found) refuse();
  return found.value_or(0);
}

unsigned VectorTemplate::source_xmm() {
  for (std::size_t operand = i.operands.size(); operand-- > 0;)
    if (xmm_register(i.operands[operand].reg)) return xmm(operand);
  refuse();
  return 0;
}

X86Register VectorTemplate::general(std::size_t operand) {
  const auto found =
      operand < i.operands.size() ? x86_register(i.operands[operand].reg) : std::nullopt;
  if (!found) refuse();
  return found.value_or(X86Register{k_rax, 32});
}

unsigned VectorTemplate::immediate() {
  if (i.operands.empty() || i.operands.back().kind != AsmOperand::Kind::imm) refuse();
  return i.operands.empty() ? 0 : static_cast<unsigned>(i.operands.back().value) & 0xff;
}

bool VectorTemplate::is_same_register() const {
  return address.empty() && i.operands.size() == 3 && i.operands[0] == i.operands[2] &&
         i.operands[0].kind == AsmOperand::Kind::reg;
}

unsigned VectorTemplate::lane_width() const {
  switch (row.lane) {
    case VectorLane::i8:
      return 8;
    case VectorLane::i16:
      return 16;
    case VectorLane::f32:
    case VectorLane::i32:
      return 32;
    default:
      return 64;
  }
}

llvm::Type* VectorTemplate::lane_type() {
  if (row.lane == VectorLane::f32) return ir.getFloatTy();
  if (row.lane == VectorLane::f64) return ir.getDoubleTy();
  return m.integer(lane_width());
}

llvm::FixedVectorType* VectorTemplate::vector_type() {
  return llvm::FixedVectorType::get(lane_type(), lanes());
}

llvm::FixedVectorType* VectorTemplate::integer_vector(unsigned width) {
  return llvm::FixedVectorType::get(m.integer(width), 128 / width);
}

llvm::Value* VectorTemplate::read_scalar(unsigned number) {
  return lane_width() == 64 ? m.read_double(number) : m.read_float(number);
}

llvm::Value* VectorTemplate::scalar_source() {
  return reads_memory() ? m.load(lane_type(), address) : read_scalar(source_xmm());
}

void VectorTemplate::write_scalar(unsigned number, llvm::Value* value) {
  if (lane_width() == 64)
    m.write_lane(number, value);
  else
    m.write_lane(number, value);
}

llvm::Value* VectorTemplate::source(llvm::Type* type, unsigned alignment) {
  return reads_memory() ? m.load(type, address, alignment) : m.read_vector(source_xmm(), type);
}

llvm::Value* VectorTemplate::low_source(llvm::Type* lane, unsigned count) {
  if (reads_memory()) return m.load(llvm::FixedVectorType::get(lane, count), address);
  const unsigned all = 128 / static_cast<unsigned>(lane->getPrimitiveSizeInBits());
  llvm::Value* const whole = source(llvm::FixedVectorType::get(lane, all));
  return ir.CreateShuffleVector(whole, lane_mask(count, [](int k) { return k; }));
}

void VectorTemplate::write_general(std::size_t operand, llvm::Value* value) {
  const X86Register reg = general(operand);
  m.write(reg, ir.CreateZExtOrTrunc(value, m.integer(reg.width)));
}

AbiType scalar_in(X86Machine& machine, unsigned xmm) {
  const RegisterOrigin& origin = machine.registers.vector[xmm];
  const LiftFacts& facts = machine.facts();
  AbiType type = origin.type;
  const auto learn = [&](AbiType known) {
    if (type == AbiType::none || type == AbiType::v128) type = known;
  };
  for (const unsigned parameter : origin.parameters) learn(facts.real_parameters[parameter]);
  for (const std::size_t site : origin.sites) learn(facts.calls[site].real_result);
  return type == AbiType::f32 || type == AbiType::f64 ? type : AbiType::none;
}

llvm::SmallVector<int, 16> lane_mask(unsigned count, const std::function<int(int)>& lane) {
  llvm::SmallVector<int, 16> mask;
  for (unsigned k = 0; k < count; ++k) mask.push_back(lane(static_cast<int>(k)));
  return mask;
}

namespace {

/// "ADDSDrm_Int" is ADDSD.
std::string_view vector_stem(std::string_view name) {
  for (const std::string_view suffix : {"_Int", "_alt", "_REV"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  while (name.ends_with('r') || name.ends_with('m') || name.ends_with('i')) name.remove_suffix(1);
  return name;
}

const VectorRow* vector_row(std::string_view name) {
  static const std::map<std::string_view, const VectorRow*> rows = [] {
    std::map<std::string_view, const VectorRow*> table;
    for (const auto& part : {vector_move_rows(), vector_arithmetic_rows(), vector_integer_rows(),
                             vector_shuffle_rows()})
      for (const VectorRow& row : part) table[row.name] = &row;
    return table;
  }();
  const auto found = rows.find(vector_stem(name));
  return found == rows.end() ? nullptr : found->second;
}

}  // namespace

bool lift_vector(X86Machine& machine, const AsmInstruction& instruction) {
  const VectorRow* const row = vector_row(instruction.name);
  if (row == nullptr) return false;
  VectorTemplate work(machine, instruction, *row);
  row->action(work);
  return true;
}

std::vector<std::string_view> vector_templates() {
  std::vector<std::string_view> names;
  for (const auto& part :
       {vector_move_rows(), vector_arithmetic_rows(), vector_integer_rows(), vector_shuffle_rows()})
    for (const VectorRow& row : part) names.push_back(row.name);
  return names;
}

}  // namespace llmc
