// What instructions read, write and do, from LLVM's tables. Internal to this folder.
#pragma once

#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assembly/assembly.h"

namespace llmc {

/// How an instruction goes on, as far as its name says.
enum class FlowKind {
  next,      ///< with the next one
  jump,      ///< to its symbol
  branch,    ///< to its symbol or with the next one
  indirect,  ///< to what a register or memory says
  returns,
  trap,
  call  ///< into another function, and then with the next one, if it returns
};

/// How `instruction` of `target` goes on.
FlowKind flow_kind(NormalTarget target, const AsmInstruction& instruction);

/// The operand that says where a jump, branch or call goes; null if there is none.
const AsmOperand* jump_operand(const AsmInstruction& instruction);

/// Instructions that only fill space.
bool does_nothing(const AsmInstruction& instruction);

/// LLVM's tables of instructions and registers.
class InstructionFacts {
 public:
  /// Fails if LLVM's target is not registered (initialize_targets).
  static Result<InstructionFacts> create(NormalTarget target);

  /// Whether the two registers share a part.
  [[nodiscard]] bool overlap(std::string_view a, std::string_view b) const;

  /// Whether `instruction` may change any part of `reg`. A call changes all that its callee need
  /// not keep.
  [[nodiscard]] bool writes(const AsmInstruction& instruction, std::string_view reg) const;

  /// LLVM's description of `instruction`; null if its number is none of this target's.
  [[nodiscard]] const llvm::MCInstrDesc* description(const AsmInstruction& instruction) const;

  /// LLVM's number for a register; 0 if there is none of that name.
  [[nodiscard]] unsigned number(std::string_view reg) const;

  [[nodiscard]] const llvm::MCRegisterInfo& registers() const { return *registers_; }
  [[nodiscard]] NormalTarget target() const { return target_; }

 private:
  NormalTarget target_ = NormalTarget::x86_64;
  std::unique_ptr<llvm::MCRegisterInfo> registers_;
  std::unique_ptr<llvm::MCInstrInfo> opcodes_;
  std::unordered_map<std::string_view, unsigned> numbers_;
  std::vector<unsigned> kept_;  ///< what callees keep
};

}  // namespace llmc
