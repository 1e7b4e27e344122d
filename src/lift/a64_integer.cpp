// AArch64 instructions that compute with general registers.
#include <llvm/IR/Intrinsics.h>

#include "lift/a64_templates.h"

namespace llmc {
namespace {

using Kind = LiftFlags::Kind;
using Op = llvm::Instruction;
using llvm::Value;

/// The last operand of additions by the form of the name.
enum class A64Form { immediate, shifted, extended };

/// Forms and operations as one number for a row.
constexpr unsigned with_form(A64Form form, unsigned operation) {
  return static_cast<unsigned>(form) << 16 | operation;
}
A64Form form_of(const A64Template& t) { return static_cast<A64Form>(t.row.code >> 16); }
unsigned operation_of(const A64Template& t) { return t.row.code & 0xffff; }

constexpr unsigned k_sets_flags = 0x100;

/// add, sub and their like with an address as one operand: the frame, or half of a symbol's.
bool is_address_arithmetic(A64Template& t) {
  if (form_of(t) != A64Form::immediate || t.width != 64) return false;
  const AsmOperand& last = t.i.operands[2];
  if (last.kind == AsmOperand::Kind::symbol) {
    if (t.m.has_page(t.reg(1), last))
      t.out(t.ir.CreatePtrToInt(t.m.address(last), t.ir.getInt64Ty()));
    return true;
  }
  const auto place = t.m.frame_place(t.reg(1));
  if (!place || (operation_of(t) & k_sets_flags) != 0) return false;
  const std::int64_t distance = t.number(2) << (t.number(3) & 63);
  t.out(t.m.frame_address(*place + (operation_of(t) == Op::Add ? distance : -distance)));
  return true;
}

/// What b was, taken from a, where `flags` are those of a + b: the same flags but for b = 0 and the
/// least number, which immediates are not.
void set_flags_of_sum(A64Template& t, Value* a, Value* b, Value* result) {
  const auto* const known = llvm::dyn_cast<llvm::ConstantInt>(b);
  if (known != nullptr && !known->isZero() && !known->isMinValue(/*IsSigned=*/true))
    t.m.flags = {Kind::subtract, a, t.ir.CreateNeg(b), result};
  else
    t.m.flags = {Kind::add, a, b, result};
}

/// add, sub, adds, subs; cmp, cmn, neg, mov of the stack pointer.
void add(A64Template& t) {
  if (is_address_arithmetic(t)) return;
  const unsigned operation = operation_of(t) & 0xff;
  Value* const a = t.in(1);
  Value* const b = form_of(t) == A64Form::immediate
                       ? t.constant(static_cast<std::uint64_t>(t.number(2)) << (t.number(3) & 63))
                   : form_of(t) == A64Form::shifted ? t.shifted(2)
                                                    : t.extended(2);
  Value* const result = operation == Op::Add ? t.ir.CreateAdd(a, b) : t.ir.CreateSub(a, b);
  if ((operation_of(t) & k_sets_flags) != 0) {
    if (operation == Op::Add)
      set_flags_of_sum(t, a, b, result);
    else
      t.m.flags = {Kind::subtract, a, b, result};
  }
  t.out(result);
}

/// adc, sbc.
void add_with_carry(A64Template& t) {
  const bool is_add = t.row.code == Op::Add;
  Value* const carry = t.ir.CreateZExt(t.m.condition(A64Condition::hs), t.m.integer(t.width));
  Value* const b = is_add ? t.in(2) : t.ir.CreateNot(t.in(2));
  t.out(t.ir.CreateAdd(t.ir.CreateAdd(t.in(1), b), carry));
}

constexpr unsigned k_inverts = 0x200;

/// and, orr, eor, bic, orn, eon, ands, bics; tst, mov, mvn.
void logic(A64Template& t) {
  const unsigned operation = operation_of(t);
  const auto code = static_cast<llvm::Instruction::BinaryOps>(operation & 0xff);
  Value* b = nullptr;
  if (form_of(t) == A64Form::immediate) {
    const auto bits = a64_logical_immediate(t.number(2), t.width);
    if (!bits) return t.refuse();
    if (code == Op::Or && t.is_zero(1)) return t.m.write_constant(t.reg(0), *bits);
    b = t.constant(*bits);
  } else {
    const bool is_copy =
        code == Op::Or && (operation & k_inverts) == 0 && t.is_zero(1) && t.number(3) == 0;
    if (is_copy && t.is_zero(2)) return t.m.write_constant(t.reg(0), 0);
    if (is_copy && t.m.copy_page(t.reg(0), t.reg(2))) return;
    if (is_copy) return t.out(t.in(2));
    b = t.shifted(2);
  }
  if ((operation & k_inverts) != 0) b = t.ir.CreateNot(b);
  Value* const a = t.in(1);
  const bool is_move = code == Op::Or && t.is_zero(1);
  // tst of a register with itself looks at the register.
  const bool is_same = code == Op::And && a->getType() == b->getType() &&
                       form_of(t) == A64Form::shifted && (operation & k_inverts) == 0 &&
                       t.reg(1) == t.reg(2) && t.number(3) == 0;
  Value* const result = is_move ? b : is_same ? a : t.ir.CreateBinOp(code, a, b);
  if ((operation & k_sets_flags) != 0) t.m.flags = {Kind::logic, nullptr, nullptr, result};
  t.out(result);
}

enum class A64Wide { zero, inverted, keep };

/// movz, movn, movk.
void move_wide(A64Template& t) {
  const auto kind = static_cast<A64Wide>(t.row.code);
  const std::size_t at = kind == A64Wide::keep ? 2 : 1;
  const std::uint64_t all = t.width == 64 ? ~std::uint64_t{0} : 0xffffffff;
  const auto shift = static_cast<unsigned>(t.number(at + 1)) & 63;
  const std::uint64_t bits = static_cast<std::uint64_t>(t.number(at)) << shift;
  if (kind == A64Wide::zero) return t.m.write_constant(t.reg(0), bits & all);
  if (kind == A64Wide::inverted) return t.m.write_constant(t.reg(0), ~bits & all);
  const std::uint64_t others = ~(std::uint64_t{0xffff} << shift) & all;
  const auto known = t.reg(0).number < k_zero_register ? t.m.constant_in(t.reg(0).number)
                                                       : std::optional<std::int64_t>();
  if (known)
    return t.m.write_constant(t.reg(0), (static_cast<std::uint64_t>(*known) & others) | bits);
  t.out(t.ir.CreateOr(t.ir.CreateAnd(t.in(0), t.constant(others)), t.constant(bits)));
}

/// madd, msub; mul, mneg.
void multiply(A64Template& t) {
  Value* const product = t.ir.CreateMul(t.in(1), t.in(2));
  const bool is_add = t.row.code == Op::Add;
  if (t.is_zero(3) && is_add) return t.out(product);
  Value* const other = t.in(3);
  t.out(is_add ? t.ir.CreateAdd(product, other) : t.ir.CreateSub(other, product));
}

constexpr unsigned k_signed = 0x400;

/// smaddl, umaddl, smsubl, umsubl; smull, umull, …
void multiply_long(A64Template& t) {
  const auto widened = [&](std::size_t operand) {
    return (t.row.code & k_signed) != 0 ? t.ir.CreateSExt(t.in(operand), t.ir.getInt64Ty())
                                        : t.ir.CreateZExt(t.in(operand), t.ir.getInt64Ty());
  };
  Value* const product = t.ir.CreateMul(widened(1), widened(2));
  const bool is_add = (t.row.code & 0xff) == Op::Add;
  if (t.is_zero(3) && is_add) return t.out(product);
  Value* const other = t.in(3);
  t.out(is_add ? t.ir.CreateAdd(product, other) : t.ir.CreateSub(other, product));
}

/// smulh, umulh.
void multiply_high(A64Template& t) {
  llvm::Type* const wide = t.m.integer(128);
  const auto widened = [&](std::size_t operand) {
    return t.row.code == k_signed ? t.ir.CreateSExt(t.in(operand), wide)
                                  : t.ir.CreateZExt(t.in(operand), wide);
  };
  Value* const product = t.ir.CreateMul(widened(1), widened(2));
  t.out(t.ir.CreateTrunc(t.ir.CreateLShr(product, 64), t.ir.getInt64Ty()));
}

/// sdiv, udiv. By zero, and of the least number by -1, is undefined here; the processor goes on.
void divide(A64Template& t) {
  t.out(t.row.code == k_signed ? t.ir.CreateSDiv(t.in(1), t.in(2))
                               : t.ir.CreateUDiv(t.in(1), t.in(2)));
}

enum class A64Select { plain, increment, invert, negate };

/// csel, csinc, csinv, csneg; cset, csetm, cinc, …
void select(A64Template& t) {
  const auto kind = static_cast<A64Select>(t.row.code);
  const A64Condition code = t.condition(3);
  if (t.is_zero(1) && t.is_zero(2) && kind == A64Select::increment)
    return t.out(t.ir.CreateZExt(t.m.condition(negated(code)), t.m.integer(t.width)));
  if (t.is_zero(1) && t.is_zero(2) && kind == A64Select::invert)
    return t.out(t.ir.CreateSExt(t.m.condition(negated(code)), t.m.integer(t.width)));
  Value* const yes = t.in(1);
  Value* no = t.in(2);
  if (kind == A64Select::increment) no = t.ir.CreateAdd(no, t.constant(1));
  if (kind == A64Select::invert) no = t.ir.CreateNot(no);
  if (kind == A64Select::negate) no = t.ir.CreateNeg(no);
  t.out(t.ir.CreateSelect(t.m.condition(code), yes, no));
}

/// ccmp, ccmn: flags of a comparison where the condition holds, else those that are given.
void compare_if(A64Template& t) {
  const bool is_add = operation_of(t) == Op::Add;
  Value* const guard = t.m.condition(t.condition(3));
  Value* const a = t.in(0);
  Value* const b = form_of(t) == A64Form::immediate
                       ? t.constant(static_cast<std::uint64_t>(t.number(1)))
                       : t.in(1);
  if (is_add)
    set_flags_of_sum(t, a, b, t.ir.CreateAdd(a, b));
  else
    t.m.flags = {Kind::subtract, a, b, nullptr};
  t.m.flags.guard = guard;
  t.m.flags.otherwise = static_cast<unsigned>(t.number(2)) & 15;
}

void add_arithmetic_rows(std::vector<A64Row>& rows) {
  const auto of = [&](const std::string& stem, unsigned operation) {
    add_both_widths(rows, stem, "ri", add, with_form(A64Form::immediate, operation));
    add_both_widths(rows, stem, "rs", add, with_form(A64Form::shifted, operation));
    add_both_widths(rows, stem, "rx", add, with_form(A64Form::extended, operation));
    rows.push_back({stem + "Xrx64", add, 64, with_form(A64Form::extended, operation)});
  };
  of("ADD", Op::Add);
  of("SUB", Op::Sub);
  of("ADDS", Op::Add | k_sets_flags);
  of("SUBS", Op::Sub | k_sets_flags);
  add_both_widths(rows, "ADC", "r", add_with_carry, Op::Add);
  add_both_widths(rows, "SBC", "r", add_with_carry, Op::Sub);
}

void add_logic_rows(std::vector<A64Row>& rows) {
  for (const auto& [stem, operation] : std::initializer_list<std::pair<const char*, unsigned>>{
           {"AND", Op::And}, {"ORR", Op::Or}, {"EOR", Op::Xor}, {"ANDS", Op::And | k_sets_flags}}) {
    add_both_widths(rows, stem, "ri", logic, with_form(A64Form::immediate, operation));
    add_both_widths(rows, stem, "rs", logic, with_form(A64Form::shifted, operation));
  }
  for (const auto& [stem, operation] : std::initializer_list<std::pair<const char*, unsigned>>{
           {"BIC", Op::And | k_inverts},
           {"ORN", Op::Or | k_inverts},
           {"EON", Op::Xor | k_inverts},
           {"BICS", Op::And | k_inverts | k_sets_flags}})
    add_both_widths(rows, stem, "rs", logic, with_form(A64Form::shifted, operation));
  for (const auto& [stem, kind] : std::initializer_list<std::pair<const char*, A64Wide>>{
           {"MOVZ", A64Wide::zero}, {"MOVN", A64Wide::inverted}, {"MOVK", A64Wide::keep}})
    add_both_widths(rows, stem, "i", move_wide, static_cast<unsigned>(kind));
}

void add_product_rows(std::vector<A64Row>& rows) {
  add_both_widths(rows, "MADD", "rrr", multiply, Op::Add);
  add_both_widths(rows, "MSUB", "rrr", multiply, Op::Sub);
  rows.push_back({"SMADDLrrr", multiply_long, 64, Op::Add | k_signed});
  rows.push_back({"UMADDLrrr", multiply_long, 64, Op::Add});
  rows.push_back({"SMSUBLrrr", multiply_long, 64, Op::Sub | k_signed});
  rows.push_back({"UMSUBLrrr", multiply_long, 64, Op::Sub});
  rows.push_back({"SMULHrr", multiply_high, 64, k_signed});
  rows.push_back({"UMULHrr", multiply_high, 64});
  add_both_widths(rows, "SDIV", "r", divide, k_signed);
  add_both_widths(rows, "UDIV", "r", divide);
}

void add_conditional_rows(std::vector<A64Row>& rows) {
  for (const auto& [stem, kind] :
       std::initializer_list<std::pair<const char*, A64Select>>{{"CSEL", A64Select::plain},
                                                                {"CSINC", A64Select::increment},
                                                                {"CSINV", A64Select::invert},
                                                                {"CSNEG", A64Select::negate}})
    add_both_widths(rows, stem, "r", select, static_cast<unsigned>(kind));
  for (const auto& [stem, operation] : std::initializer_list<std::pair<const char*, unsigned>>{
           {"CCMP", Op::Sub}, {"CCMN", Op::Add}}) {
    add_both_widths(rows, stem, "i", compare_if, with_form(A64Form::immediate, operation));
    add_both_widths(rows, stem, "r", compare_if, with_form(A64Form::shifted, operation));
  }
}

}  // namespace

std::span<const A64Row> a64_integer_rows() {
  static const std::vector<A64Row> rows = [] {
    std::vector<A64Row> made;
    add_arithmetic_rows(made);
    add_logic_rows(made);
    add_product_rows(made);
    add_conditional_rows(made);
    return made;
  }();
  return rows;
}

}  // namespace llmc
