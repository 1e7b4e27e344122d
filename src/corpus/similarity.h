// When two functions count as the same, or nearly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "support/digest.h"

namespace llmc {

/// The hash of a text in normal form with the names of symbols and types and the contents of
/// strings left out: functions that differ in nothing else have the same.
Digest shape_of(std::string_view normal_text);

/// MinHash (Broder 1997) of a text in normal form: for each of k_least hash functions the least
/// hash over all runs of k_run lines, where names, values and constants are left out of lines. The
/// share of equal entries estimates the Jaccard index of the sets of runs, with a standard error
/// of at most 1 / (2 sqrt(k_least)) = 0.063.
struct Sketch {
  static constexpr std::size_t k_least = 64;
  static constexpr std::size_t k_run = 3;
  std::array<std::uint32_t, k_least> least{};

  /// 4 * k_least bytes, little-endian, and back; a text of another length gives all zeros.
  [[nodiscard]] std::string bytes() const;
  static Sketch from_bytes(std::string_view bytes);
};

Sketch sketch_of(std::string_view normal_text);

/// The estimate of the Jaccard index, in [0, 1].
double resemblance(const Sketch& a, const Sketch& b);

/// Finds what resembles what came before it, by locality-sensitive hashing: a sketch is looked for
/// among those that agree with it in one of 16 bands of 4 entries. One that resembles another by
/// 0.9 is overlooked with a probability of 10^-7.
class NearDuplicates {
 public:
  explicit NearDuplicates(double threshold) : threshold_(threshold) {}

  /// True if an earlier one resembles `sketch` by the threshold or more; otherwise it is kept for
  /// later ones to be compared with.
  bool seen(const Sketch& sketch);

 private:
  static constexpr std::size_t k_rows = 4;
  static constexpr std::size_t k_bands = Sketch::k_least / k_rows;
  double threshold_;
  std::vector<Sketch> kept_;
  std::array<std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>, k_bands> bands_;
};

}  // namespace llmc
