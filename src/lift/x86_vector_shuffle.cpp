// Instructions that move lanes about. Lanes of the first operand are 0 …, those of the source
// follow them, as in IR.
#include "lift/x86_vector.h"

namespace llmc {
namespace {

using llvm::Value;

/// Lanes of the destination and of the source, as `lane` says.
void mix(VectorTemplate& t, const std::function<int(int)>& lane) {
  Value* const a = t.target();
  t.write(t.ir.CreateShuffleVector(a, t.source(), lane_mask(t.lanes(), lane)));
}

/// unpckl…, punpckl… (`code` 0) and unpckh…, punpckh… (`code` 1): lanes by turns.
void interleave(VectorTemplate& t) {
  const int all = static_cast<int>(t.lanes()), first = t.row.code == 0 ? 0 : all / 2;
  mix(t, [&](int k) { return first + k / 2 + (k % 2 == 0 ? 0 : all); });
}

/// shufps, shufpd: the lower lanes from the destination, the upper ones from the source.
void select_from_both(VectorTemplate& t) {
  const int all = static_cast<int>(t.lanes()), bits = all == 4 ? 2 : 1;
  const int choice = static_cast<int>(t.immediate());
  mix(t, [&](int k) {
    const int lane = (choice >> (k * bits)) & (all - 1);
    return k < all / 2 ? lane : all + lane;
  });
}

/// pshufd, and pshuflw and pshufhw, which leave the other half: `code` is the first lane of four.
void permute(VectorTemplate& t) {
  const int first = static_cast<int>(t.row.code), choice = static_cast<int>(t.immediate());
  t.write(t.ir.CreateShuffleVector(t.source(), lane_mask(t.lanes(), [&](int k) {
                                     const int place = k - first;
                                     if (place < 0 || place >= 4) return k;
                                     return first + ((choice >> (place * 2)) & 3);
                                   })));
}

/// pslldq, psrldq: bytes, with zeros behind them; `code` is 1 for left.
void shift_bytes(VectorTemplate& t) {
  const int by = static_cast<int>(std::min(t.immediate(), 16U));
  Value* const zero = llvm::Constant::getNullValue(t.vector_type());
  t.write(t.ir.CreateShuffleVector(t.target(), zero, lane_mask(16, [&](int k) {
                                     const int from = t.row.code == 1 ? k - by : k + by;
                                     return from < 0 || from >= 16 ? 16 : from;
                                   })));
}

/// palignr: bytes of the source, and behind them the destination's.
void align(VectorTemplate& t) {
  const int by = static_cast<int>(t.immediate());
  Value* const zero = llvm::Constant::getNullValue(t.vector_type());
  Value* const a = by < 16 ? t.target() : zero;
  Value* const low = by < 16 ? t.source() : by < 32 ? t.target() : zero;
  t.write(t.ir.CreateShuffleVector(
      low, a, lane_mask(16, [&](int k) { return std::min(k + by % 16, 31); })));
}

/// blendps, blendpd, pblendw: a bit for each lane chooses.
void blend(VectorTemplate& t) {
  const int all = static_cast<int>(t.lanes()), choice = static_cast<int>(t.immediate());
  mix(t, [&](int k) { return ((choice >> k) & 1) != 0 ? k + all : k; });
}

/// haddps, haddpd, hsubps, hsubpd: neighbours; `code` is the operation.
void combine_neighbours(VectorTemplate& t) {
  const unsigned count = t.lanes();
  Value* const a = t.target();
  Value* const b = t.source();
  Value* const even = t.ir.CreateShuffleVector(a, b, lane_mask(count, [](int k) { return 2 * k; }));
  Value* const odd =
      t.ir.CreateShuffleVector(a, b, lane_mask(count, [](int k) { return 2 * k + 1; }));
  t.write(t.ir.CreateBinOp(static_cast<llvm::Instruction::BinaryOps>(t.row.code), even, odd));
}

/// movddup.
void duplicate_low_half(VectorTemplate& t) {
  t.write(t.ir.CreateVectorSplat(2, t.scalar_source()));
}

/// movsldup, movshdup: the even or odd lanes twice.
void duplicate_lanes(VectorTemplate& t) {
  const int odd = static_cast<int>(t.row.code);
  t.write(t.ir.CreateShuffleVector(t.source(),
                                   lane_mask(t.lanes(), [&](int k) { return k / 2 * 2 + odd; })));
}

constexpr unsigned k_add = llvm::Instruction::FAdd, k_subtract = llvm::Instruction::FSub;

constexpr VectorRow k_shuffle_rows[] = {
    {"UNPCKLPS", interleave, VectorLane::f32, 0},
    {"UNPCKLPD", interleave, VectorLane::f64, 0},
    {"UNPCKHPS", interleave, VectorLane::f32, 1},
    {"UNPCKHPD", interleave, VectorLane::f64, 1},
    {"PUNPCKLBW", interleave, VectorLane::i8, 0},
    {"PUNPCKLWD", interleave, VectorLane::i16, 0},
    {"PUNPCKLDQ", interleave, VectorLane::i32, 0},
    {"PUNPCKLQDQ", interleave, VectorLane::i64, 0},
    {"PUNPCKHBW", interleave, VectorLane::i8, 1},
    {"PUNPCKHWD", interleave, VectorLane::i16, 1},
    {"PUNPCKHDQ", interleave, VectorLane::i32, 1},
    {"PUNPCKHQDQ", interleave, VectorLane::i64, 1},
    {"SHUFPS", select_from_both, VectorLane::f32},
    {"SHUFPD", select_from_both, VectorLane::f64},
    {"PSHUFD", permute, VectorLane::i32, 0},
    {"PSHUFLW", permute, VectorLane::i16, 0},
    {"PSHUFHW", permute, VectorLane::i16, 4},
    {"PSLLDQ", shift_bytes, VectorLane::i8, 1},
    {"PSRLDQ", shift_bytes, VectorLane::i8, 0},
    {"PALIGNR", align, VectorLane::i8},
    {"BLENDPS", blend, VectorLane::f32},
    {"BLENDPD", blend, VectorLane::f64},
    {"PBLENDW", blend, VectorLane::i16},
    {"HADDPS", combine_neighbours, VectorLane::f32, k_add},
    {"HADDPD", combine_neighbours, VectorLane::f64, k_add},
    {"HSUBPS", combine_neighbours, VectorLane::f32, k_subtract},
    {"HSUBPD", combine_neighbours, VectorLane::f64, k_subtract},
    {"MOVDDUP", duplicate_low_half, VectorLane::f64},
    {"MOVSLDUP", duplicate_lanes, VectorLane::f32, 0},
    {"MOVSHDUP", duplicate_lanes, VectorLane::f32, 1},
};

}  // namespace

std::span<const VectorRow> vector_shuffle_rows() { return k_shuffle_rows; }

}  // namespace llmc
