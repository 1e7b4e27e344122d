// AArch64 instructions on the bits of general registers: fields, shifts by registers, counts.
#include <llvm/IR/Intrinsics.h>

#include "lift/a64_templates.h"

namespace llmc {
namespace {

using llvm::Value;

/// The field that ubfm, sbfm and bfm move.
struct A64Field {
  unsigned rotation = 0;  ///< immr
  unsigned last = 0;      ///< imms
  [[nodiscard]] bool goes_right() const { return last >= rotation; }
};

A64Field field_of(A64Template& t, std::size_t operand) {
  return {static_cast<unsigned>(t.number(operand)) & 63,
          static_cast<unsigned>(t.number(operand + 1)) & 63};
}

std::uint64_t mask_of(unsigned bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

/// lsl, lsr, ubfx, ubfiz, uxtb, …
void move_unsigned_field(A64Template& t) {
  const A64Field field = field_of(t, 2);
  Value* const a = t.in(1);
  if (field.goes_right()) {
    Value* const low = field.rotation == 0 ? a : t.ir.CreateLShr(a, field.rotation);
    if (field.last == t.width - 1) return t.out(low);
    return t.out(t.ir.CreateAnd(low, t.constant(mask_of(field.last - field.rotation + 1))));
  }
  const unsigned left = t.width - field.rotation;
  if (field.last + 1 == field.rotation) return t.out(t.ir.CreateShl(a, left));
  t.out(t.ir.CreateShl(t.ir.CreateAnd(a, t.constant(mask_of(field.last + 1))), left));
}

/// asr, sbfx, sbfiz, sxtb, …
void move_signed_field(A64Template& t) {
  const A64Field field = field_of(t, 2);
  const unsigned bits = field.last + 1;
  Value* value = nullptr;
  if (bits == 8 || bits == 16 || (bits == 32 && t.width == 64)) {
    A64Register part = t.reg(1);
    part.width = bits;
    value = t.ir.CreateSExt(t.m.read(part), t.m.integer(t.width));
  } else {
    value = t.in(1);
    const unsigned unused = t.width - bits;
    if (unused != 0) value = t.ir.CreateAShr(t.ir.CreateShl(value, unused), unused);
  }
  if (!field.goes_right())
    value = t.ir.CreateShl(value, t.width - field.rotation);
  else if (field.rotation != 0)
    value = t.ir.CreateAShr(value, field.rotation);
  t.out(value);
}

/// bfi, bfxil.
void insert_field(A64Template& t) {
  const A64Field field = field_of(t, 3);
  Value* const old = t.in(1);
  Value* value = t.in(2);
  unsigned bits = field.last + 1, left = t.width - field.rotation;
  if (field.goes_right()) {
    bits = field.last - field.rotation + 1;
    left = 0;
    if (field.rotation != 0) value = t.ir.CreateLShr(value, field.rotation);
  }
  value = t.ir.CreateAnd(value, t.constant(mask_of(bits)));
  if (left != 0) value = t.ir.CreateShl(value, left);
  const std::uint64_t others = ~(mask_of(bits) << left);
  t.out(t.ir.CreateOr(t.ir.CreateAnd(old, t.constant(others)), value));
}

/// extr, ror.
void extract(A64Template& t) {
  Value* const high = t.in(1);
  Value* const low = t.in(2);
  t.out(
      t.ir.CreateIntrinsic(llvm::Intrinsic::fshr, {high->getType()},
                           {high, low, t.constant(static_cast<std::uint64_t>(t.number(3)) & 63)}));
}

/// lslv, lsrv, asrv, rorv: the count is taken as the processor takes it.
void shift(A64Template& t) {
  Value* const a = t.in(1);
  Value* const count = t.ir.CreateAnd(t.in(2), t.constant(t.width - 1));
  switch (t.row.code) {
    case llvm::Instruction::Shl:
      return t.out(t.ir.CreateShl(a, count));
    case llvm::Instruction::LShr:
      return t.out(t.ir.CreateLShr(a, count));
    case llvm::Instruction::AShr:
      return t.out(t.ir.CreateAShr(a, count));
    default:
      return t.out(t.ir.CreateIntrinsic(llvm::Intrinsic::fshr, {a->getType()}, {a, a, count}));
  }
}

void count_leading_zeros(A64Template& t) {
  t.out(t.ir.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, t.in(1), t.ir.getFalse()));
}

/// How many bits after the first are as it is.
void count_leading_signs(A64Template& t) {
  Value* const a = t.in(1);
  Value* const same = t.ir.CreateXor(a, t.ir.CreateAShr(a, t.width - 1));
  Value* const zeros = t.ir.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, same, t.ir.getFalse());
  t.out(t.ir.CreateSub(zeros, t.constant(1)));
}

void reverse_bits(A64Template& t) {
  t.out(t.ir.CreateUnaryIntrinsic(llvm::Intrinsic::bitreverse, t.in(1)));
}

void reverse_bytes(A64Template& t) {
  t.out(t.ir.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, t.in(1)));
}

/// rev32 of 64 bits, rev16 of 32: the bytes of each half.
void reverse_halves(A64Template& t) {
  Value* const swapped = t.ir.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, t.in(1));
  t.out(t.ir.CreateIntrinsic(llvm::Intrinsic::fshr, {swapped->getType()},
                             {swapped, swapped, t.constant(t.width / 2)}));
}

/// rev16 of 64 bits.
void reverse_quarters(A64Template& t) {
  constexpr std::uint64_t k_low = 0x00ff00ff00ff00ff;
  Value* const a = t.in(1);
  Value* const up = t.ir.CreateShl(t.ir.CreateAnd(a, t.constant(k_low)), 8);
  Value* const down = t.ir.CreateAnd(t.ir.CreateLShr(a, 8), t.constant(k_low));
  t.out(t.ir.CreateOr(up, down));
}

}  // namespace

std::span<const A64Row> a64_bits_rows() {
  static const std::vector<A64Row> rows = [] {
    using Op = llvm::Instruction;
    constexpr unsigned k_rotate = 0;
    std::vector<A64Row> made;
    add_both_widths(made, "UBFM", "ri", move_unsigned_field);
    add_both_widths(made, "SBFM", "ri", move_signed_field);
    add_both_widths(made, "BFM", "ri", insert_field);
    add_both_widths(made, "EXTR", "rri", extract);
    add_both_widths(made, "LSLV", "r", shift, Op::Shl);
    add_both_widths(made, "LSRV", "r", shift, Op::LShr);
    add_both_widths(made, "ASRV", "r", shift, Op::AShr);
    add_both_widths(made, "RORV", "r", shift, k_rotate);
    add_both_widths(made, "CLZ", "r", count_leading_zeros);
    add_both_widths(made, "CLS", "r", count_leading_signs);
    add_both_widths(made, "RBIT", "r", reverse_bits);
    add_both_widths(made, "REV", "r", reverse_bytes);
    made.push_back({"REV16Wr", reverse_halves, 32});
    made.push_back({"REV32Xr", reverse_halves, 64});
    made.push_back({"REV16Xr", reverse_quarters, 64});
    return made;
  }();
  return rows;
}

}  // namespace llmc
