// Instructions on vector registers: what their templates have in common. Included by the
// x86_vector*.cpp files only.
#pragma once

#include <functional>
#include <span>

#include "lift/x86_templates.h"

namespace llmc {

/// What a vector register is a row of, or what the lowest part of it is.
enum class VectorLane { f32, f64, i8, i16, i32, i64 };

class VectorTemplate;

/// One row of the tables: what the instructions of one name do in all their forms.
struct VectorRow {
  std::string_view name;  ///< LLVM's name without the form of the operands: "ADDSD"
  void (*action)(VectorTemplate& work);
  VectorLane lane = VectorLane::i64;
  unsigned code = 0;  ///< which operation, predicate, intrinsic, …: as the action takes it
};

/// The rows of the tables, by file.
std::span<const VectorRow> vector_move_rows();
std::span<const VectorRow> vector_arithmetic_rows();
std::span<const VectorRow> vector_integer_rows();
std::span<const VectorRow> vector_shuffle_rows();

/// One instruction at work. SSE's instructions change their first operand.
class VectorTemplate {
 public:
  VectorTemplate(X86Machine& machine, const AsmInstruction& instruction,
                 const VectorRow& table_row);

  /// "the operands are not understood", or another reason that names the instruction.
  void refuse(std::string_view reason = "has operands that are not understood");

  [[nodiscard]] unsigned destination() { return xmm(0); }   ///< the first operand
  [[nodiscard]] unsigned xmm(std::size_t operand);          ///< the number of a vector register
  [[nodiscard]] unsigned source_xmm();                      ///< the last vector register
  [[nodiscard]] X86Register general(std::size_t operand);
  [[nodiscard]] unsigned immediate();                       ///< the last operand, 8 bits
  [[nodiscard]] bool reads_memory() const { return !address.empty() && !writes_memory; }
  /// True for two register operands that are the same.
  [[nodiscard]] bool is_same_register() const;

  [[nodiscard]] bool is_float() const { return row.lane <= VectorLane::f64; }
  [[nodiscard]] unsigned lane_width() const;                ///< bits
  [[nodiscard]] unsigned lanes() const { return 128 / lane_width(); }
  [[nodiscard]] llvm::Type* lane_type();
  [[nodiscard]] llvm::FixedVectorType* vector_type();       ///< 128 bits of lanes
  [[nodiscard]] llvm::FixedVectorType* integer_vector(unsigned width);  ///< 128 bits

  /// The lowest lane of a register as float or double, and the memory or register that is read.
  [[nodiscard]] llvm::Value* read_scalar(unsigned number);
  [[nodiscard]] llvm::Value* scalar_source();
  /// The upper lanes stay.
  void write_scalar(unsigned number, llvm::Value* value);

  /// The first operand, and the source: memory, or the last register. Memory is aligned.
  [[nodiscard]] llvm::Value* target() { return m.read_vector(destination(), vector_type()); }
  [[nodiscard]] llvm::Value* source() { return source(vector_type()); }
  [[nodiscard]] llvm::Value* source(llvm::Type* type, unsigned alignment = 16);
  /// The lowest `count` lanes of the source, of which memory has no more.
  [[nodiscard]] llvm::Value* low_source(llvm::Type* lane, unsigned count);

  /// As all of the destination.
  void write(llvm::Value* value) { m.write_vector(destination(), value); }
  /// To a general register, extended by zeros.
  void write_general(std::size_t operand, llvm::Value* value);

  X86Machine& m;
  llvm::IRBuilder<>& ir;
  const AsmInstruction& i;
  const VectorRow& row;
  std::span<const AsmOperand> address;
  bool writes_memory = false;
};

/// f32 or f64 if that is what is known to be in the register; none: nothing, or a vector.
AbiType scalar_in(X86Machine& machine, unsigned xmm);

/// `lane(k)` for each of `count` lanes; what shuffles take.
llvm::SmallVector<int, 16> lane_mask(unsigned count, const std::function<int(int)>& lane);

}  // namespace llmc
