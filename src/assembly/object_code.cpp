#include "assembly/object_code.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCDisassembler/MCRelocationInfo.h>
#include <llvm/MC/MCDisassembler/MCSymbolizer.h>
#include <llvm/Object/ELF.h>
#include <llvm/Support/Casting.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <optional>
#include <span>

namespace llmc {
namespace {

using namespace llvm::ELF;

/// How a relocation of code reads as an operand.
struct RelocationForm {
  std::string_view modifier;
  bool relative = false;  ///< x86: to the end of the instruction
};

std::optional<RelocationForm> x86_form(unsigned type) {
  switch (type) {
    case R_X86_64_64:
    case R_X86_64_32:
    case R_X86_64_32S:
    case R_X86_64_16:
    case R_X86_64_8:
      return RelocationForm{""};
    case R_X86_64_PC32:
    case R_X86_64_PC16:
    case R_X86_64_PC8:
      return RelocationForm{"", true};
    case R_X86_64_PLT32:
      return RelocationForm{"PLT", true};
    case R_X86_64_GOTPCREL:
    case R_X86_64_GOTPCRELX:
    case R_X86_64_REX_GOTPCRELX:
      return RelocationForm{"GOTPCREL", true};
    case R_X86_64_GOTTPOFF:
      return RelocationForm{"GOTTPOFF", true};
    case R_X86_64_TLSGD:
      return RelocationForm{"TLSGD", true};
    case R_X86_64_TLSLD:
      return RelocationForm{"TLSLD", true};
    case R_X86_64_GOTPC32_TLSDESC:
      return RelocationForm{"TLSDESC", true};
    case R_X86_64_TPOFF32:
      return RelocationForm{"TPOFF"};
    case R_X86_64_DTPOFF32:
      return RelocationForm{"DTPOFF"};
    default:
      return std::nullopt;
  }
}

std::optional<RelocationForm> aarch64_form(unsigned type) {
  switch (type) {
    case R_AARCH64_CALL26:
    case R_AARCH64_JUMP26:
    case R_AARCH64_CONDBR19:
    case R_AARCH64_TSTBR14:
    case R_AARCH64_ADR_PREL_LO21:
    case R_AARCH64_LD_PREL_LO19:
    case R_AARCH64_ADR_PREL_PG_HI21:
      return RelocationForm{""};
    case R_AARCH64_ADR_PREL_PG_HI21_NC:
      return RelocationForm{"pg_hi21_nc"};
    case R_AARCH64_ADD_ABS_LO12_NC:
    case R_AARCH64_LDST8_ABS_LO12_NC:
    case R_AARCH64_LDST16_ABS_LO12_NC:
    case R_AARCH64_LDST32_ABS_LO12_NC:
    case R_AARCH64_LDST64_ABS_LO12_NC:
    case R_AARCH64_LDST128_ABS_LO12_NC:
      return RelocationForm{"lo12"};
    case R_AARCH64_ADR_GOT_PAGE:
      return RelocationForm{"got"};
    case R_AARCH64_LD64_GOT_LO12_NC:
      return RelocationForm{"got_lo12"};
    case R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21:
      return RelocationForm{"gottprel"};
    case R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC:
      return RelocationForm{"gottprel_lo12"};
    case R_AARCH64_TLSLE_ADD_TPREL_HI12:
      return RelocationForm{"tprel_hi12"};
    case R_AARCH64_TLSLE_ADD_TPREL_LO12:
      return RelocationForm{"tprel_lo12"};
    case R_AARCH64_TLSLE_ADD_TPREL_LO12_NC:
      return RelocationForm{"tprel_lo12_nc"};
    case R_AARCH64_TLSDESC_ADR_PAGE21:
      return RelocationForm{"tlsdesc"};
    case R_AARCH64_TLSDESC_LD64_LO12:
    case R_AARCH64_TLSDESC_ADD_LO12:
      return RelocationForm{"tlsdesc_lo12"};
    default:
      return std::nullopt;
  }
}

/// What the operands of the instruction that is being decoded refer to.
struct DecodingState {
  const ObjectFunction* function = nullptr;
  std::uint64_t offset = 0;                       ///< of the instruction, in its section
  std::span<const ObjectRelocation> relocations;  ///< from the instruction on
  std::vector<AsmOperand> symbols;
  std::size_t used = 0;  ///< relocations
  std::string problem;
};

/// LLVM's disassembler asks it about each number that may be an address.
class ObjectSymbolizer final : public llvm::MCSymbolizer {
 public:
  ObjectSymbolizer(llvm::MCContext& context, const AsmMachine& machine, ObjectPlaces& places,
                   DecodingState& state)
      : MCSymbolizer(context, nullptr), machine_(machine), places_(places), state_(state) {}

  bool tryAddingSymbolicOperand(llvm::MCInst& instruction, llvm::raw_ostream&, std::int64_t value,
                                std::uint64_t address, bool is_branch, std::uint64_t offset,
                                std::uint64_t, std::uint64_t size) override {
    const bool x86 = machine_.kind == NormalTarget::x86_64;
    for (const ObjectRelocation& relocation : state_.relocations) {
      if (relocation.offset >= state_.offset + size) break;
      if (!x86 || relocation.offset == state_.offset + offset)
        return add_relocation(instruction, relocation, state_.offset + size);
    }
    const std::string_view name = name_of(instruction);
    if (x86) {
      if (!is_branch && !follows_instruction_pointer(instruction)) return false;
    } else {
      const bool literal = name.starts_with("LDR") || name.starts_with("PRFM");
      if (!is_branch && name != "ADR" && !(literal && name.ends_with('l'))) return false;
      value += static_cast<std::int64_t>(address);
    }
    const bool jumps = is_branch && !name.starts_with("CALL") && name != "BL";
    add(instruction, "",
        places_.name(state_.function->section, value, jumps ? state_.function : nullptr));
    return true;
  }

  void tryAddingPcLoadReferenceComment(llvm::raw_ostream&, std::int64_t, std::uint64_t) override {}

 private:
  std::string_view name_of(const llvm::MCInst& instruction) const {
    const llvm::StringRef name = machine_.opcodes->getName(instruction.getOpcode());
    return {name.data(), name.size()};
  }

  /// Whether what comes next is the displacement of an address that counts from RIP: base, scale
  /// and index have just been added.
  bool follows_instruction_pointer(const llvm::MCInst& instruction) const {
    const unsigned count = instruction.getNumOperands();
    if (count < 3 || !instruction.getOperand(count - 3).isReg()) return false;
    const unsigned base = instruction.getOperand(count - 3).getReg();
    return base != 0 && std::string_view(machine_.registers->getName(base)) == "RIP";
  }

  bool add_relocation(llvm::MCInst& instruction, const ObjectRelocation& relocation,
                      std::uint64_t end) {
    const bool x86 = machine_.kind == NormalTarget::x86_64;
    const auto form = x86 ? x86_form(relocation.type) : aarch64_form(relocation.type);
    if (!form) return false;
    ++state_.used;
    std::int64_t addend = relocation.addend;
    if (form->relative) addend += static_cast<std::int64_t>(end - relocation.offset);
    add(instruction, form->modifier, places_.target(relocation.symbol, addend));
    return true;
  }

  void add(llvm::MCInst& instruction, std::string_view modifier, ObjectPlace place) {
    instruction.addOperand(llvm::MCOperand::createExpr(
        llvm::MCConstantExpr::create(static_cast<std::int64_t>(state_.symbols.size()), Ctx)));
    state_.symbols.push_back({.kind = AsmOperand::Kind::symbol,
                              .value = place.addend,
                              .symbol = std::move(place.symbol),
                              .modifier = std::string(modifier)});
  }

  const AsmMachine& machine_;
  ObjectPlaces& places_;
  DecodingState& state_;
};

class DecoderOfObject final : public ObjectDecoder {
 public:
  DecoderOfObject(const AsmMachine& machine, const ObjectFile& file, ObjectPlaces& places)
      : machine_(machine),
        file_(file),
        context_(machine.triple, machine.syntax.get(), machine.registers.get(),
                 machine.features.get()),
        disassembler_(machine.target->createMCDisassembler(*machine.features, context_)) {
    if (!disassembler_) return;
    disassembler_->setSymbolizer(
        std::make_unique<ObjectSymbolizer>(context_, machine, places, state_));
    for (unsigned opcode = 0; opcode < machine.opcodes->getNumOpcodes(); ++opcode) {
      const llvm::StringRef name = machine.opcodes->getName(opcode);
      if (name == "JMP_1") short_jump_ = opcode;
      if (name == "JCC_1") short_branch_ = opcode;
      if (name == "JMP_4") long_jump_ = opcode;
      if (name == "JCC_4") long_branch_ = opcode;
    }
  }

  [[nodiscard]] bool is_ready() const { return disassembler_ != nullptr; }

  DecodedCode decode(const ObjectFunction& function) override {
    const ObjectSection& section = file_.sections[function.section];
    DecodedCode code;
    if (section.bytes.size() < function.end) {
      code.problem = "the section has no bytes";
      return code;
    }
    state_.function = &function;
    AsmPrefix prefix = AsmPrefix::none;
    for (std::uint64_t offset = function.begin; offset < function.end;) {
      const std::uint64_t size = decode_one(section, offset, function.end, code, prefix);
      if (size == 0) return code;
      offset += size;
    }
    return code;
  }

 private:
  /// Decodes the instruction at `offset`; its size, or 0 with `code.problem` set.
  std::uint64_t decode_one(const ObjectSection& section, std::uint64_t offset, std::uint64_t end,
                           DecodedCode& code, AsmPrefix& prefix) {
    const auto first =
        std::ranges::lower_bound(section.relocations, offset, {}, &ObjectRelocation::offset);
    state_.offset = offset;
    state_.relocations = std::span(first, section.relocations.end());
    state_.symbols.clear();
    state_.used = 0;
    llvm::MCInst instruction;
    std::uint64_t size = 0;
    const llvm::ArrayRef<std::uint8_t> bytes(
        reinterpret_cast<const std::uint8_t*>(section.bytes.data()) + offset, end - offset);
    const auto status =
        disassembler_->getInstruction(instruction, size, bytes, offset, llvm::nulls());
    if (status != llvm::MCDisassembler::Success || size == 0) {
      code.problem = fmt::format("offset {:#x}: these bytes are no instruction", offset);
      return 0;
    }
    for (const ObjectRelocation& relocation : state_.relocations) {
      if (relocation.offset >= offset + size) break;
      if (state_.used == 0 && !is_mere_mark(relocation.type)) {
        code.problem = fmt::format("offset {:#x}: the relocation {} is not understood",
                                   relocation.offset, type_name(relocation.type));
        return 0;
      }
      if (!is_mere_mark(relocation.type)) --state_.used;
    }
    add(instruction, offset, code, prefix);
    return size;
  }

  /// Relocations that only tell the linker what an instruction is for.
  static bool is_mere_mark(unsigned type) {
    return type == R_AARCH64_TLSDESC_CALL || type == R_AARCH64_NONE || type == R_X86_64_NONE;
  }

  std::string type_name(unsigned type) const {
    const unsigned machine = machine_.kind == NormalTarget::x86_64 ? EM_X86_64 : EM_AARCH64;
    return llvm::object::getELFRelocationTypeName(machine, type).str();
  }

  void add(llvm::MCInst instruction, std::uint64_t offset, DecodedCode& code, AsmPrefix& prefix) {
    // The width of a jump is the assembler's choice, not the text's.
    if (instruction.getOpcode() == long_jump_) instruction.setOpcode(short_jump_);
    if (instruction.getOpcode() == long_branch_) instruction.setOpcode(short_branch_);
    AsmInstruction read = begin_instruction(machine_, instruction);
    for (const llvm::MCOperand& operand : instruction) {
      if (operand.isExpr())
        read.operands.push_back(state_.symbols[static_cast<std::size_t>(
            llvm::cast<llvm::MCConstantExpr>(operand.getExpr())->getValue())]);
      else
        read.operands.push_back(to_operand(machine_, operand));
    }
    if (const AsmPrefix alone = lone_prefix(read.name); alone != AsmPrefix::none) {
      prefix = alone;
      return;
    }
    print_instruction(machine_, std::move(instruction), read);
    add_prefix(std::exchange(prefix, AsmPrefix::none), read);
    code.instructions.push_back(std::move(read));
    code.offsets.push_back(offset);
  }

  const AsmMachine& machine_;
  const ObjectFile& file_;
  llvm::MCContext context_;
  DecodingState state_;
  std::unique_ptr<llvm::MCDisassembler> disassembler_;
  unsigned short_jump_ = 0, short_branch_ = 0;
  unsigned long_jump_ = ~0U, long_branch_ = ~0U;
};

}  // namespace

Result<std::unique_ptr<ObjectDecoder>> ObjectDecoder::create(const AsmMachine& machine,
                                                             const ObjectFile& file,
                                                             ObjectPlaces& places) {
  auto decoder = std::make_unique<DecoderOfObject>(machine, file, places);
  if (!decoder->is_ready())
    return fail(
        fmt::format("LLVM was built without a disassembler for '{}'", machine.triple.str()));
  return decoder;
}

}  // namespace llmc
