#include "model/token_masks.h"

#include <algorithm>

namespace llmc {
namespace {

constexpr std::size_t k_most_known = 4096;  ///< masks that are remembered

}  // namespace

TokenTree::TokenTree(const TokenTexts& texts) : nodes_(1) {
  for (std::size_t token = 0; token < texts.size(); ++token) {
    if (texts[token].empty()) continue;
    std::uint32_t at = 0;
    for (const char c : texts[token]) {
      const auto byte = static_cast<unsigned char>(c);
      auto& children = nodes_[at].children;
      const auto found =
          std::ranges::find(children, byte, [](const auto& edge) { return edge.first; });
      if (found != children.end()) {
        at = found->second;
        continue;
      }
      const auto fresh = static_cast<std::uint32_t>(nodes_.size());
      children.emplace_back(byte, fresh);
      nodes_.emplace_back();
      at = fresh;
    }
    nodes_[at].tokens.push_back(static_cast<Token>(token));
  }
}

std::vector<Token> TokenTree::allowed(const TextConstraint& constraint,
                                      TextConstraint::State state) const {
  std::vector<Token> tokens;
  std::vector<std::pair<std::uint32_t, TextConstraint::State>> open = {{0, state}};
  while (!open.empty()) {
    const auto [at, here] = open.back();
    open.pop_back();
    const Node& node = nodes_[at];
    tokens.insert(tokens.end(), node.tokens.begin(), node.tokens.end());
    for (const auto& [byte, child] : node.children)
      if (const auto next = constraint.next(here, byte); next != TextConstraint::k_refused)
        open.emplace_back(child, next);
  }
  std::ranges::sort(tokens);
  return tokens;
}

const std::vector<Token>& TokenMasks::allowed(TextConstraint::State state) {
  if (const auto found = known_.find(state); found != known_.end()) return found->second;
  if (known_.size() >= k_most_known) known_.clear();
  return known_.emplace(state, tree_.allowed(constraint_, state)).first->second;
}

}  // namespace llmc
