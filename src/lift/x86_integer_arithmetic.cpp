// Instructions that compute with general registers.
#include <fmt/format.h>
#include <llvm/IR/Intrinsics.h>

#include <map>

#include "lift/x86_integer.h"

namespace llmc {
namespace {

using Kind = LiftFlags::Kind;
using llvm::Value;

bool is_sum(llvm::Instruction::BinaryOps operation) {
  return operation == llvm::Instruction::Add || operation == llvm::Instruction::Sub;
}

}  // namespace

void X86Template::arithmetic(llvm::Instruction::BinaryOps operation) {
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
    m.flags = {!is_sum(operation)                    ? Kind::logic
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

void X86Template::compare() {
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
void X86Template::with_carry() {
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
void X86Template::one_operand() {
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
Value* X86Template::shift_count(unsigned bits) {
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
void X86Template::extend_unshifted() {
  if (!writes_memory) write_target(target());
}

void X86Template::shift() {
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

void X86Template::rotate() {
  Value* const count = shift_count(width);
  if (count == nullptr) return extend_unshifted();
  Value* const a = target();
  const auto intrinsic = name.stem == "ROL" ? llvm::Intrinsic::fshl : llvm::Intrinsic::fshr;
  Value* const result = m.ir.CreateIntrinsic(intrinsic, {m.integer(width)}, {a, a, count});
  write_target(result);
  m.flags = {};
}

void X86Template::double_shift() {
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
void X86Template::multiply() {
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

void X86Template::wide_multiply() {
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

void X86Template::divide() {
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
void X86Template::bit_test() {
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
void X86Template::bit_scan() {
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

/// bswap.
void X86Template::swap_bytes() {
  m.write(reg(0), m.ir.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, m.read(reg(0))));
}

}  // namespace llmc
