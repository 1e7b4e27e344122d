// Which tokens may come next, so that a text stays in a language.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/text_constraint.h"

namespace llmc {

using Token = std::int32_t;

/// What a vocabulary writes: the bytes of each token; empty for tokens that write nothing (<s>,
/// </s>, padding), which no mask allows.
using TokenTexts = std::vector<std::string>;

/// The texts of a vocabulary as a tree of bytes. To find the tokens that a state allows, the tree
/// and the automaton are walked together, so that whole branches of the vocabulary fall away at
/// their first byte.
class TokenTree {
 public:
  explicit TokenTree(const TokenTexts& texts);

  /// The tokens, in ascending order, all of whose bytes `constraint` allows after `state`.
  [[nodiscard]] std::vector<Token> allowed(const TextConstraint& constraint,
                                           TextConstraint::State state) const;

 private:
  struct Node {
    std::vector<std::pair<unsigned char, std::uint32_t>> children;
    std::vector<Token> tokens;  ///< that end here; several may write the same
  };
  std::vector<Node> nodes_;
};

/// Masks of one constraint, remembered by state.
class TokenMasks {
 public:
  TokenMasks(const TokenTree& tree, const TextConstraint& constraint)
      : tree_(tree), constraint_(constraint) {}

  /// As TokenTree::allowed; valid until the next call.
  const std::vector<Token>& allowed(TextConstraint::State state);

 private:
  const TokenTree& tree_;
  const TextConstraint& constraint_;
  std::unordered_map<TextConstraint::State, std::vector<Token>> known_;
};

}  // namespace llmc
