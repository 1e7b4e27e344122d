// Who gets the next evaluations: one budget for all units of a project, spent where it pays most.
//
// What a search saves grows with the logarithm of its evaluations: measured on 49 files, each
// doubling saved about another 0.6 % of a unit. Units differ, though: a few respond to almost
// everything, many to nothing. So each unit has a rate, the bytes that a doubling is expected to
// save. It begins with 0.6 % of the unit's linked bytes, and after each chunk of evaluations moves
// half way to what the chunk has shown. The next chunk goes where it is expected to save most:
//
//     unit     bytes   spent   rate               a chunk of 16 is expected to save
//     large    40000     32    240 B a doubling   240 × log2(48/32) = 140 B
//     lucky     4000     16    300                300 × log2(32/16) = 300 B
//     idle     40000     64     30                 30 × log2(80/64) =  10 B
#pragma once

#include <cstdint>
#include <vector>

namespace llmc {

/// One unit's claim on the budget.
class BudgetClaim {
 public:
  /// A unit that makes up `bytes` of what is linked, and needs `seconds` for an evaluation, where
  /// that counts; else 1.
  explicit BudgetClaim(double bytes, double seconds = 1);

  /// Takes in that the next `evaluations` saved `bytes`.
  void learn(std::uint64_t evaluations, double bytes);
  /// No further list can be thought of.
  void finish() { finished_ = true; }

  [[nodiscard]] std::uint64_t spent() const { return spent_; }
  /// Bytes that each second (each evaluation) of the next `evaluations` is expected to save.
  [[nodiscard]] double expected_saving(std::uint64_t evaluations) const;

 private:
  double rate_;  ///< bytes saved by a doubling
  double seconds_;
  std::uint64_t spent_ = 0;
  bool finished_ = false;
};

/// The places of up to `most` claims that are expected to save most with `evaluations` each, best
/// first; those that expect nothing are left out.
std::vector<std::size_t> choose_claims(const std::vector<BudgetClaim>& claims,
                                       std::uint64_t evaluations, std::size_t most);

}  // namespace llmc
