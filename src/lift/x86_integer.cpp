// Instructions on general registers: operands, moves, and the search for a template. What computes
// is in x86_integer_arithmetic.cpp.
#include "lift/x86_integer.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace llmc {
namespace {

using Kind = LiftFlags::Kind;
using llvm::Value;

X86Condition code_of(const AsmInstruction& instruction) {
  return static_cast<X86Condition>(instruction.operands.back().value & 15);
}

}  // namespace

X86Template::X86Template(X86Machine& machine, const AsmInstruction& instruction)
    : m(machine), i(instruction), name(x86_name(instruction.name)), width(name.width) {
  address = X86Machine::address_of(instruction);
  if (!address.empty()) writes_memory = address.data() == instruction.operands.data();
  if (writes_memory) place = m.pointer(address, bytes());
}

X86Register X86Template::reg(std::size_t operand) {
  const auto found =
      operand < i.operands.size() ? x86_register(i.operands[operand].reg) : std::nullopt;
  if (!found) m.refuse(fmt::format("the operands of '{}' are not understood", i.text));
  return found.value_or(X86Register{k_rax, width});
}

Value* X86Template::immediate(const AsmOperand& operand, unsigned bits) {
  if (operand.kind == AsmOperand::Kind::imm)
    return llvm::ConstantInt::getSigned(
        m.integer(bits), llvm::SignExtend64(static_cast<std::uint64_t>(operand.value), bits));
  if (operand.kind == AsmOperand::Kind::symbol && operand.modifier.empty()) {
    Value* value = m.ir.CreatePtrToInt(m.symbol(operand.symbol), m.ir.getInt64Ty());
    if (operand.value != 0)
      value = m.ir.CreateAdd(value, m.ir.getInt64(static_cast<std::uint64_t>(operand.value)));
    return m.ir.CreateTrunc(value, m.integer(bits));
  }
  m.refuse(fmt::format("the operands of '{}' are not understood", i.text));
  return llvm::PoisonValue::get(m.integer(bits));
}

Value* X86Template::source(unsigned bits) {
  if (!address.empty() && !writes_memory && &address.back() == &i.operands.back())
    return m.load(m.integer(bits), address);
  return value_of(i.operands.back(), bits);
}

Value* X86Template::value_of(const AsmOperand& operand, unsigned bits) {
  if (operand.kind != AsmOperand::Kind::reg) return immediate(operand, bits);
  const auto found = x86_register(operand.reg);
  if (!found) {
    m.refuse(fmt::format("the operands of '{}' are not understood", i.text));
    return llvm::PoisonValue::get(m.integer(bits));
  }
  return m.read(*found);
}

Value* X86Template::target() {
  if (writes_memory) return m.ir.CreateAlignedLoad(m.integer(width), place, llvm::Align(1));
  if (is_accumulator_form()) return m.read({k_rax, width});
  return m.read(reg(0));
}

void X86Template::write_target(Value* value) {
  if (writes_memory)
    m.ir.CreateAlignedStore(value, place, llvm::Align(1));
  else if (is_accumulator_form())
    m.write({k_rax, width}, value);
  else
    m.write(reg(0), value);
}

bool X86Template::is_same_register() const {
  return i.operands.size() >= 2 && address.empty() && name.form.starts_with("rr") &&
         i.operands.back() == i.operands[i.operands.size() - 2];
}

void X86Template::note_constant(X86Register written, std::int64_t value) {
  RegisterOrigin& origin = m.registers.general[written.number];
  if (written.width < 32) return;
  origin.constant = value;
  origin.is_number = true;
}

void X86Template::move() {
  if (name.form.starts_with('o') || name.form.starts_with("ao") || name.form.contains('s') ||
      name.form.contains('c') || name.form.contains('d'))
    return m.refuse(fmt::format("'{}' is not modelled", i.text));
  if (writes_memory) return m.store(source(width), address);
  const X86Register written = reg(0);
  std::optional<std::int64_t> known;
  const AsmOperand& from = i.operands.back();
  if (from.kind == AsmOperand::Kind::imm && address.empty())
    known = width == 32 ? static_cast<std::int64_t>(static_cast<std::uint32_t>(from.value))
                        : from.value;
  m.write(written, source(width));
  if (known) note_constant(written, *known);
}

void X86Template::extend(bool is_signed) {
  // The source's width stands last in the name: MOVZX32rm8.
  unsigned from = 0;
  for (const char c : name.form)
    if (c >= '0' && c <= '9') from = from * 10 + static_cast<unsigned>(c - '0');
  Value* const a = source(from);
  m.write(reg(0),
          is_signed ? m.ir.CreateSExt(a, m.integer(width)) : m.ir.CreateZExt(a, m.integer(width)));
}

void X86Template::conditional_move() {
  Value* const condition = m.condition(code_of(i));
  Value* const a = m.read(reg(0));
  Value* const b = address.empty() ? m.read(reg(2)) : m.load(m.integer(width), address);
  m.write(reg(0), m.ir.CreateSelect(condition, b, a));
}

void X86Template::set_condition() {
  Value* const value = m.ir.CreateZExt(m.condition(code_of(i)), m.ir.getInt8Ty());
  if (address.empty())
    m.write(reg(0), value);
  else
    m.store(value, address);
}

void X86Template::exchange() {
  if (address.empty()) {
    const std::size_t other = name.form == "ar" ? 0 : 1;
    const X86Register first = name.form == "ar" ? X86Register{k_rax, width} : reg(0);
    const X86Register second = reg(other);
    Value* const a = m.read(first);
    Value* const b = m.read(second);
    m.write(first, b);
    m.write(second, a);
    return;
  }
  Value* const where = m.pointer(address, bytes());
  Value* const old =
      m.ir.CreateAtomicRMW(llvm::AtomicRMWInst::Xchg, where, m.read(reg(0)), llvm::MaybeAlign(),
                           llvm::AtomicOrdering::SequentiallyConsistent);
  m.write(reg(0), old);
}

void X86Template::exchange_and_add() {
  if (address.empty() || i.prefix != AsmPrefix::lock)
    return m.refuse(fmt::format("'{}' is not modelled", i.text));
  Value* const where = m.pointer(address, bytes());
  Value* const b = m.read(reg(0));
  Value* const old = m.ir.CreateAtomicRMW(llvm::AtomicRMWInst::Add, where, b, llvm::MaybeAlign(),
                                          llvm::AtomicOrdering::SequentiallyConsistent);
  m.write(reg(0), old);
  m.flags = {Kind::add, old, b, m.ir.CreateAdd(old, b)};
}

void X86Template::compare_and_exchange() {
  if (address.empty() || i.prefix != AsmPrefix::lock)
    return m.refuse(fmt::format("'{}' is not modelled", i.text));
  Value* const expected = m.read({k_rax, width});
  Value* const wanted = m.read(reg(i.operands.size() - 1));
  Value* const pair = m.ir.CreateAtomicCmpXchg(place, expected, wanted, llvm::MaybeAlign(),
                                               llvm::AtomicOrdering::SequentiallyConsistent,
                                               llvm::AtomicOrdering::SequentiallyConsistent);
  Value* const old = m.ir.CreateExtractValue(pair, 0);
  Value* const is_equal = m.ir.CreateExtractValue(pair, 1);
  if (width == 32) {
    // %eax is written, and the upper half of %rax with it, only where they differ.
    Value* const whole = m.read({k_rax, 64});
    m.write({k_rax, 64},
            m.ir.CreateSelect(is_equal, whole, m.ir.CreateZExt(old, m.ir.getInt64Ty())));
    m.note_write(k_rax, 32);
  } else {
    m.write({k_rax, width}, old);
  }
  m.flags = {Kind::result};
  m.flags.zero = is_equal;
}

/// cbw, cwde, cdqe widen %rax; cwd, cdq, cqo spread its sign over %rdx.
void X86Template::spread_sign() {
  const std::map<std::string_view, unsigned> widening = {{"CBW", 16}, {"CWDE", 32}, {"CDQE", 64}};
  if (const auto found = widening.find(i.name); found != widening.end()) {
    Value* const a = m.read({k_rax, found->second / 2});
    return m.write({k_rax, found->second}, m.ir.CreateSExt(a, m.integer(found->second)));
  }
  const unsigned bits = i.name == "CWD" ? 16 : i.name == "CDQ" ? 32 : 64;
  m.write({k_rdx, bits}, m.ir.CreateAShr(m.read({k_rax, bits}), bits - 1));
  m.set_rdx_is_sign(bits);
}

/// lea.
void X86Template::load_address() {
  const X86Register to = reg(0);
  Value* value = to.width < 64 ? m.narrow_address(address) : nullptr;
  if (value == nullptr) value = m.effective_address(address);
  m.write(to, m.ir.CreateTrunc(value, m.integer(to.width)));
}

namespace {

using Action = void (*)(X86Template&);

const std::map<std::string_view, Action>& actions() {
  using Op = llvm::Instruction;
  static const std::map<std::string_view, Action> table = {
      {"ADD", [](X86Template& t) { t.arithmetic(Op::Add); }},
      {"SUB", [](X86Template& t) { t.arithmetic(Op::Sub); }},
      {"AND", [](X86Template& t) { t.arithmetic(Op::And); }},
      {"OR", [](X86Template& t) { t.arithmetic(Op::Or); }},
      {"XOR", [](X86Template& t) { t.arithmetic(Op::Xor); }},
      {"CMP", [](X86Template& t) { t.compare(); }},
      {"TEST", [](X86Template& t) { t.compare(); }},
      {"ADC", [](X86Template& t) { t.with_carry(); }},
      {"SBB", [](X86Template& t) { t.with_carry(); }},
      {"INC", [](X86Template& t) { t.one_operand(); }},
      {"DEC", [](X86Template& t) { t.one_operand(); }},
      {"NEG", [](X86Template& t) { t.one_operand(); }},
      {"NOT", [](X86Template& t) { t.one_operand(); }},
      {"SHL", [](X86Template& t) { t.shift(); }},
      {"SHR", [](X86Template& t) { t.shift(); }},
      {"SAR", [](X86Template& t) { t.shift(); }},
      {"ROL", [](X86Template& t) { t.rotate(); }},
      {"ROR", [](X86Template& t) { t.rotate(); }},
      {"SHLD", [](X86Template& t) { t.double_shift(); }},
      {"SHRD", [](X86Template& t) { t.double_shift(); }},
      {"IMUL", [](X86Template& t) { t.multiply(); }},
      {"MUL", [](X86Template& t) { t.wide_multiply(); }},
      {"DIV", [](X86Template& t) { t.divide(); }},
      {"IDIV", [](X86Template& t) { t.divide(); }},
      {"BT", [](X86Template& t) { t.bit_test(); }},
      {"BTS", [](X86Template& t) { t.bit_test(); }},
      {"BTR", [](X86Template& t) { t.bit_test(); }},
      {"BTC", [](X86Template& t) { t.bit_test(); }},
      {"BSF", [](X86Template& t) { t.bit_scan(); }},
      {"BSR", [](X86Template& t) { t.bit_scan(); }},
      {"TZCNT", [](X86Template& t) { t.bit_scan(); }},
      {"LZCNT", [](X86Template& t) { t.bit_scan(); }},
      {"POPCNT", [](X86Template& t) { t.bit_scan(); }},
      {"BSWAP", [](X86Template& t) { t.swap_bytes(); }},
      {"MOV", [](X86Template& t) { t.move(); }},
      {"MOVZX", [](X86Template& t) { t.extend(false); }},
      {"MOVSX", [](X86Template& t) { t.extend(true); }},
      {"LEA", [](X86Template& t) { t.load_address(); }},
      {"CMOV", [](X86Template& t) { t.conditional_move(); }},
      {"SETCCr", [](X86Template& t) { t.set_condition(); }},
      {"SETCCm", [](X86Template& t) { t.set_condition(); }},
      {"XCHG", [](X86Template& t) { t.exchange(); }},
      {"XADD", [](X86Template& t) { t.exchange_and_add(); }},
      {"CMPXCHG", [](X86Template& t) { t.compare_and_exchange(); }},
      {"CBW", [](X86Template& t) { t.spread_sign(); }},
      {"CWDE", [](X86Template& t) { t.spread_sign(); }},
      {"CDQE", [](X86Template& t) { t.spread_sign(); }},
      {"CWD", [](X86Template& t) { t.spread_sign(); }},
      {"CDQ", [](X86Template& t) { t.spread_sign(); }},
      {"CQO", [](X86Template& t) { t.spread_sign(); }},
  };
  return table;
}

}  // namespace

bool lift_integer(X86Machine& machine, const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  if (stem.starts_with("NOOP") || stem == "ENDBR" || stem == "PAUSE") return true;
  const auto found = actions().find(stem);
  if (found == actions().end()) return false;
  X86Template work(machine, instruction);
  found->second(work);
  return true;
}

std::vector<std::string_view> integer_templates() {
  std::vector<std::string_view> names;
  for (const auto& [name, action] : actions()) names.push_back(name);
  return names;
}

bool sets_flags(const AsmInstruction& instruction) {
  static const std::set<std::string_view> stems = {
      "ADD", "SUB", "AND", "OR",  "XOR",  "CMP",   "TEST",  "ADC",    "SBB",  "NEG",     "SHL",
      "SHR", "SAR", "ROL", "ROR", "SHLD", "SHRD",  "IMUL",  "MUL",    "DIV",  "IDIV",    "BT",
      "BTS", "BTR", "BTC", "BSF", "BSR",  "TZCNT", "LZCNT", "POPCNT", "XADD", "CMPXCHG", "CALL"};
  const std::string_view stem = x86_name(instruction.name).stem;
  return stems.contains(stem) || stem.starts_with("UCOMIS") || stem.starts_with("COMIS");
}

unsigned flags_read_by(const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  if (stem == "ADC" || stem == "SBB") return k_carry;
  const bool is_conditional =
      stem.starts_with("JCC_") || stem.starts_with("SETCC") || stem == "CMOV";
  return is_conditional ? flags_of(code_of(instruction)) : 0;
}

}  // namespace llmc
