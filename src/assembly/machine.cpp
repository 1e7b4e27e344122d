#include "assembly/machine.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/MC/MCSymbol.h>
#include <llvm/MC/MCValue.h>
#include <llvm/Support/Casting.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <bit>

namespace llmc {
namespace {

/// More than any compiler nests them.
constexpr unsigned k_deepest_expression = 64;

std::string printed(const llvm::MCExpr& expression, const llvm::MCAsmInfo& syntax) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  expression.print(stream, &syntax);
  return text;
}

AsmSum negated(AsmSum sum) {
  std::swap(sum.plus, sum.minus);
  sum.constant = static_cast<std::int64_t>(-static_cast<std::uint64_t>(sum.constant));
  return sum;
}

std::optional<AsmSum> added(const AsmSum& a, const AsmSum& b) {
  if (a.shift != 0 || b.shift != 0) return std::nullopt;
  if ((a.plus && b.plus) || (a.minus && b.minus)) return std::nullopt;
  AsmSum sum;
  sum.plus = a.plus ? a.plus : b.plus;
  sum.minus = a.minus ? a.minus : b.minus;
  sum.modifier = a.plus ? a.modifier : b.modifier;
  sum.constant = static_cast<std::int64_t>(static_cast<std::uint64_t>(a.constant) +
                                           static_cast<std::uint64_t>(b.constant));
  return sum;
}

/// AArch64's `:lo12:symbol+4`; its class is private to LLVM, so the modifier is taken from its
/// text.
std::optional<AsmSum> target_sum(const llvm::MCExpr& expression, const llvm::MCAsmInfo& syntax) {
  llvm::MCValue value;
  if (!expression.evaluateAsRelocatable(value, nullptr, nullptr)) return std::nullopt;
  if (value.getSymA() == nullptr || value.getSymB() != nullptr) return std::nullopt;
  AsmSum sum{.plus = &value.getSymA()->getSymbol(), .constant = value.getConstant()};
  const std::string text = printed(expression, syntax);
  if (text.starts_with(':'))
    if (const auto end = text.find(':', 1); end != std::string::npos)
      sum.modifier = text.substr(1, end - 1);
  return sum;
}

std::optional<AsmSum> sum_at(const llvm::MCExpr& expression, const llvm::MCAsmInfo& syntax,
                             unsigned depth);

std::optional<AsmSum> binary_sum(const llvm::MCBinaryExpr& binary, const llvm::MCAsmInfo& syntax,
                                 unsigned depth) {
  const auto left = sum_at(*binary.getLHS(), syntax, depth);
  const auto right = sum_at(*binary.getRHS(), syntax, depth);
  if (!left || !right) return std::nullopt;
  switch (binary.getOpcode()) {
    case llvm::MCBinaryExpr::Add:
      return added(*left, *right);
    case llvm::MCBinaryExpr::Sub:
      if (!right->modifier.empty()) return std::nullopt;
      return added(*left, negated(*right));
    case llvm::MCBinaryExpr::Div:
    case llvm::MCBinaryExpr::LShr:
    case llvm::MCBinaryExpr::AShr: {
      const bool division = binary.getOpcode() == llvm::MCBinaryExpr::Div;
      const auto by = static_cast<std::uint64_t>(right->constant);
      if (right->plus || right->minus || left->shift != 0 || !left->plus) return std::nullopt;
      if (division ? !std::has_single_bit(by) : by > 8) return std::nullopt;
      AsmSum shifted = *left;
      shifted.shift = division ? static_cast<unsigned>(std::countr_zero(by)) : by;
      return shifted;
    }
    default:
      return std::nullopt;
  }
}

std::optional<AsmSum> symbol_sum(const llvm::MCSymbolRefExpr& reference,
                                 const llvm::MCAsmInfo& syntax, unsigned depth) {
  const llvm::MCSymbol& symbol = reference.getSymbol();
  if (symbol.isVariable()) {
    const auto value = sum_at(*symbol.getVariableValue(/*SetUsed=*/false), syntax, depth);
    if (value && (value->minus || !value->plus)) return value;
  }
  AsmSum sum{.plus = &symbol};
  if (reference.getKind() != llvm::MCSymbolRefExpr::VK_None)
    sum.modifier = llvm::MCSymbolRefExpr::getVariantKindName(reference.getKind()).str();
  return sum;
}

std::optional<AsmSum> sum_at(const llvm::MCExpr& expression, const llvm::MCAsmInfo& syntax,
                             unsigned depth) {
  if (depth == 0) return std::nullopt;
  switch (expression.getKind()) {
    case llvm::MCExpr::Constant:
      return AsmSum{.constant = llvm::cast<llvm::MCConstantExpr>(expression).getValue()};
    case llvm::MCExpr::SymbolRef:
      return symbol_sum(llvm::cast<llvm::MCSymbolRefExpr>(expression), syntax, depth - 1);
    case llvm::MCExpr::Binary:
      return binary_sum(llvm::cast<llvm::MCBinaryExpr>(expression), syntax, depth - 1);
    case llvm::MCExpr::Unary: {
      const auto& unary = llvm::cast<llvm::MCUnaryExpr>(expression);
      const auto inner = sum_at(*unary.getSubExpr(), syntax, depth - 1);
      if (!inner || !inner->modifier.empty() || inner->shift != 0) return std::nullopt;
      if (unary.getOpcode() == llvm::MCUnaryExpr::Plus) return inner;
      if (unary.getOpcode() == llvm::MCUnaryExpr::Minus) return negated(*inner);
      return std::nullopt;
    }
    case llvm::MCExpr::Target:
      return target_sum(expression, syntax);
  }
  return std::nullopt;
}

/// The bits of the operands of an x86 instruction, which is the first number in its name: 32 for
/// ADD32ri; 0 if there is none.
unsigned operand_bits(std::string_view name) {
  const std::size_t digit = name.find_first_of("0123456789");
  unsigned bits = 0;
  for (std::size_t i = digit; i < name.size() && name[i] >= '0' && name[i] <= '9'; ++i)
    bits = bits * 10 + static_cast<unsigned>(name[i] - '0');
  return bits;
}

/// An immediate of 8, 16 or 32 bits with its sign: the parser keeps it as it is written, the
/// disassembler makes some of them positive. It is the last operand; a displacement never is.
void add_sign(std::string_view name, llvm::MCInst& instruction) {
  const unsigned bits = operand_bits(name);
  if (bits != 8 && bits != 16 && bits != 32) return;
  if (instruction.getNumOperands() == 0) return;
  llvm::MCOperand& operand = instruction.getOperand(instruction.getNumOperands() - 1);
  if (!operand.isImm()) return;
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  if (operand.getImm() >= half && operand.getImm() < 2 * half)
    operand.setImm(operand.getImm() - 2 * half);
}

/// `text` without blanks at its ends, and with one where there are several.
std::string single_blanks(std::string_view text) {
  std::string result;
  bool quoted = false, gap = false;
  for (const char c : text) {
    if (!quoted && (c == ' ' || c == '\t' || c == '\n')) {
      gap = !result.empty();
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (gap) result += ' ';
    gap = false;
    result += c;
  }
  return result;
}

/// No other symbol is there while it is.
std::string placeholder_name(std::size_t number) { return fmt::format("..{}..", number); }

std::string quoted(std::string_view name) {
  if (!name.empty() && std::ranges::all_of(name, is_name_character)) return std::string(name);
  std::string text = "\"";
  for (const char c : name) {
    if (c == '\n')
      text += "\\n";
    else if (c == '"')
      text += "\\\"";
    else
      text += c;
  }
  return text + '"';
}

constexpr std::pair<AsmPrefix, std::string_view> k_prefixes[] = {
    {AsmPrefix::lock, "lock "}, {AsmPrefix::rep, "rep "}, {AsmPrefix::repne, "repne "}};

}  // namespace

Result<AsmMachine> AsmMachine::create(NormalTarget kind) {
  AsmMachine machine;
  machine.kind = kind;
  const std::string name(triple_of(kind));
  machine.triple = llvm::Triple(name);
  std::string message;
  machine.target = llvm::TargetRegistry::lookupTarget(name, message);
  if (machine.target == nullptr)
    return fail(fmt::format("no assembler for the target '{}': {}", name, message));
  machine.registers.reset(machine.target->createMCRegInfo(name));
  machine.syntax.reset(machine.target->createMCAsmInfo(*machine.registers, name, machine.options));
  machine.opcodes.reset(machine.target->createMCInstrInfo());
  const bool is_aarch64 = kind == NormalTarget::aarch64;
  machine.features.reset(machine.target->createMCSubtargetInfo(name, "", is_aarch64 ? "+all" : ""));
  machine.printer.reset(machine.target->createMCInstPrinter(machine.triple, 0, *machine.syntax,
                                                            *machine.opcodes, *machine.registers));
  if (!machine.features || !machine.printer)
    return fail(fmt::format("LLVM was built without an assembler for '{}'", name));
  machine.placeholder_context = std::make_unique<llvm::MCContext>(
      machine.triple, machine.syntax.get(), machine.registers.get(), machine.features.get());
  llvm::MCContext& context = *machine.placeholder_context;
  for (std::size_t i = 0; i < machine.placeholders.size(); ++i)
    machine.placeholders[i] =
        llvm::MCSymbolRefExpr::create(context.getOrCreateSymbol(placeholder_name(i)), context);
  return machine;
}

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '$' || c == '.' || c == '@';
}

std::string symbol_text(NormalTarget target, const AsmOperand& operand) {
  std::string text = quoted(operand.symbol);
  if (target == NormalTarget::aarch64) {
    if (!operand.modifier.empty()) text = ":" + operand.modifier + ":" + text;
  } else if (!operand.modifier.empty()) {
    text += "@" + operand.modifier;
  }
  if (operand.value > 0) text += "+";
  if (operand.value != 0) text += std::to_string(operand.value);
  return text;
}

std::optional<AsmSum> sum_of(const llvm::MCExpr& expression, const llvm::MCAsmInfo& syntax) {
  return sum_at(expression, syntax, k_deepest_expression);
}

AsmOperand to_operand(const AsmMachine& machine, const llvm::MCOperand& operand) {
  AsmOperand result;
  if (operand.isReg()) {
    result.kind = AsmOperand::Kind::reg;
    if (operand.getReg() != 0) result.reg = machine.registers->getName(operand.getReg());
  } else if (operand.isImm()) {
    result.value = operand.getImm();
  } else if (operand.isDFPImm()) {
    result.value = static_cast<std::int64_t>(operand.getDFPImm());
  } else if (operand.isExpr()) {
    const auto sum = sum_of(*operand.getExpr(), *machine.syntax);
    if (sum && !sum->plus && !sum->minus) {
      result.value = sum->constant;
    } else if (sum && sum->plus && !sum->minus && sum->shift == 0) {
      result.kind = AsmOperand::Kind::symbol;
      result.symbol = sum->plus->getName().str();
      result.value = sum->constant;
      result.modifier = sum->modifier;
    } else {
      result.kind = AsmOperand::Kind::other;
      result.symbol = printed(*operand.getExpr(), *machine.syntax);
    }
  }
  return result;
}

void print_instruction(const AsmMachine& machine, llvm::MCInst instruction, AsmInstruction& read) {
  std::vector<std::string> symbols;
  for (unsigned i = 0; i < instruction.getNumOperands(); ++i) {
    if (read.operands[i].kind != AsmOperand::Kind::symbol) continue;
    if (symbols.size() == machine.placeholders.size()) break;
    instruction.getOperand(i) = llvm::MCOperand::createExpr(machine.placeholders[symbols.size()]);
    symbols.push_back(symbol_text(machine.kind, read.operands[i]));
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  machine.printer->printInst(&instruction, 0, "", *machine.features, stream);
  read.text = single_blanks(text);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const std::string placeholder = placeholder_name(i);
    if (const auto at = read.text.find(placeholder); at != std::string::npos)
      read.text.replace(at, placeholder.size(), symbols[i]);
  }
  for (const auto& [prefix, word] : k_prefixes)
    if (read.text.starts_with(word)) read.prefix = prefix;
}

AsmInstruction begin_instruction(const AsmMachine& machine, llvm::MCInst& instruction) {
  AsmInstruction result;
  result.opcode = instruction.getOpcode();
  const llvm::StringRef name = machine.opcodes->getName(instruction.getOpcode());
  result.name = std::string_view(name.data(), name.size());
  if (machine.kind == NormalTarget::x86_64) add_sign(result.name, instruction);
  return result;
}

AsmInstruction to_asm_instruction(const AsmMachine& machine, llvm::MCInst instruction) {
  AsmInstruction result = begin_instruction(machine, instruction);
  for (const llvm::MCOperand& operand : instruction)
    result.operands.push_back(to_operand(machine, operand));
  print_instruction(machine, std::move(instruction), result);
  return result;
}

AsmPrefix lone_prefix(std::string_view llvm_name) {
  if (llvm_name == "LOCK_PREFIX") return AsmPrefix::lock;
  if (llvm_name == "REP_PREFIX") return AsmPrefix::rep;
  if (llvm_name == "REPNE_PREFIX") return AsmPrefix::repne;
  return AsmPrefix::none;
}

void add_prefix(AsmPrefix prefix, AsmInstruction& instruction) {
  for (const auto& [known, word] : k_prefixes) {
    if (known != prefix || instruction.prefix != AsmPrefix::none) continue;
    instruction.prefix = prefix;
    instruction.text.insert(0, word);
  }
}

AsmSectionKind section_kind(std::string_view name, unsigned type, std::uint64_t flags) {
  using namespace llvm::ELF;
  if ((flags & SHF_EXECINSTR) != 0) return AsmSectionKind::code;
  if ((flags & SHF_TLS) != 0) return AsmSectionKind::thread;
  if (type == SHT_NOBITS) return AsmSectionKind::zero;
  if ((flags & SHF_WRITE) == 0)
    return (flags & SHF_MERGE) != 0 ? AsmSectionKind::mergeable : AsmSectionKind::read_only;
  return name.starts_with(".data.rel.ro") ? AsmSectionKind::relocated_read_only
                                          : AsmSectionKind::writable;
}

bool is_skipped_section(std::string_view name, std::uint64_t flags) {
  return (flags & llvm::ELF::SHF_ALLOC) == 0 || name.starts_with(".eh_frame") ||
         name.starts_with(".note") || name.starts_with(".gcc_except_table") ||
         name.starts_with(".debug");
}

std::string personality_name(std::string_view symbol) {
  constexpr std::string_view k_indirection = "DW.ref.";
  if (symbol.starts_with(k_indirection)) symbol.remove_prefix(k_indirection.size());
  return std::string(symbol);
}

void collect_undefined(AsmUnit& unit, const std::set<std::string>& weak) {
  std::set<std::string_view> defined, used;
  for (const AsmFunction& function : unit.functions) {
    defined.insert(function.name);
    for (const AsmLabel& label : function.labels) defined.insert(label.name);
    for (const AsmInstruction& instruction : function.instructions)
      for (const AsmOperand& operand : instruction.operands)
        if (operand.kind == AsmOperand::Kind::symbol) used.insert(operand.symbol);
    used.insert(function.personality);
  }
  for (const AsmDatum& datum : unit.data) {
    defined.insert(datum.name);
    defined.insert(datum.other_names.begin(), datum.other_names.end());
    for (const AsmInnerName& inner : datum.inner_names) defined.insert(inner.name);
    for (const AsmReference& reference : datum.references) {
      used.insert(reference.symbol);
      used.insert(reference.minus);
    }
  }
  for (const auto& [name, meaning] : unit.aliases) {
    defined.insert(name);
    used.insert(meaning);
  }
  used.erase("");
  for (const std::string_view name : used)
    if (!defined.contains(name))
      unit.undefined.emplace(
          name, weak.contains(std::string(name)) ? AsmLinkage::weak : AsmLinkage::global);
}

}  // namespace llmc
