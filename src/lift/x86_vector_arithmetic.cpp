// Floating-point arithmetic, comparisons, conversions, and logic.
#include <llvm/IR/IntrinsicsX86.h>

#include "lift/x86_vector.h"

namespace llmc {
namespace {

using llvm::Value;
using Op = llvm::Instruction;
using Predicate = llvm::CmpInst::Predicate;

// ---- arithmetic

Value* operation(VectorTemplate& t, Value* a, Value* b) {
  return t.ir.CreateBinOp(static_cast<Op::BinaryOps>(t.row.code), a, b);
}

void scalar_arithmetic(VectorTemplate& t) {
  const unsigned to = t.destination();
  Value* const a = t.read_scalar(to);
  t.write_scalar(to, operation(t, a, t.scalar_source()));
}

void packed_arithmetic(VectorTemplate& t) {
  Value* const a = t.target();
  t.write(operation(t, a, t.source()));
}

/// min and max: the second operand where the numbers are equal or one is none.
Value* choice(VectorTemplate& t, Value* a, Value* b) {
  return t.ir.CreateSelect(t.ir.CreateFCmp(static_cast<Predicate>(t.row.code), a, b), a, b);
}

void scalar_choice(VectorTemplate& t) {
  const unsigned to = t.destination();
  Value* const a = t.read_scalar(to);
  t.write_scalar(to, choice(t, a, t.scalar_source()));
}

void packed_choice(VectorTemplate& t) {
  Value* const a = t.target();
  t.write(choice(t, a, t.source()));
}

void scalar_root(VectorTemplate& t) {
  Value* const a = t.scalar_source();
  t.write_scalar(t.destination(), t.ir.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a));
}

void packed_root(VectorTemplate& t) {
  t.write(t.ir.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, t.source()));
}

/// roundss and its like; what the immediate says.
llvm::Intrinsic::ID rounding(unsigned immediate) {
  if ((immediate & 4) != 0)
    return (immediate & 8) != 0 ? llvm::Intrinsic::nearbyint : llvm::Intrinsic::rint;
  constexpr llvm::Intrinsic::ID k_modes[] = {llvm::Intrinsic::roundeven, llvm::Intrinsic::floor,
                                             llvm::Intrinsic::ceil, llvm::Intrinsic::trunc};
  return k_modes[immediate & 3];
}

void scalar_round(VectorTemplate& t) {
  Value* const a = t.scalar_source();
  t.write_scalar(t.destination(), t.ir.CreateUnaryIntrinsic(rounding(t.immediate()), a));
}

void packed_round(VectorTemplate& t) {
  t.write(t.ir.CreateUnaryIntrinsic(rounding(t.immediate()), t.source()));
}

// ---- comparisons

/// ucomis and comis; they differ in exceptions only.
void compare_into_flags(VectorTemplate& t) {
  Value* const a = t.read_scalar(t.destination());
  Value* const b = t.scalar_source();
  t.m.flags = {LiftFlags::Kind::compare_floats, a, b};
}

/// All ones where the predicate holds, as an integer or a vector of them.
Value* comparison(VectorTemplate& t, Value* a, Value* b) {
  constexpr Predicate k_predicates[] = {
      Predicate::FCMP_OEQ, Predicate::FCMP_OLT, Predicate::FCMP_OLE, Predicate::FCMP_UNO,
      Predicate::FCMP_UNE, Predicate::FCMP_UGE, Predicate::FCMP_UGT, Predicate::FCMP_ORD};
  const unsigned number = t.immediate();
  if (number >= std::size(k_predicates)) t.refuse("has a predicate that SSE does not have");
  Value* const holds = t.ir.CreateFCmp(k_predicates[number & 7], a, b);
  return t.ir.CreateSExt(holds, a->getType()->isVectorTy()
                                    ? static_cast<llvm::Type*>(t.integer_vector(t.lane_width()))
                                    : t.m.integer(t.lane_width()));
}

void scalar_comparison(VectorTemplate& t) {
  const unsigned to = t.destination();
  Value* const a = t.read_scalar(to);
  Value* const mask = comparison(t, a, t.scalar_source());
  t.write_scalar(to, t.ir.CreateBitCast(mask, t.lane_type()));
}

void packed_comparison(VectorTemplate& t) {
  Value* const a = t.target();
  t.write(comparison(t, a, t.source()));
}

// ---- conversions

/// cvtsi2sd and its like; `code` is the integer's width.
void integer_to_scalar(VectorTemplate& t) {
  Value* const value = t.reads_memory() ? t.m.load(t.m.integer(t.row.code), t.address)
                                        : t.m.read(t.general(t.i.operands.size() - 1));
  t.write_scalar(t.destination(), t.ir.CreateSIToFP(value, t.lane_type()));
}

/// cvttsd2si and its like: `code` is LLVM's intrinsic. Code generation makes the one instruction of
/// it, as of fptosi; but it also says what comes of numbers that are too large, on which code for
/// conversion to unsigned integers relies.
void scalar_to_integer(VectorTemplate& t) {
  Value* const value = t.scalar_source();
  Value* const vector =
      t.ir.CreateInsertElement(llvm::PoisonValue::get(t.vector_type()), value, std::uint64_t{0});
  t.write_general(0, t.ir.CreateIntrinsic(t.row.code, {}, {vector}));
}

void float_to_double(VectorTemplate& t) {
  Value* const value = t.scalar_source();
  t.m.write_lane(t.destination(), t.ir.CreateFPExt(value, t.ir.getDoubleTy()));
}

void double_to_float(VectorTemplate& t) {
  Value* const value = t.scalar_source();
  t.m.write_lane(t.destination(), t.ir.CreateFPTrunc(value, t.ir.getFloatTy()));
}

void packed_integers_to_floats(VectorTemplate& t) {
  Value* const value = t.source(t.integer_vector(32));
  t.write(t.ir.CreateSIToFP(value, t.vector_type()));
}

void packed_integers_to_doubles(VectorTemplate& t) {
  t.write(t.ir.CreateSIToFP(t.low_source(t.ir.getInt32Ty(), 2), t.vector_type()));
}

void packed_floats_to_doubles(VectorTemplate& t) {
  t.write(t.ir.CreateFPExt(t.low_source(t.ir.getFloatTy(), 2), t.vector_type()));
}

/// Two floats; the other two become zero.
void packed_doubles_to_floats(VectorTemplate& t) {
  auto* const type = llvm::FixedVectorType::get(t.ir.getFloatTy(), 2);
  Value* const low = t.ir.CreateFPTrunc(t.source(), type);
  t.write(t.ir.CreateShuffleVector(low, llvm::Constant::getNullValue(type),
                                   lane_mask(4, [](int k) { return k; })));
}

/// cvttps2dq and its like: `code` is LLVM's intrinsic, for the reason that scalar_to_integer gives.
void packed_floats_to_integers(VectorTemplate& t) {
  t.write(t.ir.CreateIntrinsic(t.row.code, {}, {t.source()}));
}

// ---- logic

constexpr unsigned k_and_not = ~0U;

/// `a` and `b` combined bit by bit, as `code` says.
Value* combined(VectorTemplate& t, Value* a, Value* b) {
  if (t.row.code == k_and_not) return t.ir.CreateAnd(t.ir.CreateNot(a), b);
  return operation(t, a, b);
}

/// Logic on the lowest lane: fneg, fabs, or an operation on its bits, which later steps see through
/// where it chooses between numbers.
Value* scalar_logic(VectorTemplate& t, Value* a, Value* b) {
  const unsigned width = static_cast<unsigned>(a->getType()->getPrimitiveSizeInBits());
  llvm::Type* const bits = t.m.integer(width);
  Value* const mask = t.ir.CreateBitCast(b, bits);
  if (const auto* const known = llvm::dyn_cast<llvm::ConstantInt>(mask)) {
    if (t.row.code == Op::Xor && known->getValue().isSignMask()) return t.ir.CreateFNeg(a);
    if (t.row.code == Op::And && known->getValue().isMaxSignedValue())
      return t.ir.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a);
  }
  return t.ir.CreateBitCast(combined(t, t.ir.CreateBitCast(a, bits), mask), a->getType());
}

/// The type that a constant mask of 128 bits is for: signs, or all but signs.
AbiType mask_type(Value* mask) {
  const auto* const known = llvm::dyn_cast<llvm::Constant>(mask);
  if (known == nullptr) return AbiType::none;
  const auto* const low = llvm::dyn_cast_or_null<llvm::ConstantInt>(known->getAggregateElement(0U));
  if (low == nullptr) return AbiType::none;
  const llvm::APInt all = low->getValue(), half = all.trunc(32), other = all.lshr(32).trunc(32);
  if (all.isSignMask() || all.isMaxSignedValue()) return AbiType::f64;
  const bool is_for_float = half.isSignMask() || half.isMaxSignedValue();
  return is_for_float && (other == half || other.isZero()) ? AbiType::f32 : AbiType::none;
}

/// What the lowest lane is, if the operation is most likely one on a scalar.
AbiType scalar_of_logic(VectorTemplate& t, Value* mask) {
  const AbiType target = scalar_in(t.m, t.destination());
  if (target != AbiType::none) return target;
  if (!t.reads_memory()) return scalar_in(t.m, t.source_xmm());
  const RegisterOrigin& origin = t.m.registers.vector[t.destination()];
  const bool is_from_elsewhere = origin.kind != RegisterOrigin::Kind::defined ||
                                 !origin.parameters.empty() || !origin.sites.empty();
  return is_from_elsewhere ? mask_type(mask) : AbiType::none;
}

Value* lowest(VectorTemplate& t, Value* vector, llvm::Type* type) {
  const unsigned count = 128 / static_cast<unsigned>(type->getPrimitiveSizeInBits());
  return t.ir.CreateExtractElement(
      t.ir.CreateBitCast(vector, llvm::FixedVectorType::get(type, count)), std::uint64_t{0});
}

void packed_logic(VectorTemplate& t) {
  const bool clears = t.row.code == Op::Xor || t.row.code == k_and_not;
  if (t.is_same_register())
    return clears ? t.write(llvm::Constant::getNullValue(t.vector_type())) : void();
  Value* const a = t.target();
  t.write(combined(t, a, t.source()));
}

/// The same for andps, andpd and their like, which compilers also use for scalars.
void float_logic(VectorTemplate& t) {
  if (t.is_same_register()) return packed_logic(t);
  const unsigned to = t.destination();
  Value* const a = t.m.read_vector(to, t.integer_vector(64));
  Value* const b = t.source(t.integer_vector(64));
  const AbiType scalar = scalar_of_logic(t, b);
  Value* low = nullptr;
  if (scalar != AbiType::none) {
    const bool is_double = scalar == AbiType::f64;
    const auto part = [&](unsigned number) {
      return is_double ? t.m.read_double(number) : t.m.read_float(number);
    };
    Value* const mask =
        t.reads_memory() ? lowest(t, b, type_of(scalar, t.ir.getContext())) : part(t.source_xmm());
    low = scalar_logic(t, part(to), mask);
  }
  t.write(combined(t, a, b));
  if (scalar == AbiType::f64) t.m.write_lane(to, low);
  if (scalar == AbiType::f32) t.m.write_lane(to, low);
}

constexpr unsigned k_less = Predicate::FCMP_OLT, k_greater = Predicate::FCMP_OGT;

constexpr VectorRow k_arithmetic_rows[] = {
    {"ADDSS", scalar_arithmetic, VectorLane::f32, Op::FAdd},
    {"ADDSD", scalar_arithmetic, VectorLane::f64, Op::FAdd},
    {"ADDPS", packed_arithmetic, VectorLane::f32, Op::FAdd},
    {"ADDPD", packed_arithmetic, VectorLane::f64, Op::FAdd},
    {"SUBSS", scalar_arithmetic, VectorLane::f32, Op::FSub},
    {"SUBSD", scalar_arithmetic, VectorLane::f64, Op::FSub},
    {"SUBPS", packed_arithmetic, VectorLane::f32, Op::FSub},
    {"SUBPD", packed_arithmetic, VectorLane::f64, Op::FSub},
    {"MULSS", scalar_arithmetic, VectorLane::f32, Op::FMul},
    {"MULSD", scalar_arithmetic, VectorLane::f64, Op::FMul},
    {"MULPS", packed_arithmetic, VectorLane::f32, Op::FMul},
    {"MULPD", packed_arithmetic, VectorLane::f64, Op::FMul},
    {"DIVSS", scalar_arithmetic, VectorLane::f32, Op::FDiv},
    {"DIVSD", scalar_arithmetic, VectorLane::f64, Op::FDiv},
    {"DIVPS", packed_arithmetic, VectorLane::f32, Op::FDiv},
    {"DIVPD", packed_arithmetic, VectorLane::f64, Op::FDiv},
    {"MINSS", scalar_choice, VectorLane::f32, k_less},
    {"MINSD", scalar_choice, VectorLane::f64, k_less},
    {"MINPS", packed_choice, VectorLane::f32, k_less},
    {"MINPD", packed_choice, VectorLane::f64, k_less},
    {"MAXSS", scalar_choice, VectorLane::f32, k_greater},
    {"MAXSD", scalar_choice, VectorLane::f64, k_greater},
    {"MAXPS", packed_choice, VectorLane::f32, k_greater},
    {"MAXPD", packed_choice, VectorLane::f64, k_greater},
    {"SQRTSS", scalar_root, VectorLane::f32},
    {"SQRTSD", scalar_root, VectorLane::f64},
    {"SQRTPS", packed_root, VectorLane::f32},
    {"SQRTPD", packed_root, VectorLane::f64},
    {"ROUNDSS", scalar_round, VectorLane::f32},
    {"ROUNDSD", scalar_round, VectorLane::f64},
    {"ROUNDPS", packed_round, VectorLane::f32},
    {"ROUNDPD", packed_round, VectorLane::f64},
    {"UCOMISS", compare_into_flags, VectorLane::f32},
    {"UCOMISD", compare_into_flags, VectorLane::f64},
    {"COMISS", compare_into_flags, VectorLane::f32},
    {"COMISD", compare_into_flags, VectorLane::f64},
    {"CMPSS", scalar_comparison, VectorLane::f32},
    {"CMPSD", scalar_comparison, VectorLane::f64},
    {"CMPPS", packed_comparison, VectorLane::f32},
    {"CMPPD", packed_comparison, VectorLane::f64},
    {"CVTSI2SS", integer_to_scalar, VectorLane::f32, 32},
    {"CVTSI642SS", integer_to_scalar, VectorLane::f32, 64},
    {"CVTSI2SD", integer_to_scalar, VectorLane::f64, 32},
    {"CVTSI642SD", integer_to_scalar, VectorLane::f64, 64},
    {"CVTTSS2SI", scalar_to_integer, VectorLane::f32, llvm::Intrinsic::x86_sse_cvttss2si},
    {"CVTTSS2SI64", scalar_to_integer, VectorLane::f32, llvm::Intrinsic::x86_sse_cvttss2si64},
    {"CVTTSD2SI", scalar_to_integer, VectorLane::f64, llvm::Intrinsic::x86_sse2_cvttsd2si},
    {"CVTTSD2SI64", scalar_to_integer, VectorLane::f64, llvm::Intrinsic::x86_sse2_cvttsd2si64},
    {"CVTSS2SI", scalar_to_integer, VectorLane::f32, llvm::Intrinsic::x86_sse_cvtss2si},
    {"CVTSS2SI64", scalar_to_integer, VectorLane::f32, llvm::Intrinsic::x86_sse_cvtss2si64},
    {"CVTSD2SI", scalar_to_integer, VectorLane::f64, llvm::Intrinsic::x86_sse2_cvtsd2si},
    {"CVTSD2SI64", scalar_to_integer, VectorLane::f64, llvm::Intrinsic::x86_sse2_cvtsd2si64},
    {"CVTSS2SD", float_to_double, VectorLane::f32},
    {"CVTSD2SS", double_to_float, VectorLane::f64},
    {"CVTDQ2PS", packed_integers_to_floats, VectorLane::f32},
    {"CVTDQ2PD", packed_integers_to_doubles, VectorLane::f64},
    {"CVTPS2PD", packed_floats_to_doubles, VectorLane::f64},
    {"CVTPD2PS", packed_doubles_to_floats, VectorLane::f64},
    {"CVTTPS2DQ", packed_floats_to_integers, VectorLane::f32, llvm::Intrinsic::x86_sse2_cvttps2dq},
    {"CVTTPD2DQ", packed_floats_to_integers, VectorLane::f64, llvm::Intrinsic::x86_sse2_cvttpd2dq},
    {"CVTPS2DQ", packed_floats_to_integers, VectorLane::f32, llvm::Intrinsic::x86_sse2_cvtps2dq},
    {"CVTPD2DQ", packed_floats_to_integers, VectorLane::f64, llvm::Intrinsic::x86_sse2_cvtpd2dq},
    {"ANDPS", float_logic, VectorLane::i64, Op::And},
    {"ANDPD", float_logic, VectorLane::i64, Op::And},
    {"ANDNPS", float_logic, VectorLane::i64, k_and_not},
    {"ANDNPD", float_logic, VectorLane::i64, k_and_not},
    {"ORPS", float_logic, VectorLane::i64, Op::Or},
    {"ORPD", float_logic, VectorLane::i64, Op::Or},
    {"XORPS", float_logic, VectorLane::i64, Op::Xor},
    {"XORPD", float_logic, VectorLane::i64, Op::Xor},
    {"PAND", packed_logic, VectorLane::i64, Op::And},
    {"PANDN", packed_logic, VectorLane::i64, k_and_not},
    {"POR", packed_logic, VectorLane::i64, Op::Or},
    {"PXOR", packed_logic, VectorLane::i64, Op::Xor},
};

}  // namespace

std::span<const VectorRow> vector_arithmetic_rows() { return k_arithmetic_rows; }

}  // namespace llmc
