// AArch64 instructions on floats and doubles.
#include <llvm/IR/Intrinsics.h>

#include "lift/a64_templates.h"

namespace llmc {
namespace {

using Op = llvm::Instruction;
using llvm::Value;

/// Adds `stem` S `form` and `stem` D `form`.
void add_both_reals(std::vector<A64Row>& rows, const std::string& stem, const std::string& form,
                    void (*action)(A64Template&), unsigned code = 0) {
  rows.push_back({stem + "S" + form, action, 32, code});
  rows.push_back({stem + "D" + form, action, 64, code});
}

/// fadd, fsub, fmul, fdiv.
void arithmetic(A64Template& t) {
  const auto code = static_cast<llvm::Instruction::BinaryOps>(t.row.code);
  t.real_out(t.ir.CreateBinOp(code, t.real_in(1), t.real_in(2)));
}

/// fnmul.
void multiply_negated(A64Template& t) {
  t.real_out(t.ir.CreateFNeg(t.ir.CreateFMul(t.real_in(1), t.real_in(2))));
}

/// fmaxnm and the like: an intrinsic of two.
void apply_two(A64Template& t) {
  t.real_out(t.ir.CreateBinaryIntrinsic(t.row.code, t.real_in(1), t.real_in(2)));
}

/// fabs, fsqrt, frint*: an intrinsic of one.
void apply_one(A64Template& t) { t.real_out(t.ir.CreateUnaryIntrinsic(t.row.code, t.real_in(1))); }

void negate(A64Template& t) { t.real_out(t.ir.CreateFNeg(t.real_in(1))); }

void copy(A64Template& t) { t.real_out(t.real_in(1)); }

constexpr unsigned k_negates_product = 1, k_negates_sum = 2;

/// fmadd, fmsub, fnmadd, fnmsub: rounded once.
void multiply_add(A64Template& t) {
  Value* a = t.real_in(1);
  Value* c = t.real_in(3);
  if ((t.row.code & k_negates_product) != 0) a = t.ir.CreateFNeg(a);
  if ((t.row.code & k_negates_sum) != 0) c = t.ir.CreateFNeg(c);
  t.real_out(t.ir.CreateIntrinsic(llvm::Intrinsic::fma, {t.real_type()}, {a, t.real_in(2), c}));
}

/// fcmp; the second is a register or zero.
void compare(A64Template& t) {
  Value* const a = t.real_in(0);
  Value* const b = t.row.code == 0 ? t.real_in(1) : llvm::ConstantFP::get(t.real_type(), 0.0);
  t.m.flags = {LiftFlags::Kind::compare_floats, a, b};
}

/// fccmp.
void compare_reals_if(A64Template& t) {
  Value* const guard = t.m.condition(t.condition(3));
  t.m.flags = {LiftFlags::Kind::compare_floats, t.real_in(0), t.real_in(1)};
  t.m.flags.guard = guard;
  t.m.flags.otherwise = static_cast<unsigned>(t.number(2)) & 15;
}

void select_real(A64Template& t) {
  Value* const condition = t.m.condition(t.condition(3));
  t.real_out(t.ir.CreateSelect(condition, t.real_in(1), t.real_in(2)));
}

void write_number(A64Template& t) {
  t.real_out(llvm::ConstantFP::get(t.real_type(), a64_float_immediate(t.number(1))));
}

/// fmov between registers of both kinds: the bits.
void copy_bits(A64Template& t) {
  if (t.reg(0).kind == A64Register::Class::general)
    t.out(t.ir.CreateBitCast(t.real_in(1), t.m.integer(t.width)));
  else
    t.real_out(t.ir.CreateBitCast(t.in(1), t.real_type()));
}

/// fcvt between float and double; the row's width is that of the operand.
void convert_real(A64Template& t) {
  Value* const a = t.real_in(1);
  t.real_out(t.width == 32 ? t.ir.CreateFPExt(a, t.ir.getDoubleTy())
                           : t.ir.CreateFPTrunc(a, t.ir.getFloatTy()));
}

constexpr unsigned k_unsigned = 1U << 31;

/// scvtf, ucvtf of a general register, or of the bits of a vector register as wide as the result.
void convert_integer(A64Template& t) {
  Value* const a = t.reg(1).kind == A64Register::Class::general
                       ? t.in(1)
                       : t.ir.CreateBitCast(t.real_in(1), t.m.integer(t.width));
  t.real_out((t.row.code & k_unsigned) != 0 ? t.ir.CreateUIToFP(a, t.real_type())
                                            : t.ir.CreateSIToFP(a, t.real_type()));
}

/// fcvtzs, fcvtzu, and after rounding another way fcvtms, …: what does not fit becomes the nearest
/// that does, what is no number zero.
void convert_to_integer(A64Template& t) {
  Value* a = t.real_in(1);
  if (const unsigned rounding = t.row.code & ~k_unsigned)
    a = t.ir.CreateUnaryIntrinsic(rounding, a);
  const auto intrinsic =
      (t.row.code & k_unsigned) != 0 ? llvm::Intrinsic::fptoui_sat : llvm::Intrinsic::fptosi_sat;
  llvm::Type* const type = t.m.integer(t.reg(0).width);
  t.out(t.ir.CreateIntrinsic(intrinsic, {type, t.real_type()}, {a}));
}

void add_real_arithmetic_rows(std::vector<A64Row>& rows) {
  namespace Intrinsic = llvm::Intrinsic;
  for (const auto& [stem, code] : std::initializer_list<std::pair<const char*, unsigned>>{
           {"FADD", Op::FAdd}, {"FSUB", Op::FSub}, {"FMUL", Op::FMul}, {"FDIV", Op::FDiv}})
    add_both_reals(rows, stem, "rr", arithmetic, code);
  add_both_reals(rows, "FNMUL", "rr", multiply_negated);
  for (const auto& [stem, code] :
       std::initializer_list<std::pair<const char*, unsigned>>{{"FMAXNM", Intrinsic::maxnum},
                                                               {"FMINNM", Intrinsic::minnum},
                                                               {"FMAX", Intrinsic::maximum},
                                                               {"FMIN", Intrinsic::minimum}})
    add_both_reals(rows, stem, "rr", apply_two, code);
  for (const auto& [stem, code] :
       std::initializer_list<std::pair<const char*, unsigned>>{{"FABS", Intrinsic::fabs},
                                                               {"FSQRT", Intrinsic::sqrt},
                                                               {"FRINTM", Intrinsic::floor},
                                                               {"FRINTP", Intrinsic::ceil},
                                                               {"FRINTZ", Intrinsic::trunc},
                                                               {"FRINTA", Intrinsic::round},
                                                               {"FRINTN", Intrinsic::roundeven},
                                                               {"FRINTX", Intrinsic::rint},
                                                               {"FRINTI", Intrinsic::nearbyint}})
    add_both_reals(rows, stem, "r", apply_one, code);
  add_both_reals(rows, "FNEG", "r", negate);
  add_both_reals(rows, "FMOV", "r", copy);
  add_both_reals(rows, "FMOV", "i", write_number);
  add_both_reals(rows, "FMADD", "rrr", multiply_add);
  add_both_reals(rows, "FMSUB", "rrr", multiply_add, k_negates_product);
  add_both_reals(rows, "FNMADD", "rrr", multiply_add, k_negates_product | k_negates_sum);
  add_both_reals(rows, "FNMSUB", "rrr", multiply_add, k_negates_sum);
  add_both_reals(rows, "FCMP", "rr", compare);
  add_both_reals(rows, "FCMP", "ri", compare, 1);
  add_both_reals(rows, "FCCMP", "rr", compare_reals_if);
  add_both_reals(rows, "FCSEL", "rrr", select_real);
}

void add_conversion_rows(std::vector<A64Row>& rows) {
  namespace Intrinsic = llvm::Intrinsic;
  for (const auto& [suffix, sign] :
       std::initializer_list<std::pair<std::string, unsigned>>{{"S", 0}, {"U", k_unsigned}}) {
    for (const auto& [stem, rounding] :
         std::initializer_list<std::pair<std::string, unsigned>>{{"FCVTZ", 0},
                                                                 {"FCVTM", Intrinsic::floor},
                                                                 {"FCVTP", Intrinsic::ceil},
                                                                 {"FCVTA", Intrinsic::round},
                                                                 {"FCVTN", Intrinsic::roundeven}}) {
      add_both_reals(rows, stem + suffix + "UW", "r", convert_to_integer, rounding | sign);
      add_both_reals(rows, stem + suffix + "UX", "r", convert_to_integer, rounding | sign);
    }
    add_both_reals(rows, suffix + "CVTFUW", "ri", convert_integer, sign);
    add_both_reals(rows, suffix + "CVTFUX", "ri", convert_integer, sign);
    rows.push_back({suffix + "CVTFv1i32", convert_integer, 32, sign});
    rows.push_back({suffix + "CVTFv1i64", convert_integer, 64, sign});
  }
  rows.push_back({"FCVTDSr", convert_real, 32});
  rows.push_back({"FCVTSDr", convert_real, 64});
  rows.push_back({"FMOVWSr", copy_bits, 32});
  rows.push_back({"FMOVSWr", copy_bits, 32});
  rows.push_back({"FMOVXDr", copy_bits, 64});
  rows.push_back({"FMOVDXr", copy_bits, 64});
}

}  // namespace

std::span<const A64Row> a64_float_rows() {
  static const std::vector<A64Row> rows = [] {
    std::vector<A64Row> made;
    add_real_arithmetic_rows(made);
    add_conversion_rows(made);
    return made;
  }();
  return rows;
}

}  // namespace llmc
