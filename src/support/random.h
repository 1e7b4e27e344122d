// Random numbers that are the same everywhere: the standard fixes the engine but not the
// distributions, so those are ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace llmc {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Uniform in [0, bound); bound must not be 0. (Multiply-shift; its bias is below 2^-32 for
  /// every bound used here.)
  std::size_t below(std::size_t bound) {
    const auto wide = static_cast<unsigned __int128>(engine_()) * bound;
    return static_cast<std::size_t>(wide >> 64);
  }

  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

  /// True with probability `p`.
  bool chance(double p) { return unit() < p; }

  /// An index drawn in proportion to `weights`, whose sum must be positive.
  std::size_t weighted(const std::vector<double>& weights) {
    double total = 0;
    for (const double weight : weights) total += weight;
    double at = unit() * total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      at -= weights[i];
      if (at < 0) return i;
    }
    return weights.size() - 1;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace llmc
