// Conditions from what the last instruction that sets flags did. A comparison becomes one icmp or
// fcmp; only what no predicate says is computed bit by bit.
#include <llvm/IR/Intrinsics.h>

#include "lift/a64_machine.h"

namespace llmc {
namespace {

using Kind = LiftFlags::Kind;
using Predicate = llvm::CmpInst::Predicate;

/// a - b against zero; carry means that nothing was borrowed.
std::optional<Predicate> predicate_of_difference(A64Condition code) {
  switch (code) {
    case A64Condition::eq:
      return Predicate::ICMP_EQ;
    case A64Condition::ne:
      return Predicate::ICMP_NE;
    case A64Condition::hs:
      return Predicate::ICMP_UGE;
    case A64Condition::lo:
      return Predicate::ICMP_ULT;
    case A64Condition::hi:
      return Predicate::ICMP_UGT;
    case A64Condition::ls:
      return Predicate::ICMP_ULE;
    case A64Condition::ge:
      return Predicate::ICMP_SGE;
    case A64Condition::lt:
      return Predicate::ICMP_SLT;
    case A64Condition::gt:
      return Predicate::ICMP_SGT;
    case A64Condition::le:
      return Predicate::ICMP_SLE;
    default:
      return std::nullopt;
  }
}

/// A result against zero, where carry and overflow are clear.
std::optional<Predicate> predicate_of_result(A64Condition code) {
  switch (code) {
    case A64Condition::eq:
      return Predicate::ICMP_EQ;
    case A64Condition::ne:
      return Predicate::ICMP_NE;
    case A64Condition::mi:
    case A64Condition::lt:
      return Predicate::ICMP_SLT;
    case A64Condition::pl:
    case A64Condition::ge:
      return Predicate::ICMP_SGE;
    case A64Condition::le:
      return Predicate::ICMP_SLE;
    case A64Condition::gt:
      return Predicate::ICMP_SGT;
    default:
      return std::nullopt;
  }
}

/// fcmp of a and b.
Predicate predicate_of_floats(A64Condition code) {
  constexpr std::array<Predicate, 14> k_predicates = {
      Predicate::FCMP_OEQ, Predicate::FCMP_UNE, Predicate::FCMP_UGE, Predicate::FCMP_OLT,
      Predicate::FCMP_OLT, Predicate::FCMP_UGE, Predicate::FCMP_UNO, Predicate::FCMP_ORD,
      Predicate::FCMP_UGT, Predicate::FCMP_OLE, Predicate::FCMP_OGE, Predicate::FCMP_ULT,
      Predicate::FCMP_OGT, Predicate::FCMP_ULE};
  return k_predicates[static_cast<unsigned>(code)];
}

bool is_odd(A64Condition code) { return (static_cast<unsigned>(code) & 1) != 0; }

}  // namespace

llvm::Value* A64Machine::sign_of_result() {
  llvm::Value* result = flags.result;
  if (result == nullptr) result = ir.CreateSub(flags.a, flags.b);
  return ir.CreateICmpSLT(result, llvm::Constant::getNullValue(result->getType()));
}

llvm::Value* A64Machine::overflow() {
  if (flags.overflow != nullptr) return flags.overflow;
  const auto intrinsic = flags.kind == Kind::add ? llvm::Intrinsic::sadd_with_overflow
                                                 : llvm::Intrinsic::ssub_with_overflow;
  return ir.CreateExtractValue(ir.CreateBinaryIntrinsic(intrinsic, flags.a, flags.b), 1);
}

/// eq, hs, mi or vs: zero, carry, sign or overflow.
llvm::Value* A64Machine::single_flag(A64Condition code) {
  switch (code) {
    case A64Condition::eq:
      if (flags.kind == Kind::stored) return stored_flag(2);
      return flags.zero != nullptr
                 ? flags.zero
                 : ir.CreateICmpEQ(flags.result,
                                   llvm::Constant::getNullValue(flags.result->getType()));
    case A64Condition::hs:
      if (flags.kind == Kind::stored) return stored_flag(1);
      return flags.carry != nullptr ? flags.carry : ir.CreateICmpULT(flags.result, flags.a);
    case A64Condition::mi:
      return flags.kind == Kind::stored ? stored_flag(3) : sign_of_result();
    default:
      return flags.kind == Kind::stored ? stored_flag(0) : overflow();
  }
}

/// Without regard to the guard.
llvm::Value* A64Machine::plain_condition(A64Condition code) {
  if (flags.kind == Kind::unknown) {
    refuse("it reads flags where nothing is known of them");
    return ir.getFalse();
  }
  if (flags.kind == Kind::compare_floats)
    return ir.CreateFCmp(predicate_of_floats(code), flags.a, flags.b);
  if (flags.kind == Kind::subtract)
    if (const auto predicate = predicate_of_difference(code))
      return ir.CreateICmp(*predicate, flags.a, flags.b);
  if (flags.kind == Kind::logic) {
    if (const auto predicate = predicate_of_result(code))
      return ir.CreateICmp(*predicate, flags.result,
                           llvm::Constant::getNullValue(flags.result->getType()));
    // Without carry and overflow.
    return ir.getInt1(code == A64Condition::lo || code == A64Condition::ls ||
                      code == A64Condition::vc);
  }
  if (is_odd(code)) return ir.CreateNot(plain_condition(negated(code)));
  const auto is_signed_less = [&] {
    return ir.CreateXor(single_flag(A64Condition::mi), single_flag(A64Condition::vs));
  };
  switch (code) {
    case A64Condition::hi:
      return ir.CreateAnd(single_flag(A64Condition::hs),
                          ir.CreateNot(single_flag(A64Condition::eq)));
    case A64Condition::ge:
      return ir.CreateNot(is_signed_less());
    case A64Condition::gt:
      return ir.CreateNot(ir.CreateOr(single_flag(A64Condition::eq), is_signed_less()));
    default:
      return single_flag(code);
  }
}

llvm::Value* A64Machine::condition(A64Condition code) {
  if (code == A64Condition::al || code == A64Condition::nv) return ir.getTrue();
  llvm::Value* const plain = plain_condition(code);
  if (flags.guard == nullptr) return plain;
  return ir.CreateSelect(flags.guard, plain, ir.getInt1(holds(code, flags.otherwise)));
}

llvm::Value* A64Machine::flag(std::size_t number) {
  switch (1U << number) {
    case k_a64_overflow:
      return condition(A64Condition::vs);
    case k_a64_carry:
      return condition(A64Condition::hs);
    case k_a64_zero:
      return condition(A64Condition::eq);
    default:
      return condition(A64Condition::mi);
  }
}

}  // namespace llmc
