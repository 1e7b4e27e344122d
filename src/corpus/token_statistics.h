// How long the texts of a data set are, in the tokens of a model.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// Windows that trainers use, in tokens.
inline constexpr std::array<std::uint64_t, 3> k_windows = {1024, 4096, 16'384};

struct TokenStatistics {
  std::uint64_t texts = 0;
  std::uint64_t bytes = 0;
  std::uint64_t tokens = 0;
  std::uint64_t median = 0;  ///< tokens of a text
  std::uint64_t percentile_95 = 0;  ///< likewise
  std::uint64_t longest = 0;  ///< likewise
  std::array<double, k_windows.size()> fitting{};  ///< share of the texts, for each window

  /// How many tokens so many bytes of such texts have.
  [[nodiscard]] double tokens_in(std::uint64_t all_bytes) const;
};

/// Tokens of a text.
using TokenCounter = std::function<Result<std::uint64_t>(std::string_view)>;

Result<TokenStatistics> count_tokens(const std::vector<std::string>& texts,
                                     const TokenCounter& count);

}  // namespace llmc
