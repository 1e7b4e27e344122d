// Instructions on general registers.
#include <fmt/format.h>
#include <llvm/IR/Intrinsics.h>

#include <map>

#include "lift/x86_templates.h"

namespace llmc {
namespace {

using Kind = X86Flags::Kind;
using llvm::Value;

/// One instruction at work: its name taken apart, its operands as values.
class Template {
 public:
  Template(X86Machine& machine, const AsmInstruction& instruction)
      : m(machine), i(instruction), name(x86_name(instruction.name)), width(name.width) {
    address = X86Machine::address_of(instruction);
    if (!address.empty()) writes_memory = address.data() == instruction.operands.data();
    if (writes_memory) place = m.pointer(address, bytes());
  }

  [[nodiscard]] unsigned bytes() const { return std::max(1U, width / 8); }

  X86Register reg(std::size_t operand) {
    const auto found =
        operand < i.operands.size() ? x86_register(i.operands[operand].reg) : std::nullopt;
    if (!found) m.refuse(fmt::format("the operands of '{}' are not understood", i.text));
    return found.value_or(X86Register{k_rax, width});
  }

  Value* immediate(const AsmOperand& operand, unsigned bits) {
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

  /// The last operand, or the memory that is read.
  Value* source(unsigned bits) {
    if (!address.empty() && !writes_memory && &address.back() == &i.operands.back())
      return m.load(m.integer(bits), address);
    return value_of(i.operands.back(), bits);
  }

  Value* value_of(const AsmOperand& operand, unsigned bits) {
    if (operand.kind != AsmOperand::Kind::reg) return immediate(operand, bits);
    const auto found = x86_register(operand.reg);
    if (!found) {
      m.refuse(fmt::format("the operands of '{}' are not understood", i.text));
      return llvm::PoisonValue::get(m.integer(bits));
    }
    return m.read(*found);
  }

  [[nodiscard]] bool is_accumulator_form() const { return name.form.starts_with('i'); }

  /// The operand that is changed, as it was.
  Value* target() {
    if (writes_memory) return m.ir.CreateAlignedLoad(m.integer(width), place, llvm::Align(1));
    if (is_accumulator_form()) return m.read({k_rax, width});
    return m.read(reg(0));
  }

  void write_target(Value* value) {
    if (writes_memory)
      m.ir.CreateAlignedStore(value, place, llvm::Align(1));
    else if (is_accumulator_form())
      m.write({k_rax, width}, value);
    else
      m.write(reg(0), value);
  }

  [[nodiscard]] bool is_same_register() const {
    return i.operands.size() >= 2 && address.empty() && name.form.starts_with("rr") &&
           i.operands.back() == i.operands[i.operands.size() - 2];
  }

  /// The register is known to hold `value` from here on.
  void note_constant(X86Register written, std::int64_t value) {
    RegisterOrigin& origin = m.registers.general[written.number];
    if (written.width < 32) return;
    origin.constant = value;
    origin.is_number = true;
  }

  void arithmetic(llvm::Instruction::BinaryOps operation);
  void compare();
  void with_carry();
  void one_operand();
  void shift();
  void rotate();
  void double_shift();
  void multiply();
  void wide_multiply();
  void divide();
  void bit_test();
  void bit_scan();
  void move();
  void extend(bool is_signed);
  void conditional_move();
  void set_condition();
  void exchange();
  void exchange_and_add();
  void compare_and_exchange();
  void spread_sign();

  X86Machine& m;
  const AsmInstruction& i;
  X86Name name;
  unsigned width;
  std::span<const AsmOperand> address;
  bool writes_memory = false;
  Value* place = nullptr;

 private:
  Value* shift_count(unsigned bits);
  void extend_unshifted();
};

bool is_arithmetic(llvm::Instruction::BinaryOps operation) {
  return operation == llvm::Instruction::Add || operation == llvm::Instruction::Sub;
}

void Template::arithmetic(llvm::Instruction::BinaryOps operation) {
  const bool cancels = operation == llvm::Instruction::Xor || operation == llvm::Instruction::Sub;
  if (cancels && is_same_register()) {
    Value* const zero = llvm::Constant::getNullValue(m.integer(width));
    const X86Register written = reg(0);
    m.write(written, zero);
    note_constant(written, 0);
    m.flags = {Kind::logic, nullptr, nullptr, zero};
    return;
  }
  if (i.prefix == AsmPrefix::lock && writes_memory) {
    Value* const b = source(width);
    using Op = llvm::AtomicRMWInst::BinOp;
    const std::map<unsigned, Op> operations = {{llvm::Instruction::Add, Op::Add},
                                               {llvm::Instruction::Sub, Op::Sub},
                                               {llvm::Instruction::And, Op::And},
                                               {llvm::Instruction::Or, Op::Or},
                                               {llvm::Instruction::Xor, Op::Xor}};
    Value* const old = m.ir.CreateAtomicRMW(operations.at(operation), place, b, llvm::MaybeAlign(),
                                            llvm::AtomicOrdering::SequentiallyConsistent);
    Value* const result = m.ir.CreateBinOp(operation, old, b);
    m.flags = {!is_arithmetic(operation)             ? Kind::logic
               : operation == llvm::Instruction::Add ? Kind::add
                                                     : Kind::subtract,
               old, b, result};
    return;
  }
  Value* const a = target();
  Value* const b = source(width);
  Value* const result = m.ir.CreateBinOp(operation, a, b);
  write_target(result);
  if (operation == llvm::Instruction::Add)
    m.flags = {Kind::add, a, b, result};
  else if (operation == llvm::Instruction::Sub)
    m.flags = {Kind::subtract, a, b, result};
  else
    m.flags = {Kind::logic, nullptr, nullptr, result};
}

void Template::compare() {
  if (name.stem == "TEST" && is_same_register()) {
    m.flags = {Kind::logic, nullptr, nullptr, m.read(reg(0))};
    return;
  }
  Value* const a = target();
  Value* const b = source(width);
  if (name.stem == "TEST")
    m.flags = {Kind::logic, nullptr, nullptr, m.ir.CreateAnd(a, b)};
  else
    m.flags = {Kind::subtract, a, b};
}

/// adc, sbb.
void Template::with_carry() {
  Value* const carry = m.carry_flag();
  if (name.stem == "SBB" && is_same_register()) {
    Value* const result = m.ir.CreateSExt(carry, m.integer(width));
    write_target(result);
    m.flags = {Kind::result, nullptr, nullptr, result, carry};
    return;
  }
  Value* const a = target();
  Value* const b = source(width);
  const bool is_add = name.stem == "ADC";
  const auto intrinsic =
      is_add ? llvm::Intrinsic::uadd_with_overflow : llvm::Intrinsic::usub_with_overflow;
  Value* const first = m.ir.CreateBinaryIntrinsic(intrinsic, a, b);
  Value* const second = m.ir.CreateBinaryIntrinsic(intrinsic, m.ir.CreateExtractValue(first, 0),
                                                   m.ir.CreateZExt(carry, m.integer(width)));
  Value* const result = m.ir.CreateExtractValue(second, 0);
  write_target(result);
  Value* const out =
      m.ir.CreateOr(m.ir.CreateExtractValue(first, 1), m.ir.CreateExtractValue(second, 1));
  // Overflow: both operands have a sign that the result has not.
  Value* const differs = m.ir.CreateXor(a, result);
  Value* const other = is_add ? m.ir.CreateXor(b, result) : m.ir.CreateXor(a, b);
  Value* const overflow = m.ir.CreateICmpSLT(m.ir.CreateAnd(differs, other),
                                             llvm::Constant::getNullValue(m.integer(width)));
  m.flags = {Kind::result, nullptr, nullptr, result, out, overflow};
}

/// inc, dec, neg, not.
void Template::one_operand() {
  if (i.prefix == AsmPrefix::lock) return m.refuse(fmt::format("'{}' is not modelled", i.text));
  Value* const a = target();
  if (name.stem == "NOT") return write_target(m.ir.CreateNot(a));
  if (name.stem == "NEG") {
    Value* const result = m.ir.CreateNeg(a);
    write_target(result);
    m.flags = {Kind::subtract, llvm::Constant::getNullValue(m.integer(width)), a, result};
    return;
  }
  Value* const one = llvm::ConstantInt::get(m.integer(width), 1);
  Value* const carry = m.carry_if_known();
  const bool is_increment = name.stem == "INC";
  Value* const result = is_increment
                            ? m.ir.CreateAdd(a, one)
                            : m.ir.CreateAdd(a, llvm::Constant::getAllOnesValue(m.integer(width)));
  write_target(result);
  m.flags = {is_increment ? Kind::add : Kind::subtract, a, one, result, carry};
  m.flags.zero = m.ir.CreateICmpEQ(result, llvm::Constant::getNullValue(m.integer(width)));
  if (carry == nullptr) {
    // Nothing is known of the carry, and it must not be taken from the sum.
    m.flags = {Kind::result, nullptr, nullptr, result};
    const auto intrinsic =
        is_increment ? llvm::Intrinsic::sadd_with_overflow : llvm::Intrinsic::ssub_with_overflow;
    m.flags.overflow = m.ir.CreateExtractValue(m.ir.CreateBinaryIntrinsic(intrinsic, a, one), 1);
  }
}

/// The count as an integer of `bits`, masked as the processor does; null: constant zero.
Value* Template::shift_count(unsigned bits) {
  const unsigned mask = width == 64 ? 63 : 31;
  if (name.form.ends_with("CL"))
    return m.ir.CreateAnd(m.ir.CreateZExtOrTrunc(m.read({k_rcx, 8}), m.integer(bits)), mask);
  const AsmOperand& last = i.operands.back();
  std::int64_t count = 1;
  if (!name.form.ends_with('1') && last.kind == AsmOperand::Kind::imm) count = last.value & mask;
  return count == 0 ? nullptr
                    : llvm::ConstantInt::get(m.integer(bits), static_cast<std::uint64_t>(count));
}

/// A shift by zero changes nothing but the upper half of a register that it takes 32 bits of.
void Template::extend_unshifted() {
  if (!writes_memory) write_target(target());
}

void Template::shift() {
  // Counts up to 31 are more than 8 and 16 bits hold.
  const unsigned bits = std::max(width, 32U);
  Value* const count = shift_count(bits);
  if (count == nullptr) return extend_unshifted();
  Value* const a = target();
  const bool is_signed = name.stem == "SAR";
  Value* const wide =
      is_signed ? m.ir.CreateSExt(a, m.integer(bits)) : m.ir.CreateZExt(a, m.integer(bits));
  Value* result = name.stem == "SHL" ? m.ir.CreateShl(wide, count)
                  : is_signed        ? m.ir.CreateAShr(wide, count)
                                     : m.ir.CreateLShr(wide, count);
  result = m.ir.CreateTrunc(result, m.integer(width));
  write_target(result);
  const auto* const known = llvm::dyn_cast<llvm::ConstantInt>(count);
  m.flags = {};
  if (known == nullptr) return;
  Value* last = nullptr;
  const std::uint64_t by = known->getZExtValue();
  if (name.stem != "SHL")
    last = m.ir.CreateLShr(wide, by - 1);
  else if (by <= width)
    last = m.ir.CreateLShr(a, width - by);
  m.flags = {Kind::result, nullptr, nullptr, result};
  if (last != nullptr) m.flags.carry = m.ir.CreateTrunc(last, m.ir.getInt1Ty());
}

void Template::rotate() {
  Value* const count = shift_count(width);
  if (count == nullptr) return extend_unshifted();
  Value* const a = target();
  const auto intrinsic = name.stem == "ROL" ? llvm::Intrinsic::fshl : llvm::Intrinsic::fshr;
  Value* const result = m.ir.CreateIntrinsic(intrinsic, {m.integer(width)}, {a, a, count});
  write_target(result);
  m.flags = {};
}

void Template::double_shift() {
  if (width == 16) return m.refuse(fmt::format("'{}' is not modelled", i.text));
  const bool is_left = name.stem == "SHLD";
  Value* count = nullptr;
  std::size_t source_at = i.operands.size() - 1;
  if (name.form.ends_with("CL")) {
    count = m.ir.CreateAnd(m.ir.CreateZExt(m.read({k_rcx, 8}), m.integer(width)), width - 1);
  } else {
    const auto by = static_cast<std::uint64_t>(i.operands.back().value) & (width - 1);
    if (by == 0) return extend_unshifted();
    count = llvm::ConstantInt::get(m.integer(width), by);
    --source_at;
  }
  Value* const a = target();
  Value* const b = m.read(reg(source_at));
  Value* const result =
      is_left ? m.ir.CreateIntrinsic(llvm::Intrinsic::fshl, {m.integer(width)}, {a, b, count})
              : m.ir.CreateIntrinsic(llvm::Intrinsic::fshr, {m.integer(width)}, {b, a, count});
  write_target(result);
  m.flags = {};
  if (!name.form.ends_with("CL")) m.flags = {Kind::result, nullptr, nullptr, result};
}

/// imul with two or three operands; with one it is a wide one.
void Template::multiply() {
  if (name.form == "r" || name.form == "m") return wide_multiply();
  const bool has_immediate = name.form.starts_with("rri") || name.form.starts_with("rmi");
  Value* const a = !has_immediate    ? m.read(reg(0))
                   : address.empty() ? m.read(reg(1))
                                     : m.load(m.integer(width), address);
  Value* const b = has_immediate ? immediate(i.operands.back(), width) : source(width);
  Value* const result = m.ir.CreateMul(a, b);
  m.write(reg(0), result);
  Value* const overflow = m.ir.CreateExtractValue(
      m.ir.CreateBinaryIntrinsic(llvm::Intrinsic::smul_with_overflow, a, b), 1);
  m.flags = {Kind::result, nullptr, nullptr, nullptr, overflow, overflow};
}

void Template::wide_multiply() {
  const bool is_signed = name.stem == "IMUL";
  llvm::IntegerType* const wide = m.integer(width * 2);
  const auto widened = [&](Value* value) {
    return is_signed ? m.ir.CreateSExt(value, wide) : m.ir.CreateZExt(value, wide);
  };
  Value* const b = address.empty() ? m.read(reg(0)) : writes_memory ? target() : source(width);
  Value* const a = m.read({k_rax, width});
  Value* const product = m.ir.CreateMul(widened(a), widened(b));
  Value* const low = m.ir.CreateTrunc(product, m.integer(width));
  Value* const high = m.ir.CreateTrunc(m.ir.CreateLShr(product, width), m.integer(width));
  if (width == 8) {
    m.write({k_rax, 16}, product);
  } else {
    m.write({k_rax, width}, low);
    m.write({k_rdx, width}, high);
  }
  Value* const fits = m.ir.CreateICmpEQ(widened(low), product);
  Value* const overflow = m.ir.CreateNot(fits);
  m.flags = {Kind::result, nullptr, nullptr, nullptr, overflow, overflow};
}

void Template::divide() {
  const bool is_signed = name.stem == "IDIV";
  Value* divisor = address.empty() ? m.read(reg(0)) : target();
  Value* dividend = m.read({k_rax, width == 8 ? 16 : width});
  const bool is_narrow =
      width != 8 && (is_signed ? m.rdx_is_sign(width) : m.constant_in(k_rdx) == std::int64_t{0});
  unsigned bits = width;
  if (!is_narrow) {
    if (width == 64) return m.refuse("it divides 128 bits by 64");
    bits = width * 2;
    const auto widened = [&](Value* value) {
      return is_signed ? m.ir.CreateSExt(value, m.integer(bits))
                       : m.ir.CreateZExt(value, m.integer(bits));
    };
    if (width != 8) {
      Value* const high =
          m.ir.CreateShl(m.ir.CreateZExt(m.read({k_rdx, width}), m.integer(bits)), width);
      dividend = m.ir.CreateOr(high, m.ir.CreateZExt(dividend, m.integer(bits)));
    }
    divisor = widened(divisor);
  }
  Value* quotient =
      is_signed ? m.ir.CreateSDiv(dividend, divisor) : m.ir.CreateUDiv(dividend, divisor);
  Value* remainder =
      is_signed ? m.ir.CreateSRem(dividend, divisor) : m.ir.CreateURem(dividend, divisor);
  quotient = m.ir.CreateTrunc(quotient, m.integer(width));
  remainder = m.ir.CreateTrunc(remainder, m.integer(width));
  m.write({k_rax, width}, quotient);
  if (width == 8)
    m.write({k_rax, 8, true}, remainder);
  else
    m.write({k_rdx, width}, remainder);
  m.flags = {};
}

/// bt, bts, btr, btc.
void Template::bit_test() {
  const bool by_number = i.operands.back().kind == AsmOperand::Kind::imm;
  if (!by_number && !address.empty())
    return m.refuse(fmt::format("'{}' counts bits over all of memory", i.text));
  Value* const a = target();
  Value* const index =
      by_number
          ? llvm::ConstantInt::get(
                m.integer(width), static_cast<std::uint64_t>(i.operands.back().value) & (width - 1))
          : m.ir.CreateAnd(source(width), width - 1);
  Value* const bit = m.ir.CreateTrunc(m.ir.CreateLShr(a, index), m.ir.getInt1Ty());
  Value* const mask = m.ir.CreateShl(llvm::ConstantInt::get(m.integer(width), 1), index);
  if (name.stem == "BTS") write_target(m.ir.CreateOr(a, mask));
  if (name.stem == "BTR") write_target(m.ir.CreateAnd(a, m.ir.CreateNot(mask)));
  if (name.stem == "BTC") write_target(m.ir.CreateXor(a, mask));
  m.flags = {Kind::result, nullptr, nullptr, nullptr, bit};
}

/// bsf, bsr, tzcnt, lzcnt, popcnt. What bsf and bsr give for zero is undefined, and poison here.
void Template::bit_scan() {
  Value* const a = source(width);
  Value* const is_zero = m.ir.CreateICmpEQ(a, llvm::Constant::getNullValue(m.integer(width)));
  Value* result = nullptr;
  if (name.stem == "POPCNT") {
    result = m.ir.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, a);
  } else {
    const bool is_trailing = name.stem == "BSF" || name.stem == "TZCNT";
    const bool is_old = name.stem.starts_with("BS");
    result = m.ir.CreateBinaryIntrinsic(is_trailing ? llvm::Intrinsic::cttz : llvm::Intrinsic::ctlz,
                                        a, is_old ? m.ir.getTrue() : m.ir.getFalse());
    if (name.stem == "BSR") result = m.ir.CreateXor(result, width - 1);
  }
  m.write(reg(0), result);
  // Nothing else is known of the flags: sign and parity are not those of the result.
  m.flags = {Kind::result};
  m.flags.zero = is_zero;
  if (!name.stem.ends_with("ZCNT")) return;
  m.flags.carry = is_zero;
  m.flags.zero = m.ir.CreateICmpEQ(result, llvm::Constant::getNullValue(m.integer(width)));
}

void Template::move() {
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

void Template::extend(bool is_signed) {
  // The source's width stands last in the name: MOVZX32rm8.
  unsigned from = 0;
  for (const char c : name.form)
    if (c >= '0' && c <= '9') from = from * 10 + static_cast<unsigned>(c - '0');
  Value* const a = source(from);
  m.write(reg(0),
          is_signed ? m.ir.CreateSExt(a, m.integer(width)) : m.ir.CreateZExt(a, m.integer(width)));
}

X86Condition code_of(const AsmInstruction& instruction) {
  return static_cast<X86Condition>(instruction.operands.back().value & 15);
}

void Template::conditional_move() {
  Value* const condition = m.condition(code_of(i));
  Value* const a = m.read(reg(0));
  Value* const b = address.empty() ? m.read(reg(2)) : m.load(m.integer(width), address);
  m.write(reg(0), m.ir.CreateSelect(condition, b, a));
}

void Template::set_condition() {
  Value* const value = m.ir.CreateZExt(m.condition(code_of(i)), m.ir.getInt8Ty());
  if (address.empty())
    m.write(reg(0), value);
  else
    m.store(value, address);
}

void Template::exchange() {
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

void Template::exchange_and_add() {
  if (address.empty() || i.prefix != AsmPrefix::lock)
    return m.refuse(fmt::format("'{}' is not modelled", i.text));
  Value* const where = m.pointer(address, bytes());
  Value* const b = m.read(reg(0));
  Value* const old = m.ir.CreateAtomicRMW(llvm::AtomicRMWInst::Add, where, b, llvm::MaybeAlign(),
                                          llvm::AtomicOrdering::SequentiallyConsistent);
  m.write(reg(0), old);
  m.flags = {Kind::add, old, b, m.ir.CreateAdd(old, b)};
}

void Template::compare_and_exchange() {
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
    Value* const whole = m.read64(k_rax);
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
void Template::spread_sign() {
  const std::map<std::string_view, unsigned> widening = {{"CBW", 16}, {"CWDE", 32}, {"CDQE", 64}};
  if (const auto found = widening.find(i.name); found != widening.end()) {
    Value* const a = m.read({k_rax, found->second / 2});
    return m.write({k_rax, found->second}, m.ir.CreateSExt(a, m.integer(found->second)));
  }
  const unsigned bits = i.name == "CWD" ? 16 : i.name == "CDQ" ? 32 : 64;
  m.write({k_rdx, bits}, m.ir.CreateAShr(m.read({k_rax, bits}), bits - 1));
  m.set_rdx_is_sign(bits);
}

using Action = void (*)(Template&);

const std::map<std::string_view, Action>& actions() {
  using Op = llvm::Instruction;
  static const std::map<std::string_view, Action> table = {
      {"ADD", [](Template& t) { t.arithmetic(Op::Add); }},
      {"SUB", [](Template& t) { t.arithmetic(Op::Sub); }},
      {"AND", [](Template& t) { t.arithmetic(Op::And); }},
      {"OR", [](Template& t) { t.arithmetic(Op::Or); }},
      {"XOR", [](Template& t) { t.arithmetic(Op::Xor); }},
      {"CMP", [](Template& t) { t.compare(); }},
      {"TEST", [](Template& t) { t.compare(); }},
      {"ADC", [](Template& t) { t.with_carry(); }},
      {"SBB", [](Template& t) { t.with_carry(); }},
      {"INC", [](Template& t) { t.one_operand(); }},
      {"DEC", [](Template& t) { t.one_operand(); }},
      {"NEG", [](Template& t) { t.one_operand(); }},
      {"NOT", [](Template& t) { t.one_operand(); }},
      {"SHL", [](Template& t) { t.shift(); }},
      {"SHR", [](Template& t) { t.shift(); }},
      {"SAR", [](Template& t) { t.shift(); }},
      {"ROL", [](Template& t) { t.rotate(); }},
      {"ROR", [](Template& t) { t.rotate(); }},
      {"SHLD", [](Template& t) { t.double_shift(); }},
      {"SHRD", [](Template& t) { t.double_shift(); }},
      {"IMUL", [](Template& t) { t.multiply(); }},
      {"MUL", [](Template& t) { t.wide_multiply(); }},
      {"DIV", [](Template& t) { t.divide(); }},
      {"IDIV", [](Template& t) { t.divide(); }},
      {"BT", [](Template& t) { t.bit_test(); }},
      {"BTS", [](Template& t) { t.bit_test(); }},
      {"BTR", [](Template& t) { t.bit_test(); }},
      {"BTC", [](Template& t) { t.bit_test(); }},
      {"BSF", [](Template& t) { t.bit_scan(); }},
      {"BSR", [](Template& t) { t.bit_scan(); }},
      {"TZCNT", [](Template& t) { t.bit_scan(); }},
      {"LZCNT", [](Template& t) { t.bit_scan(); }},
      {"POPCNT", [](Template& t) { t.bit_scan(); }},
      {"BSWAP",
       [](Template& t) {
         t.m.write(t.reg(0),
                   t.m.ir.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, t.m.read(t.reg(0))));
       }},
      {"MOV", [](Template& t) { t.move(); }},
      {"MOVZX", [](Template& t) { t.extend(false); }},
      {"MOVSX", [](Template& t) { t.extend(true); }},
      {"LEA",
       [](Template& t) {
         const X86Register to = t.reg(0);
         Value* value = to.width < 64 ? t.m.narrow_address(t.address) : nullptr;
         if (value == nullptr) value = t.m.effective_address(t.address);
         t.m.write(to, t.m.ir.CreateTrunc(value, t.m.integer(to.width)));
       }},
      {"CMOV", [](Template& t) { t.conditional_move(); }},
      {"SETCCr", [](Template& t) { t.set_condition(); }},
      {"SETCCm", [](Template& t) { t.set_condition(); }},
      {"XCHG", [](Template& t) { t.exchange(); }},
      {"XADD", [](Template& t) { t.exchange_and_add(); }},
      {"CMPXCHG", [](Template& t) { t.compare_and_exchange(); }},
      {"CBW", [](Template& t) { t.spread_sign(); }},
      {"CWDE", [](Template& t) { t.spread_sign(); }},
      {"CDQE", [](Template& t) { t.spread_sign(); }},
      {"CWD", [](Template& t) { t.spread_sign(); }},
      {"CDQ", [](Template& t) { t.spread_sign(); }},
      {"CQO", [](Template& t) { t.spread_sign(); }},
  };
  return table;
}

}  // namespace

bool lift_integer(X86Machine& machine, const AsmInstruction& instruction) {
  const std::string_view stem = x86_name(instruction.name).stem;
  if (stem.starts_with("NOOP") || stem == "ENDBR" || stem == "PAUSE") return true;
  const auto found = actions().find(stem);
  if (found == actions().end()) return false;
  Template work(machine, instruction);
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
