// What LLVM's MC layer needs to read and print instructions of one target. Internal to this folder.
#pragma once

#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCExpr.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/TargetParser/Triple.h>

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "assembly/assembly.h"

namespace llmc {

/// LLVM's tables for one target.
struct AsmMachine {
  NormalTarget kind = NormalTarget::x86_64;
  llvm::Triple triple;
  const llvm::Target* target = nullptr;
  llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> syntax;
  std::unique_ptr<llvm::MCInstrInfo> opcodes;
  std::unique_ptr<llvm::MCSubtargetInfo> features;  ///< with every extension of the architecture
  std::unique_ptr<llvm::MCInstPrinter> printer;  ///< AT&T

  /// Fails if LLVM's target is not registered (initialize_targets).
  static Result<AsmMachine> create(NormalTarget kind);

  /// Symbols that stand for those of an instruction while it is printed.
  std::unique_ptr<llvm::MCContext> placeholder_context;
  std::array<const llvm::MCExpr*, 4> placeholders = {};
};

/// The symbol operand `operand` as it stands in AT&T assembly: `foo@PLT`, `:lo12:foo+4`; in
/// quotation marks if the name has odd characters.
std::string symbol_text(NormalTarget target, const AsmOperand& operand);

/// Whether `c` can be in a name without quotation marks.
bool is_name_character(char c);

/// An expression that is a sum: `plus` + `constant` - `minus`, shifted right.
struct AsmSum {
  const llvm::MCSymbol* plus = nullptr;
  const llvm::MCSymbol* minus = nullptr;
  std::int64_t constant = 0;
  unsigned shift = 0;
  std::string modifier;  ///< of `plus`
};

/// `expression` as a sum; none if it is something else. Symbols that stand for a difference
/// (`.set`) are replaced by it, others are kept.
std::optional<AsmSum> sum_of(const llvm::MCExpr& expression, const llvm::MCAsmInfo& syntax);

/// `instruction` with its text, all on one line with single blanks.
AsmInstruction to_asm_instruction(const AsmMachine& machine, llvm::MCInst instruction);

/// `operand`, expressions as symbols where they can be.
AsmOperand to_operand(const AsmMachine& machine, const llvm::MCOperand& operand);

/// `instruction` without its operands and text. Numbers in `instruction` get the sign that they
/// have in text.
AsmInstruction begin_instruction(const AsmMachine& machine, llvm::MCInst& instruction);

/// Prints `instruction`, whose operands are already in `read`, to `read.text`, and sets
/// `read.prefix`.
void print_instruction(const AsmMachine& machine, llvm::MCInst instruction, AsmInstruction& read);

/// The prefix that `instruction` is if it is nothing else ("lock" on a line of its own).
AsmPrefix lone_prefix(std::string_view llvm_name);

/// Puts a lone prefix in front of the instruction that it belongs to.
void add_prefix(AsmPrefix prefix, AsmInstruction& instruction);

/// What an ELF section is for.
AsmSectionKind section_kind(std::string_view name, unsigned type, std::uint64_t flags);

/// Sections that say nothing about what the program does, and tables for exceptions.
bool is_skipped_section(std::string_view name, std::uint64_t flags);

/// Names that assemblers do not put into symbol tables.
inline bool is_private_name(std::string_view name) { return name.starts_with(".L"); }

/// The routine behind the indirection that position-independent code has: DW.ref.X is X.
std::string personality_name(std::string_view symbol);

/// Fills in `unit.undefined` with all that functions, data and aliases refer to and the unit does
/// not have: those in `weak` as weak, others as global.
void collect_undefined(AsmUnit& unit, const std::set<std::string>& weak);

}  // namespace llmc
