// Conditions from what the last instruction that sets flags did. A comparison becomes one icmp or
// fcmp; only what no predicate says is computed bit by bit.
#include <llvm/IR/Intrinsics.h>

#include "lift/x86_machine.h"

namespace llmc {
namespace {

using Kind = LiftFlags::Kind;
using Predicate = llvm::CmpInst::Predicate;

/// a - b against zero, as the condition says it.
std::optional<Predicate> predicate_of_difference(X86Condition code) {
  switch (code) {
    case X86Condition::b:
      return Predicate::ICMP_ULT;
    case X86Condition::ae:
      return Predicate::ICMP_UGE;
    case X86Condition::e:
      return Predicate::ICMP_EQ;
    case X86Condition::ne:
      return Predicate::ICMP_NE;
    case X86Condition::be:
      return Predicate::ICMP_ULE;
    case X86Condition::a:
      return Predicate::ICMP_UGT;
    case X86Condition::l:
      return Predicate::ICMP_SLT;
    case X86Condition::ge:
      return Predicate::ICMP_SGE;
    case X86Condition::le:
      return Predicate::ICMP_SLE;
    case X86Condition::g:
      return Predicate::ICMP_SGT;
    default:
      return std::nullopt;
  }
}

/// A result against zero, where carry and overflow are clear.
std::optional<Predicate> predicate_of_result(X86Condition code) {
  switch (code) {
    case X86Condition::e:
    case X86Condition::be:
      return Predicate::ICMP_EQ;
    case X86Condition::ne:
    case X86Condition::a:
      return Predicate::ICMP_NE;
    case X86Condition::s:
    case X86Condition::l:
      return Predicate::ICMP_SLT;
    case X86Condition::ns:
    case X86Condition::ge:
      return Predicate::ICMP_SGE;
    case X86Condition::le:
      return Predicate::ICMP_SLE;
    case X86Condition::g:
      return Predicate::ICMP_SGT;
    default:
      return std::nullopt;
  }
}

/// ucomis of a and b.
std::optional<Predicate> predicate_of_floats(X86Condition code) {
  switch (code) {
    case X86Condition::b:
      return Predicate::FCMP_ULT;
    case X86Condition::ae:
      return Predicate::FCMP_OGE;
    case X86Condition::e:
      return Predicate::FCMP_UEQ;
    case X86Condition::ne:
      return Predicate::FCMP_ONE;
    case X86Condition::be:
      return Predicate::FCMP_ULE;
    case X86Condition::a:
      return Predicate::FCMP_OGT;
    case X86Condition::p:
      return Predicate::FCMP_UNO;
    case X86Condition::np:
      return Predicate::FCMP_ORD;
    default:
      return std::nullopt;
  }
}

bool is_negated(X86Condition code) { return (static_cast<unsigned>(code) & 1) != 0; }

X86Condition positive(X86Condition code) {
  return static_cast<X86Condition>(static_cast<unsigned>(code) & ~1U);
}

}  // namespace

llvm::Value* X86Machine::carry_if_known() {
  const bool is_known =
      flags.carry != nullptr || (flags.kind != Kind::unknown && flags.kind != Kind::result);
  return is_known ? carry_flag() : nullptr;
}

llvm::Value* X86Machine::carry_flag() {
  if (flags.carry != nullptr) return flags.carry;
  switch (flags.kind) {
    case Kind::stored:
      return stored_flag(0);
    case Kind::subtract:
      return ir.CreateICmpULT(flags.a, flags.b);
    case Kind::add:
      return ir.CreateICmpULT(flags.result, flags.a);
    case Kind::logic:
      return ir.getFalse();
    case Kind::compare_floats:
      return ir.CreateFCmpULT(flags.a, flags.b);
    default:
      refuse("it reads the carry flag where nothing is known of it");
      return ir.getFalse();
  }
}

llvm::Value* X86Machine::zero_flag() {
  if (flags.kind == Kind::stored) return stored_flag(1);
  if (flags.zero != nullptr) return flags.zero;
  if (flags.kind == Kind::compare_floats) return ir.CreateFCmpUEQ(flags.a, flags.b);
  if (flags.kind == Kind::subtract) return ir.CreateICmpEQ(flags.a, flags.b);
  if (flags.result != nullptr)
    return ir.CreateICmpEQ(flags.result, llvm::Constant::getNullValue(flags.result->getType()));
  refuse("it reads the zero flag where nothing is known of it");
  return ir.getFalse();
}

llvm::Value* X86Machine::sign_flag() {
  if (flags.kind == Kind::stored) return stored_flag(2);
  if (flags.kind == Kind::compare_floats) return ir.getFalse();
  llvm::Value* result = flags.result;
  if (flags.kind == Kind::subtract && result == nullptr) result = ir.CreateSub(flags.a, flags.b);
  if (result != nullptr)
    return ir.CreateICmpSLT(result, llvm::Constant::getNullValue(result->getType()));
  refuse("it reads the sign flag where nothing is known of it");
  return ir.getFalse();
}

llvm::Value* X86Machine::overflow_flag() {
  if (flags.kind == Kind::stored) return stored_flag(3);
  if (flags.kind == Kind::compare_floats || flags.kind == Kind::logic) return ir.getFalse();
  if (flags.kind == Kind::subtract || flags.kind == Kind::add) {
    const auto intrinsic = flags.kind == Kind::add ? llvm::Intrinsic::sadd_with_overflow
                                                   : llvm::Intrinsic::ssub_with_overflow;
    return ir.CreateExtractValue(ir.CreateBinaryIntrinsic(intrinsic, flags.a, flags.b), 1);
  }
  if (flags.overflow != nullptr) return flags.overflow;
  refuse("it reads the overflow flag where nothing is known of it");
  return ir.getFalse();
}

llvm::Value* X86Machine::parity_flag() {
  if (flags.kind == Kind::stored) return stored_flag(4);
  if (flags.kind == Kind::compare_floats) return ir.CreateFCmpUNO(flags.a, flags.b);
  llvm::Value* result = flags.result;
  if (flags.kind == Kind::subtract && result == nullptr) result = ir.CreateSub(flags.a, flags.b);
  if (result == nullptr) {
    refuse("it reads the parity flag where nothing is known of it");
    return ir.getFalse();
  }
  llvm::Value* const bits =
      ir.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, ir.CreateTrunc(result, ir.getInt8Ty()));
  return ir.CreateNot(ir.CreateTrunc(bits, ir.getInt1Ty()));
}

llvm::Value* X86Machine::even_condition(X86Condition code) {
  switch (code) {
    case X86Condition::o:
      return overflow_flag();
    case X86Condition::b:
      return carry_flag();
    case X86Condition::e:
      return zero_flag();
    case X86Condition::be:
      return ir.CreateOr(carry_flag(), zero_flag());
    case X86Condition::s:
      return sign_flag();
    case X86Condition::p:
      return parity_flag();
    case X86Condition::l:
      return ir.CreateXor(sign_flag(), overflow_flag());
    default:
      return ir.CreateOr(zero_flag(), ir.CreateXor(sign_flag(), overflow_flag()));
  }
}

llvm::Value* X86Machine::condition(X86Condition code) {
  if (flags.zero != nullptr && flags_of(code) == k_zero)
    return code == X86Condition::e ? flags.zero : ir.CreateNot(flags.zero);
  // inc and dec leave the carry as it was.
  const bool mixes = flags.carry != nullptr && (flags_of(code) & k_carry) != 0;
  if (flags.kind == Kind::subtract && !mixes)
    if (const auto predicate = predicate_of_difference(code))
      return ir.CreateICmp(*predicate, flags.a, flags.b);
  if (flags.kind == Kind::logic)
    if (const auto predicate = predicate_of_result(code))
      return ir.CreateICmp(*predicate, flags.result,
                           llvm::Constant::getNullValue(flags.result->getType()));
  if (flags.kind == Kind::compare_floats)
    if (const auto predicate = predicate_of_floats(code))
      return ir.CreateFCmp(*predicate, flags.a, flags.b);
  llvm::Value* const value = even_condition(positive(code));
  return is_negated(code) ? ir.CreateNot(value) : value;
}

llvm::Value* X86Machine::flag(std::size_t number) {
  switch (1U << number) {
    case k_carry:
      return carry_flag();
    case k_zero:
      return zero_flag();
    case k_sign:
      return sign_flag();
    case k_overflow:
      return overflow_flag();
    default:
      return parity_flag();
  }
}

unsigned flags_of(X86Condition code) {
  switch (positive(code)) {
    case X86Condition::o:
      return k_overflow;
    case X86Condition::b:
      return k_carry;
    case X86Condition::e:
      return k_zero;
    case X86Condition::be:
      return k_carry | k_zero;
    case X86Condition::s:
      return k_sign;
    case X86Condition::p:
      return k_parity;
    case X86Condition::l:
      return k_sign | k_overflow;
    default:
      return k_zero | k_sign | k_overflow;
  }
}

}  // namespace llmc
