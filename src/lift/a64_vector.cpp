// AArch64 instructions on whole vector registers: what is put into them, and copies.
#include "lift/a64_templates.h"

namespace llmc {
namespace {

using llvm::Value;

/// `value`, a vector of 64 or 128 bits, as all of a register; zeros above it.
void write_lanes(A64Template& t, Value* value) {
  const unsigned to = t.reg(0).number;
  if (value->getType()->getPrimitiveSizeInBits() == 64)
    t.m.write_alone(to, t.ir.CreateBitCast(value, t.ir.getDoubleTy()));
  else
    t.m.write_vector(to, value);
}

/// The row's code is the number of lanes, its width theirs.
void write_same_lanes(A64Template& t, Value* lane) {
  write_lanes(t, t.ir.CreateVectorSplat(t.row.code & 0xff, lane));
}

constexpr unsigned k_inverts = 0x100;

/// movi, mvni: eight bits, shifted left, in each lane.
void write_number(A64Template& t) {
  std::uint64_t bits = static_cast<std::uint64_t>(t.number(1));
  if (t.i.operands.size() > 2) {
    const auto shift = a64_shift(t.number(2));
    if (!shift || shift->kind != A64Shift::Kind::lsl) return t.refuse("is not modelled");
    bits <<= shift->amount;
  }
  if ((t.row.code & k_inverts) != 0) bits = ~bits;
  const llvm::APInt number = llvm::APInt(64, bits).trunc(t.width);
  write_same_lanes(t, llvm::ConstantInt::get(t.ir.getContext(), number));
}

/// movi of 64 bits, of one register or both halves.
void write_mask(A64Template& t) {
  Value* const bits = t.ir.getInt64(a64_byte_mask(t.number(1)));
  if (t.row.code == 1)
    t.m.write_alone(t.reg(0).number, t.ir.CreateBitCast(bits, t.ir.getDoubleTy()));
  else
    write_same_lanes(t, bits);
}

/// dup: a general register in each lane.
void copy_to_lanes(A64Template& t) {
  A64Register from = t.reg(1);
  from.width = t.width;
  write_same_lanes(t, t.m.read(from));
}

/// mov of a whole register: orr with itself.
void copy_whole(A64Template& t) {
  if (t.reg(1) != t.reg(2)) return t.refuse("is not modelled");
  t.m.copy_vector(t.reg(0).number, t.reg(1).number);
}

}  // namespace

std::span<const A64Row> a64_vector_rows() {
  static const std::vector<A64Row> rows = [] {
    std::vector<A64Row> made = {
        {"MOVID", write_mask, 64, 1},       {"MOVIv2d_ns", write_mask, 64, 2},
        {"MOVIv8b_ns", write_number, 8, 8}, {"MOVIv16b_ns", write_number, 8, 16},
        {"ORRv16i8", copy_whole, 128},      {"DUPv2i64gpr", copy_to_lanes, 64, 2}};
    for (const auto& [lanes, count, width] :
         std::initializer_list<std::tuple<const char*, unsigned, unsigned>>{
             {"v4i16", 4, 16}, {"v8i16", 8, 16}, {"v2i32", 2, 32}, {"v4i32", 4, 32}}) {
      made.push_back({std::string("MOVI") + lanes, write_number, width, count});
      made.push_back({std::string("MVNI") + lanes, write_number, width, count | k_inverts});
      made.push_back({std::string("DUP") + lanes + "gpr", copy_to_lanes, width, count});
    }
    made.push_back({"DUPv8i8gpr", copy_to_lanes, 8, 8});
    made.push_back({"DUPv16i8gpr", copy_to_lanes, 8, 16});
    return made;
  }();
  return rows;
}

}  // namespace llmc
