// Moves between vector registers, general registers and memory.
#include "lift/x86_vector.h"

namespace llmc {
namespace {

using llvm::Value;

/// movaps and its like; `code` is the alignment of memory.
void move_whole(VectorTemplate& t) {
  if (t.writes_memory)
    t.m.store(t.m.read_vector(t.source_xmm(), t.vector_type()), t.address, t.row.code);
  else if (t.reads_memory())
    t.write(t.source(t.vector_type(), t.row.code));
  else
    t.m.copy_vector(t.destination(), t.source_xmm());
}

/// movss, movsd.
void move_scalar(VectorTemplate& t) {
  if (t.writes_memory) return t.m.store(t.read_scalar(t.source_xmm()), t.address);
  Value* const value = t.scalar_source();
  if (!t.reads_memory()) return t.write_scalar(t.destination(), value);
  if (t.lane_width() == 64)
    t.m.write_alone(t.destination(), value);
  else
    t.m.write_alone(t.destination(), value);
}

/// movd and movq from a general register or memory: the rest of the register becomes zero.
void move_in(VectorTemplate& t) {
  Value* const value =
      t.reads_memory() ? t.m.load(t.lane_type(), t.address) : t.m.read(t.general(1));
  t.write(t.ir.CreateInsertElement(llvm::Constant::getNullValue(t.vector_type()), value,
                                   std::uint64_t{0}));
  // From a general register it is most often the bits of a number.
  if (!t.reads_memory())
    t.m.note_vector_write(t.destination(), t.lane_width() == 64 ? AbiType::f64 : AbiType::f32);
}

/// movd and movq to a general register or memory.
void move_out(VectorTemplate& t) {
  const unsigned from = t.source_xmm();
  Value* const value = t.ir.CreateBitCast(t.read_scalar(from), t.lane_type());
  if (t.writes_memory)
    t.m.store(value, t.address);
  else
    t.m.write(t.general(0), value);
}

/// movq from a vector register; in another one the upper half becomes zero.
void move_low_half(VectorTemplate& t) {
  if (t.writes_memory) return move_out(t);
  const unsigned from = t.source_xmm();
  if (scalar_in(t.m, from) == AbiType::f64)
    return t.m.write_alone(t.destination(), t.m.read_double(from));
  Value* const whole = t.m.read_vector(from, t.vector_type());
  t.write(t.ir.CreateInsertElement(whole, t.ir.getInt64(0), std::uint64_t{1}));
}

/// movlps, movlpd, movhps, movhpd: half `code` of a register and memory.
void move_half(VectorTemplate& t) {
  if (t.row.code == 0) {
    if (t.writes_memory) return t.m.store(t.m.read_double(t.source_xmm()), t.address);
    return t.m.write_lane(t.destination(), t.m.load(t.ir.getDoubleTy(), t.address));
  }
  Value* const whole =
      t.m.read_vector(t.writes_memory ? t.source_xmm() : t.destination(), t.vector_type());
  const std::uint64_t half = t.row.code;
  if (t.writes_memory) return t.m.store(t.ir.CreateExtractElement(whole, half), t.address);
  Value* const value = t.m.load(t.lane_type(), t.address);
  t.write(t.ir.CreateInsertElement(whole, value, half));
}

/// movhlps, movlhps: `code` is the half that is written, from the other of the source.
void move_across(VectorTemplate& t) {
  const int half = static_cast<int>(t.row.code);
  Value* const a = t.target();
  t.write(t.ir.CreateShuffleVector(
      a, t.source(), lane_mask(2, [&](int k) { return k == half ? 2 + 1 - half : k; })));
}

/// movmskps, movmskpd, pmovmskb: the signs of all lanes.
void move_signs(VectorTemplate& t) {
  const unsigned from = t.source_xmm();
  const AbiType scalar = t.is_float() ? scalar_in(t.m, from) : AbiType::none;
  const auto signs = [&](Value* value, unsigned count) {
    Value* const zero = llvm::Constant::getNullValue(value->getType());
    return t.ir.CreateZExt(t.ir.CreateBitCast(t.ir.CreateICmpSLT(value, zero), t.m.integer(count)),
                           t.ir.getInt32Ty());
  };
  Value* mask = signs(t.m.read_vector(from, t.integer_vector(t.lane_width())), t.lanes());
  if (scalar == (t.lane_width() == 64 ? AbiType::f64 : AbiType::f32)) {
    // Most often only the sign of a number is wanted.
    Value* const low = t.ir.CreateBitCast(t.read_scalar(from), t.m.integer(t.lane_width()));
    mask = t.ir.CreateOr(t.ir.CreateAnd(mask, ~1U), signs(low, 1));
  }
  t.write_general(0, mask);
}

/// pextrb, pextrw, pextrd, pextrq, extractps.
void extract(VectorTemplate& t) {
  Value* const whole = t.m.read_vector(t.source_xmm(), t.vector_type());
  Value* const lane = t.ir.CreateExtractElement(whole, std::uint64_t{t.immediate() % t.lanes()});
  if (t.writes_memory)
    t.m.store(lane, t.address);
  else
    t.write_general(0, lane);
}

/// pinsrb, pinsrw, pinsrd, pinsrq.
void insert(VectorTemplate& t) {
  Value* const value = t.reads_memory() ? t.m.load(t.lane_type(), t.address)
                                        : t.ir.CreateTrunc(t.m.read(t.general(2)), t.lane_type());
  t.write(t.ir.CreateInsertElement(t.target(), value, std::uint64_t{t.immediate() % t.lanes()}));
}

constexpr VectorRow k_move_rows[] = {
    {"MOVSS", move_scalar, VectorLane::f32},
    {"MOVSD", move_scalar, VectorLane::f64},
    {"MOVAPS", move_whole, VectorLane::f32, 16},
    {"MOVAPD", move_whole, VectorLane::f64, 16},
    {"MOVDQA", move_whole, VectorLane::i64, 16},
    {"MOVUPS", move_whole, VectorLane::f32, 1},
    {"MOVUPD", move_whole, VectorLane::f64, 1},
    {"MOVDQU", move_whole, VectorLane::i64, 1},
    {"MOVDI2PDI", move_in, VectorLane::i32},
    {"MOV64toPQI", move_in, VectorLane::i64},
    {"MOVQI2PQI", move_in, VectorLane::i64},
    {"MOVPDI2DI", move_out, VectorLane::i32},
    {"MOVPQIto64", move_out, VectorLane::i64},
    {"MOVPQI2QI", move_low_half, VectorLane::i64},
    {"MOVZPQILo2PQI", move_low_half, VectorLane::i64},
    {"MOVLPS", move_half, VectorLane::f64, 0},
    {"MOVLPD", move_half, VectorLane::f64, 0},
    {"MOVHPS", move_half, VectorLane::f64, 1},
    {"MOVHPD", move_half, VectorLane::f64, 1},
    {"MOVHLPS", move_across, VectorLane::f64, 0},
    {"MOVLHPS", move_across, VectorLane::f64, 1},
    {"MOVMSKPS", move_signs, VectorLane::f32},
    {"MOVMSKPD", move_signs, VectorLane::f64},
    {"PMOVMSKB", move_signs, VectorLane::i8},
    {"PEXTRB", extract, VectorLane::i8},
    {"PEXTRW", extract, VectorLane::i16},
    {"PEXTRD", extract, VectorLane::i32},
    {"PEXTRQ", extract, VectorLane::i64},
    {"EXTRACTPS", extract, VectorLane::i32},
    {"PINSRB", insert, VectorLane::i8},
    {"PINSRW", insert, VectorLane::i16},
    {"PINSRD", insert, VectorLane::i32},
    {"PINSRQ", insert, VectorLane::i64},
};

}  // namespace

std::span<const VectorRow> vector_move_rows() { return k_move_rows; }

}  // namespace llmc
