#include "corpus/token_statistics.h"

#include <algorithm>

namespace llmc {

double TokenStatistics::tokens_in(std::uint64_t all_bytes) const {
  if (bytes == 0) return 0;
  return static_cast<double>(all_bytes) * static_cast<double>(tokens) / static_cast<double>(bytes);
}

Result<TokenStatistics> count_tokens(const std::vector<std::string>& texts,
                                     const TokenCounter& count) {
  TokenStatistics statistics;
  std::vector<std::uint64_t> lengths;
  for (const std::string& text : texts) {
    LLMC_TRY(const std::uint64_t tokens, count(text));
    statistics.bytes += text.size();
    statistics.tokens += tokens;
    lengths.push_back(tokens);
  }
  if (lengths.empty()) return statistics;
  std::ranges::sort(lengths);
  statistics.texts = lengths.size();
  statistics.median = lengths[lengths.size() / 2];
  statistics.percentile_95 = lengths[lengths.size() * 95 / 100];
  statistics.longest = lengths.back();
  for (std::size_t i = 0; i < k_windows.size(); ++i)
    statistics.fitting[i] =
        static_cast<double>(std::ranges::upper_bound(lengths, k_windows[i]) - lengths.begin()) /
        static_cast<double>(lengths.size());
  return statistics;
}

}  // namespace llmc
