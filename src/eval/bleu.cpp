#include "eval/bleu.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace llmc {
namespace {

constexpr std::size_t k_longest = 4;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_.$%@#!").contains(c);
}

using Counts = std::map<std::vector<std::string>, std::size_t>;

Counts count_runs(const std::vector<std::string>& tokens, std::size_t length) {
  Counts counts;
  for (std::size_t i = 0; i + length <= tokens.size(); ++i)
    ++counts[{tokens.begin() + static_cast<long>(i),
              tokens.begin() + static_cast<long>(i + length)}];
  return counts;
}

}  // namespace

std::vector<std::string> code_tokens(std::string_view code) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < code.size();) {
    const std::size_t start = i;
    while (i < code.size() && is_word(code[i])) ++i;
    if (i == start) ++i;
    if (const std::string_view token = code.substr(start, i - start);
        std::isspace(static_cast<unsigned char>(token[0])) == 0)
      tokens.emplace_back(token);
  }
  return tokens;
}

double bleu(std::string_view text, std::string_view reference) {
  const std::vector<std::string> candidate = code_tokens(text);
  const std::vector<std::string> wanted = code_tokens(reference);
  if (candidate.empty() || wanted.empty()) return candidate.empty() && wanted.empty() ? 1 : 0;
  const std::size_t orders = std::min({k_longest, candidate.size(), wanted.size()});
  double log_sum = 0;
  for (std::size_t length = 1; length <= orders; ++length) {
    const Counts mine = count_runs(candidate, length);
    const Counts theirs = count_runs(wanted, length);
    std::size_t common = 0;
    for (const auto& [run, count] : mine)
      if (const auto found = theirs.find(run); found != theirs.end())
        common += std::min(count, found->second);
    if (common == 0) return 0;
    log_sum +=
        std::log(static_cast<double>(common) / static_cast<double>(candidate.size() - length + 1));
  }
  const double ratio = static_cast<double>(wanted.size()) / static_cast<double>(candidate.size());
  return std::exp(std::min(0.0, 1 - ratio) + log_sum / static_cast<double>(orders));
}

}  // namespace llmc
