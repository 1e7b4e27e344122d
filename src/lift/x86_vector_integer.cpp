// Arithmetic on vectors of integers.
#include <llvm/IR/IntrinsicsX86.h>

#include "lift/x86_vector.h"

namespace llmc {
namespace {

using llvm::Value;
using Op = llvm::Instruction;
using Predicate = llvm::CmpInst::Predicate;
namespace Intrinsic = llvm::Intrinsic;

void arithmetic(VectorTemplate& t) {
  if (t.row.code == Op::Sub && t.is_same_register())
    return t.write(llvm::Constant::getNullValue(t.vector_type()));
  Value* const a = t.target();
  t.write(t.ir.CreateBinOp(static_cast<Op::BinaryOps>(t.row.code), a, t.source()));
}

/// Minima, maxima and saturated sums: `code` is LLVM's intrinsic for any vector.
void generic(VectorTemplate& t) {
  Value* const a = t.target();
  t.write(t.ir.CreateBinaryIntrinsic(t.row.code, a, t.source()));
}

/// `code` is LLVM's intrinsic for just this instruction.
void special(VectorTemplate& t) {
  auto* const type = Intrinsic::getType(t.ir.getContext(), t.row.code);
  Value* const a = t.m.read_vector(t.destination(), type->getParamType(0));
  Value* const b = t.source(type->getParamType(1));
  t.write(t.ir.CreateIntrinsic(t.row.code, {}, {a, b}));
}

void absolute(VectorTemplate& t) {
  t.write(t.ir.CreateBinaryIntrinsic(Intrinsic::abs, t.source(), t.ir.getFalse()));
}

/// pcmpeq, pcmpgt: `code` is the predicate.
void compare(VectorTemplate& t) {
  if (t.is_same_register())
    return t.write(t.row.code == Predicate::ICMP_EQ
                       ? llvm::Constant::getAllOnesValue(t.vector_type())
                       : llvm::Constant::getNullValue(t.vector_type()));
  Value* const a = t.target();
  Value* const holds = t.ir.CreateICmp(static_cast<Predicate>(t.row.code), a, t.source());
  t.write(t.ir.CreateSExt(holds, t.vector_type()));
}

/// The rounded mean: (a + b + 1) / 2 without overflow.
void average(VectorTemplate& t) {
  auto* const wide = llvm::FixedVectorType::get(t.m.integer(t.lane_width() * 2), t.lanes());
  Value* const a = t.ir.CreateZExt(t.target(), wide);
  Value* const b = t.ir.CreateZExt(t.source(), wide);
  Value* const one = llvm::ConstantInt::get(wide, 1);
  Value* const sum = t.ir.CreateAdd(t.ir.CreateAdd(a, b), one);
  t.write(t.ir.CreateTrunc(t.ir.CreateLShr(sum, one), t.vector_type()));
}

/// The upper halves of products: pmulhw, pmulhuw; `code` is how lanes are extended.
void multiply_high(VectorTemplate& t) {
  auto* const wide = llvm::FixedVectorType::get(t.m.integer(t.lane_width() * 2), t.lanes());
  const auto extension = static_cast<Op::CastOps>(t.row.code);
  Value* const a = t.ir.CreateCast(extension, t.target(), wide);
  Value* const b = t.ir.CreateCast(extension, t.source(), wide);
  Value* const product = t.ir.CreateMul(a, b);
  t.write(t.ir.CreateTrunc(t.ir.CreateLShr(product, t.lane_width()), t.vector_type()));
}

/// pmuludq, pmuldq: products of the lower halves of lanes; `code` is how they are extended.
void multiply_low_halves(VectorTemplate& t) {
  const auto low = [&](Value* value) {
    Value* const half = llvm::ConstantInt::get(t.vector_type(), 32);
    if (t.row.code == Op::ZExt)
      return t.ir.CreateAnd(value, llvm::ConstantInt::get(t.vector_type(), 0xffffffff));
    return t.ir.CreateAShr(t.ir.CreateShl(value, half), half);
  };
  Value* const a = low(t.target());
  t.write(t.ir.CreateMul(a, low(t.source())));
}

/// Shifts of all lanes by an immediate: `code` is the operation, or LLVM's intrinsic for counts in
/// a register, which every row of shifts has.
void shift(VectorTemplate& t) {
  if (!t.address.empty() || t.i.operands.back().kind != AsmOperand::Kind::imm) return special(t);
  const bool is_signed = t.row.name.starts_with("PSRA");
  const unsigned most = t.lane_width() - 1, by = t.immediate();
  if (by > most && !is_signed) return t.write(llvm::Constant::getNullValue(t.vector_type()));
  Value* const a = t.target();
  Value* const count = llvm::ConstantInt::get(t.vector_type(), std::min(by, most));
  t.write(is_signed                        ? t.ir.CreateAShr(a, count)
          : t.row.name.starts_with("PSRL") ? t.ir.CreateLShr(a, count)
                                           : t.ir.CreateShl(a, count));
}

/// pmovzx, pmovsx: `code` is the width of the source's lanes.
void widen(VectorTemplate& t) {
  Value* const low = t.low_source(t.m.integer(t.row.code), t.lanes());
  t.write(t.row.name.starts_with("PMOVZX") ? t.ir.CreateZExt(low, t.vector_type())
                                           : t.ir.CreateSExt(low, t.vector_type()));
}

constexpr VectorRow k_integer_rows[] = {
    {"PADDB", arithmetic, VectorLane::i8, Op::Add},
    {"PADDW", arithmetic, VectorLane::i16, Op::Add},
    {"PADDD", arithmetic, VectorLane::i32, Op::Add},
    {"PADDQ", arithmetic, VectorLane::i64, Op::Add},
    {"PSUBB", arithmetic, VectorLane::i8, Op::Sub},
    {"PSUBW", arithmetic, VectorLane::i16, Op::Sub},
    {"PSUBD", arithmetic, VectorLane::i32, Op::Sub},
    {"PSUBQ", arithmetic, VectorLane::i64, Op::Sub},
    {"PMULLW", arithmetic, VectorLane::i16, Op::Mul},
    {"PMULLD", arithmetic, VectorLane::i32, Op::Mul},
    {"PADDSB", generic, VectorLane::i8, Intrinsic::sadd_sat},
    {"PADDSW", generic, VectorLane::i16, Intrinsic::sadd_sat},
    {"PADDUSB", generic, VectorLane::i8, Intrinsic::uadd_sat},
    {"PADDUSW", generic, VectorLane::i16, Intrinsic::uadd_sat},
    {"PSUBSB", generic, VectorLane::i8, Intrinsic::ssub_sat},
    {"PSUBSW", generic, VectorLane::i16, Intrinsic::ssub_sat},
    {"PSUBUSB", generic, VectorLane::i8, Intrinsic::usub_sat},
    {"PSUBUSW", generic, VectorLane::i16, Intrinsic::usub_sat},
    {"PMINUB", generic, VectorLane::i8, Intrinsic::umin},
    {"PMINUW", generic, VectorLane::i16, Intrinsic::umin},
    {"PMINUD", generic, VectorLane::i32, Intrinsic::umin},
    {"PMINSB", generic, VectorLane::i8, Intrinsic::smin},
    {"PMINSW", generic, VectorLane::i16, Intrinsic::smin},
    {"PMINSD", generic, VectorLane::i32, Intrinsic::smin},
    {"PMAXUB", generic, VectorLane::i8, Intrinsic::umax},
    {"PMAXUW", generic, VectorLane::i16, Intrinsic::umax},
    {"PMAXUD", generic, VectorLane::i32, Intrinsic::umax},
    {"PMAXSB", generic, VectorLane::i8, Intrinsic::smax},
    {"PMAXSW", generic, VectorLane::i16, Intrinsic::smax},
    {"PMAXSD", generic, VectorLane::i32, Intrinsic::smax},
    {"PABSB", absolute, VectorLane::i8},
    {"PABSW", absolute, VectorLane::i16},
    {"PABSD", absolute, VectorLane::i32},
    {"PAVGB", average, VectorLane::i8},
    {"PAVGW", average, VectorLane::i16},
    {"PMULHW", multiply_high, VectorLane::i16, Op::SExt},
    {"PMULHUW", multiply_high, VectorLane::i16, Op::ZExt},
    {"PMULUDQ", multiply_low_halves, VectorLane::i64, Op::ZExt},
    {"PMULDQ", multiply_low_halves, VectorLane::i64, Op::SExt},
    {"PMADDWD", special, VectorLane::i16, Intrinsic::x86_sse2_pmadd_wd},
    {"PSADBW", special, VectorLane::i8, Intrinsic::x86_sse2_psad_bw},
    {"PACKSSWB", special, VectorLane::i16, Intrinsic::x86_sse2_packsswb_128},
    {"PACKSSDW", special, VectorLane::i32, Intrinsic::x86_sse2_packssdw_128},
    {"PACKUSWB", special, VectorLane::i16, Intrinsic::x86_sse2_packuswb_128},
    {"PCMPEQB", compare, VectorLane::i8, Predicate::ICMP_EQ},
    {"PCMPEQW", compare, VectorLane::i16, Predicate::ICMP_EQ},
    {"PCMPEQD", compare, VectorLane::i32, Predicate::ICMP_EQ},
    {"PCMPEQQ", compare, VectorLane::i64, Predicate::ICMP_EQ},
    {"PCMPGTB", compare, VectorLane::i8, Predicate::ICMP_SGT},
    {"PCMPGTW", compare, VectorLane::i16, Predicate::ICMP_SGT},
    {"PCMPGTD", compare, VectorLane::i32, Predicate::ICMP_SGT},
    {"PCMPGTQ", compare, VectorLane::i64, Predicate::ICMP_SGT},
    {"PSLLW", shift, VectorLane::i16, Intrinsic::x86_sse2_psll_w},
    {"PSLLD", shift, VectorLane::i32, Intrinsic::x86_sse2_psll_d},
    {"PSLLQ", shift, VectorLane::i64, Intrinsic::x86_sse2_psll_q},
    {"PSRLW", shift, VectorLane::i16, Intrinsic::x86_sse2_psrl_w},
    {"PSRLD", shift, VectorLane::i32, Intrinsic::x86_sse2_psrl_d},
    {"PSRLQ", shift, VectorLane::i64, Intrinsic::x86_sse2_psrl_q},
    {"PSRAW", shift, VectorLane::i16, Intrinsic::x86_sse2_psra_w},
    {"PSRAD", shift, VectorLane::i32, Intrinsic::x86_sse2_psra_d},
    {"PMOVZXBW", widen, VectorLane::i16, 8},
    {"PMOVZXBD", widen, VectorLane::i32, 8},
    {"PMOVZXBQ", widen, VectorLane::i64, 8},
    {"PMOVZXWD", widen, VectorLane::i32, 16},
    {"PMOVZXWQ", widen, VectorLane::i64, 16},
    {"PMOVZXDQ", widen, VectorLane::i64, 32},
    {"PMOVSXBW", widen, VectorLane::i16, 8},
    {"PMOVSXBD", widen, VectorLane::i32, 8},
    {"PMOVSXBQ", widen, VectorLane::i64, 8},
    {"PMOVSXWD", widen, VectorLane::i32, 16},
    {"PMOVSXWQ", widen, VectorLane::i64, 16},
    {"PMOVSXDQ", widen, VectorLane::i64, 32},
};

}  // namespace

std::span<const VectorRow> vector_integer_rows() { return k_integer_rows; }

}  // namespace llmc
