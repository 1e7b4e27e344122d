#include "assembly/facts.h"

#include <fmt/format.h>
#include <llvm/MC/TargetRegistry.h>

#include <algorithm>

namespace llmc {
namespace {

FlowKind x86_flow(std::string_view name) {
  if (name.starts_with("JMP_")) return FlowKind::jump;
  if (name.starts_with("JCC_") || name == "JRCXZ" || name == "JECXZ" || name == "LOOP" ||
      name == "LOOPE" || name == "LOOPNE")
    return FlowKind::branch;
  if (name.starts_with("JMP") || name.starts_with("FARJMP")) return FlowKind::indirect;
  if (name.starts_with("CALL") || name.starts_with("FARCALL")) return FlowKind::call;
  if (name.starts_with("RET") || name.starts_with("LRET") || name.starts_with("IRET"))
    return FlowKind::returns;
  if (name == "TRAP" || name == "HLT" || name.starts_with("UD1")) return FlowKind::trap;
  return FlowKind::next;
}

FlowKind aarch64_flow(std::string_view name) {
  if (name == "B") return FlowKind::jump;
  if (name == "Bcc" || name == "BCcc" || name.starts_with("CBZ") || name.starts_with("CBNZ") ||
      name.starts_with("TBZ") || name.starts_with("TBNZ"))
    return FlowKind::branch;
  if (name == "BL" || name.starts_with("BLR")) return FlowKind::call;
  if (name == "BR" || name.starts_with("BRA")) return FlowKind::indirect;
  if (name == "RET" || name == "RETAA" || name == "RETAB" || name.starts_with("ERET"))
    return FlowKind::returns;
  if (name == "BRK" || name == "HLT" || name == "UDF") return FlowKind::trap;
  return FlowKind::next;
}

const std::vector<std::string_view>& kept_registers(NormalTarget target) {
  static const std::vector<std::string_view> k_x86 = {"RBX", "RBP", "RSP", "R12",
                                                      "R13", "R14", "R15", "RIP"};
  static const std::vector<std::string_view> k_aarch64 = {
      "X19", "X20", "X21", "X22", "X23", "X24", "X25", "X26", "X27", "X28",
      "FP",  "SP",  "D8",  "D9",  "D10", "D11", "D12", "D13", "D14", "D15"};
  return target == NormalTarget::x86_64 ? k_x86 : k_aarch64;
}

}  // namespace

FlowKind flow_kind(NormalTarget target, const AsmInstruction& instruction) {
  return target == NormalTarget::x86_64 ? x86_flow(instruction.name)
                                        : aarch64_flow(instruction.name);
}

const AsmOperand* jump_operand(const AsmInstruction& instruction) {
  // The condition of JCC_1 is a number after the target, that of Bcc one before it.
  for (const AsmOperand& operand : instruction.operands)
    if (operand.kind == AsmOperand::Kind::symbol || operand.kind == AsmOperand::Kind::other)
      return &operand;
  return nullptr;
}

bool does_nothing(const AsmInstruction& instruction) {
  const std::string_view name = instruction.name;
  if (name.starts_with("NOOP") || name == "DATA16_PREFIX" || name == "CS_PREFIX") return true;
  // What LLVM and GNU as pad code with: xchgw %ax, %ax; AArch64's nop is a hint.
  if (name == "XCHG16ar") return instruction.operands[0].reg == "AX";
  return name == "HINT" && instruction.operands[0].value == 0;
}

Result<InstructionFacts> InstructionFacts::create(NormalTarget kind) {
  const std::string name(triple_of(kind));
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(name, message);
  if (target == nullptr)
    return fail(fmt::format("no instructions for the target '{}': {}", name, message));
  InstructionFacts facts;
  facts.target_ = kind;
  facts.registers_.reset(target->createMCRegInfo(name));
  facts.opcodes_.reset(target->createMCInstrInfo());
  for (unsigned reg = 1; reg < facts.registers_->getNumRegs(); ++reg)
    facts.numbers_.emplace(facts.registers_->getName(reg), reg);
  for (const std::string_view reg : kept_registers(kind)) facts.kept_.push_back(facts.number(reg));
  return facts;
}

unsigned InstructionFacts::number(std::string_view reg) const {
  const auto found = numbers_.find(reg);
  return found == numbers_.end() ? 0 : found->second;
}

bool InstructionFacts::overlap(std::string_view a, std::string_view b) const {
  const unsigned first = number(a), second = number(b);
  return first != 0 && second != 0 && registers_->regsOverlap(first, second);
}

const llvm::MCInstrDesc* InstructionFacts::description(const AsmInstruction& instruction) const {
  return instruction.opcode < opcodes_->getNumOpcodes() ? &opcodes_->get(instruction.opcode)
                                                        : nullptr;
}

bool InstructionFacts::writes(const AsmInstruction& instruction, std::string_view reg) const {
  const llvm::MCInstrDesc* description = this->description(instruction);
  const unsigned wanted = number(reg);
  if (description == nullptr || wanted == 0) return true;
  const std::size_t defined =
      std::min<std::size_t>(description->getNumDefs(), instruction.operands.size());
  for (std::size_t i = 0; i < defined; ++i)
    if (overlap(instruction.operands[i].reg, reg)) return true;
  for (const llvm::MCPhysReg implied : description->implicit_defs())
    if (registers_->regsOverlap(implied, wanted)) return true;
  return flow_kind(target_, instruction) == FlowKind::call &&
         std::ranges::none_of(
             kept_, [&](unsigned kept) { return registers_->isSubRegisterEq(kept, wanted); });
}

}  // namespace llmc
