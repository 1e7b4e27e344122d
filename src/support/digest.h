// Content hashes: the keys of programs, modules and cache rows.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace llmc {

/// A 128-bit XXH3 hash. Not cryptographic: it names content, it does not authenticate it.
struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// The hash of `bytes`.
  static Digest of(std::string_view bytes);

  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

}  // namespace llmc

template <>
struct std::hash<llmc::Digest> {
  std::size_t operator()(const llmc::Digest& digest) const noexcept {
    return static_cast<std::size_t>(digest.low);
  }
};
