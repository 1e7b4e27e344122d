// The state of an x86-64 processor as IR: registers, flags, the stack frame and memory. Included by
// the .cpp files of the lifter only.
//
// Each register is several variables ("facets"): a general register has one of 64, 32, 16 and 8
// bits each; a vector register has one of 128 bits, one double and one float. A write sets all of
// them, a read takes the one that fits. After promotion to SSA form the unread ones are dead, so a
// counter that lives in %ecx is an i32 phi and a sum in %xmm0 a double, without casts to undo.
//
//     addl $1, %ecx        c32 = add c32, 1; c64 = zext c32; c8 = trunc c32
//
// Variables are allocas; they, and stores that nothing reads, are gone after `mem2reg,adce`.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "assembly/assembly.h"
#include "lift/lift_facts.h"
#include "lift/signature.h"
#include "lift/x86_names.h"

namespace llmc {

/// What the last instruction that sets flags did; conditions are made of it when they are asked
/// for.
struct X86Flags {
  enum class Kind {
    unknown,  ///< nothing can be said
    subtract,  ///< of a - b
    add,  ///< of a + b = result
    logic,  ///< of result; carry and overflow are clear
    result,  ///< zero and sign of result; carry as `carry` says, overflow as `overflow` says
    compare_floats,  ///< ucomis of a, b
    stored  ///< in the variables
  };
  Kind kind = Kind::unknown;
  llvm::Value* a = nullptr;
  llvm::Value* b = nullptr;
  llvm::Value* result = nullptr;
  llvm::Value* carry = nullptr;  ///< i1; null: not known (of `result`), or as `kind` says
  llvm::Value* overflow = nullptr;  ///< i1; null: not known
  llvm::Value* zero = nullptr;  ///< i1 in the place of what the others say of zero
};

/// The flags that can be variables, as bits of a set.
enum X86FlagBits : unsigned { k_carry = 1, k_zero = 2, k_sign = 4, k_overflow = 8, k_parity = 16 };
inline constexpr std::size_t k_stored_flags = 5;

/// The flags that `code` looks at.
unsigned flags_of(X86Condition code);

/// A part of the stack frame that is one variable.
struct FrameObject {
  std::int64_t begin = 0, end = 0;  ///< offsets from the stack pointer at entry
  llvm::AllocaInst* place = nullptr;
};

class X86Machine {
 public:
  /// Variables are made in `entry`, the first block of `function`; the builder stands at its end.
  X86Machine(const AsmUnit& unit, llvm::Function& function, LiftFacts& facts);

  llvm::IRBuilder<> ir;

  // General registers.
  [[nodiscard]] llvm::Value* read(X86Register reg);  ///< an integer of its width
  void write(X86Register reg, llvm::Value* value);  ///< as the processor merges or extends
  [[nodiscard]] llvm::Value* read64(unsigned number);
  /// What is known to be in a general register, all of it.
  [[nodiscard]] std::optional<std::int64_t> constant_in(unsigned number) const {
    return registers.general[number].constant;
  }

  // Vector registers.
  [[nodiscard]] llvm::Value* read_vector(unsigned xmm, llvm::Type* type);  ///< 128 bits as `type`
  [[nodiscard]] llvm::Value* read_double(unsigned xmm);
  [[nodiscard]] llvm::Value* read_float(unsigned xmm);
  void write_vector(unsigned xmm, llvm::Value* value);  ///< any type of 128 bits
  void copy_vector(unsigned to, unsigned from);  ///< all of it, whatever is in it
  void write_double(unsigned xmm, llvm::Value* value);  ///< the upper half stays
  void write_float(unsigned xmm, llvm::Value* value);  ///< the upper three quarters stay
  void write_low_double(unsigned xmm, llvm::Value* value);  ///< the upper half becomes zero
  void write_low_float(unsigned xmm, llvm::Value* value);  ///< likewise

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

  // The stack. `sp` is where the stack pointer is, relative to where it was at entry.
  std::int64_t sp = 0;
  bool rbp_is_frame = false;  ///< rbp holds the entry's stack pointer + rbp_offset throughout
  std::int64_t rbp_offset = 0;
  [[nodiscard]] llvm::Value* frame_pointer(std::int64_t offset, unsigned bytes);
  /// Frame offsets of what is on the stack by a push, and whether that was put there only to keep
  /// it, or to move the stack pointer.
  std::map<std::int64_t, bool> pushes;
  [[nodiscard]] bool has_frame_at(std::int64_t offset) const;
  void push(llvm::Value* value);
  [[nodiscard]] llvm::Value* pop();
  /// The frame cut into variables; without it all of it is one array.
  void lay_out(std::vector<FrameObject> objects) { frame_ = std::move(objects); }

  // Flags.
  X86Flags flags;
  [[nodiscard]] llvm::Value* condition(X86Condition code);  ///< an i1
  void store_flags(unsigned which);  ///< into the variables
  [[nodiscard]] llvm::Value* carry_flag();  ///< an i1
  /// The same, or null where nothing is known of it.
  [[nodiscard]] llvm::Value* carry_if_known();
  void load_flags() { flags = {X86Flags::Kind::stored}; }

  // Symbols.
  [[nodiscard]] llvm::GlobalValue* symbol(const std::string& name);
  llvm::Function* declare(const std::string& name, const LiftSignature& signature);
  llvm::FunctionType* function_type(const LiftSignature& signature);
  llvm::Type* type_of(AbiType type);

  /// True where %rdx (or a part of `width` bits) is the sign of %rax, as cqo leaves it.
  [[nodiscard]] bool rdx_is_sign(unsigned width) const { return sign_width_ == width; }
  void set_rdx_is_sign(unsigned width) { sign_width_ = width; }

  // Where values are from; what signatures are inferred from.
  LiftRegisters registers;
  /// Reads that do not ask for a value: of what is saved, or passed to who may not look at it.
  bool reads_for_keeping = false;
  void note_read(unsigned number, unsigned width);
  void note_write(unsigned number, unsigned width);
  void note_vector_read(unsigned xmm, AbiType type);
  void note_vector_write(unsigned xmm, AbiType type);
  /// After a call: registers that it may change have no value.
  void forget_caller_saved();

  /// Says that what is being lifted cannot be; the first reason stays.
  void refuse(std::string reason);
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  llvm::IntegerType* integer(unsigned width) { return ir.getIntNTy(width); }
  [[nodiscard]] llvm::Function& function() { return function_; }
  [[nodiscard]] LiftFacts& facts() const { return facts_; }
  [[nodiscard]] const AsmUnit& unit() const { return unit_; }

 private:
  struct General {
    llvm::AllocaInst *wide, *word, *half, *byte;
  };
  struct Vector {
    llvm::AllocaInst *whole, *real, *single;
  };
  struct FrameAddress {
    std::int64_t offset;
  };
  std::optional<FrameAddress> frame_base(const AsmOperand& base) const;
  llvm::Constant* constant_at(llvm::Type* type, std::span<const AsmOperand> address);
  llvm::Value* got_address(std::span<const AsmOperand> address);
  void note_escape(std::int64_t offset);
  llvm::Value* zero_flag();
  llvm::Value* sign_flag();
  llvm::Value* overflow_flag();
  llvm::Value* parity_flag();
  llvm::Value* even_condition(X86Condition code);

  const AsmUnit& unit_;
  llvm::Function& function_;
  LiftFacts& facts_;
  std::array<General, 16> general_;
  std::array<Vector, 16> vector_;
  std::array<llvm::AllocaInst*, k_stored_flags> stored_;
  std::vector<FrameObject> frame_;
  unsigned sign_width_ = 0;
  std::string refusal_;
};

}  // namespace llmc
