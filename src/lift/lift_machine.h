// The state of a processor as IR, as far as it is the same for all: registers, the stack frame,
// symbols, and where values are from. Included by the .cpp files of the lifter only.
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
#include <optional>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "lift/lift_convention.h"
#include "lift/lift_facts.h"
#include "lift/signature.h"

namespace llmc {

/// What the last instruction that sets flags did; conditions are made of it when they are asked
/// for.
struct LiftFlags {
  enum class Kind {
    unknown,  ///< nothing can be said
    subtract,  ///< of a - b
    add,  ///< of a + b = result
    logic,  ///< of result; carry and overflow are clear
    result,  ///< zero and sign of result; carry as `carry` says, overflow as `overflow` says
    compare_floats,  ///< of a and b
    stored  ///< in the variables
  };
  Kind kind = Kind::unknown;
  llvm::Value* a = nullptr;
  llvm::Value* b = nullptr;
  llvm::Value* result = nullptr;
  llvm::Value* carry = nullptr;  ///< i1; null: not known (of `result`), or as `kind` says
  llvm::Value* overflow = nullptr;  ///< i1; null: not known
  llvm::Value* zero = nullptr;  ///< i1 in the place of what the others say of zero
  /// i1; where it is false the flags are `otherwise`, a set of the target's bits (AArch64's ccmp).
  llvm::Value* guard = nullptr;
  unsigned otherwise = 0;
};

/// As many flags of one target as can be variables.
inline constexpr std::size_t k_stored_flags = 5;

/// A part of the stack frame that is one variable.
struct FrameObject {
  std::int64_t begin = 0, end = 0;  ///< offsets from the stack pointer at entry
  llvm::AllocaInst* place = nullptr;
};

/// What values and functions of the table are in IR.
llvm::Type* type_of(AbiType type, llvm::LLVMContext& context);
llvm::FunctionType* function_type_of(const LiftSignature& signature, llvm::LLVMContext& context);

class LiftMachine {
 public:
  /// Variables are made in `entry`, the first block of `function`; the builder stands at its end.
  LiftMachine(const AsmUnit& unit, llvm::Function& function, LiftFacts& facts);
  virtual ~LiftMachine() = default;
  LiftMachine(const LiftMachine&) = delete;
  LiftMachine& operator=(const LiftMachine&) = delete;

  llvm::IRBuilder<> ir;

  /// A general register, or its lower part of 32, 16 or 8 bits.
  [[nodiscard]] llvm::Value* read_general(unsigned number, unsigned width);
  /// An integer of 64 bits or less into a general register; narrow ones are extended by zeros where
  /// the processor does not say otherwise.
  virtual void write_general(unsigned number, llvm::Value* value);
  /// What is known to be in a general register, all of it.
  [[nodiscard]] std::optional<std::int64_t> constant_in(unsigned number) const {
    return registers.general[number].constant;
  }

  // Vector registers.
  [[nodiscard]] llvm::Value* read_vector(unsigned number, llvm::Type* type);  ///< 128 bits
  [[nodiscard]] llvm::Value* read_double(unsigned number);
  [[nodiscard]] llvm::Value* read_float(unsigned number);
  void write_vector(unsigned number, llvm::Value* value);  ///< any type of 128 bits
  void copy_vector(unsigned to, unsigned from);  ///< all of it, whatever is in it
  /// A double or float as the lowest part.
  void write_lane(unsigned number, llvm::Value* value);  ///< the others stay
  void write_alone(unsigned number, llvm::Value* value);  ///< the others become zero

  // The stack. `sp` is where the stack pointer is, relative to where it was at entry.
  std::int64_t sp = 0;
  bool fp_is_frame = false;  ///< the frame register holds the entry's stack pointer + fp_offset
  std::int64_t fp_offset = 0;
  [[nodiscard]] llvm::Value* frame_pointer(std::int64_t offset, unsigned bytes);
  [[nodiscard]] bool has_frame_at(std::int64_t offset) const;
  /// The address of a place of the frame as an integer, which may go anywhere.
  [[nodiscard]] llvm::Value* frame_address(std::int64_t offset);
  /// The frame cut into variables; without it all of it is one array.
  void lay_out(std::vector<FrameObject> objects) { frame_ = std::move(objects); }

  // Flags.
  LiftFlags flags;
  void store_flags(unsigned which);  ///< a set of the target's bits, into the variables
  void load_flags() { flags = {LiftFlags::Kind::stored}; }

  // Symbols.
  [[nodiscard]] llvm::GlobalValue* symbol(const std::string& name);
  llvm::Function* declare(const std::string& name, const LiftSignature& signature);

  // Where values are from; what signatures are inferred from.
  LiftRegisters registers;
  /// Reads that do not ask for a value: of what is saved, or passed to who may not look at it.
  bool reads_for_keeping = false;
  void note_vector_read(unsigned number, AbiType type);
  void note_vector_write(unsigned number, AbiType type);
  /// After a call: registers that it may change have no value.
  virtual void forget_caller_saved();

  /// Says that what is being lifted cannot be; the first reason stays.
  void refuse(std::string reason);
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  llvm::IntegerType* integer(unsigned width) { return ir.getIntNTy(width); }
  /// Bytes of memory that a value of `type` takes.
  [[nodiscard]] unsigned bytes_of(llvm::Type* type) const;
  [[nodiscard]] llvm::Function& function() { return function_; }
  [[nodiscard]] LiftFacts& facts() const { return facts_; }
  [[nodiscard]] const AsmUnit& unit() const { return unit_; }
  [[nodiscard]] const LiftConvention& convention() const { return convention_; }

 protected:
  struct General {
    llvm::AllocaInst *wide, *word, *half, *byte;
  };
  struct Vector {
    llvm::AllocaInst *whole, *real, *single;
  };
  /// The flag of the target's bit `number`, an i1.
  virtual llvm::Value* flag(std::size_t number) = 0;
  /// Called when what the caller left in a general register is read.
  virtual void note_entry_read(unsigned number, unsigned width);
  void note_read(unsigned number, unsigned width);
  void note_write(unsigned number, unsigned width);
  void note_escape(std::int64_t offset);
  /// All of a general register from `value`, extended by zeros.
  void set_facets(unsigned number, llvm::Value* value);
  /// What a load of `type` from `symbol` + `offset` gives, where that is a constant which code
  /// generation has put into memory; else null.
  llvm::Constant* pooled_constant(llvm::Type* type, const std::string& symbol, std::int64_t offset);
  /// The variable of a stored flag.
  llvm::Value* stored_flag(std::size_t number) {
    return ir.CreateLoad(ir.getInt1Ty(), stored_[number]);
  }
  [[nodiscard]] const General& general(unsigned number) const { return general_[number]; }

 private:
  void write_lowest(unsigned number, llvm::Value* value, llvm::Value* others);

  const AsmUnit& unit_;
  const LiftConvention& convention_;
  llvm::Function& function_;
  LiftFacts& facts_;
  std::array<General, k_most_registers> general_;
  std::array<Vector, k_most_registers> vector_;
  std::array<llvm::AllocaInst*, k_stored_flags> stored_;
  std::vector<FrameObject> frame_;
  std::string refusal_;
};

}  // namespace llmc
