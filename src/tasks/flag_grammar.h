// The answers to flag-tuning prompts as a language: a model that is held to it can only name lists
// that exist.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text_constraint.h"
#include "passes/ingredients.h"
#include "passes/pass_list.h"

namespace llmc {

/// How lists may be spelled.
enum class ListSpelling {
  canonical,  ///< as PassList prints them; what models of llmc-train learnt
  paper       ///< anything that PassList reads: module(…) around passes of any level, old names
};

struct FlagGrammarOptions {
  PassTier tier = PassTier::quarantined;  ///< the least trusted passes that may be named
  ListSpelling spelling = ListSpelling::canonical;
  std::size_t most_passes = 50;
  bool with_sizes = true;  ///< false: an answer ends with the list, or with "-Oz"
  /// Parameters that occur together in these may be named together.
  std::vector<PassList> examples;
};

/// An automaton for
///
///     answer  := "Run the following passes opt -p '" list "' to reduce the binary size from "
///                number " to " number " bytes."
///              | "No list beats -Oz; the unoptimized binary size is " number " bytes."
///     list    := element (',' element)*                       of one level
///     element := pass | manager '(' list ')'                  a manager's list is of its level
///
/// (tasks/answers.h; without sizes, up to the quote after the list, or to "-Oz"; with
/// ListSpelling::paper, a blank or line break may come first, only the first sentence exists, and
/// after the closing quote up to 120 bytes may follow that are no '<'). `pass` is every way to
/// write a pass of the catalogue that LLVM's parser takes, so each list of the language is one that
/// PassList::parse reads. States are made as they are reached.
class FlagGrammar final : public TextConstraint {
 public:
  FlagGrammar(const PassCatalogue& catalogue, const FlagGrammarOptions& options);

  /// The same with the ingredients of the tier, for several grammars: LLVM is asked about each
  /// once.
  FlagGrammar(const PassCatalogue& catalogue, const std::vector<Ingredient>& ingredients,
              const FlagGrammarOptions& options);

  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] State next(State state, unsigned char byte) const override;
  [[nodiscard]] bool may_end(State state) const override;
  [[nodiscard]] std::string ending(State state) const override;
  [[nodiscard]] std::string gbnf() const override;

  /// {"passes": [NAME, …]}, with the names of passes and pipelines; for ListSpelling::paper only,
  /// because names alone are not canonical.
  [[nodiscard]] std::string json_schema() const override;
  [[nodiscard]] std::optional<std::string> text_of_json(std::string_view value) const override;

 private:
  /// What a list stands in: the top level, module(…), cgscc(…), devirt(…), function(…), loop(…).
  static constexpr std::size_t k_contexts = 6;
  static constexpr std::uint32_t k_closed = 0;  ///< the node after a ')'

  /// A place in the tree of everything that an element of one context may begin with.
  struct Node {
    std::map<char, std::uint32_t> children;
    bool is_element = false;  ///< a whole pass ends here
    int opens = -1;  ///< the context that begins here, after a '('
    std::string shortest;  ///< from here to the end of an element
  };

  /// A part of an answer.
  struct Part {
    enum class Kind { literal, list, number, tail } kind;
    std::string text;  ///< of a literal
  };
  using Form = std::vector<Part>;

  /// Where a text is.
  struct Place {
    int form = -1;  ///< index in forms_; -1: not known yet
    std::size_t part = 0, at = 0;  ///< part of the form; bytes of it so far
    std::vector<std::uint8_t> open;  ///< contexts of the brackets that are open
    std::uint32_t node = k_closed;
    std::size_t commas = 0;
  };

  void add_context(std::size_t context, const std::vector<std::string>& texts,
                   const std::vector<std::pair<std::string, int>>& managers);
  const std::string& finish_shortest(std::uint32_t node);
  bool step(Place& place, unsigned char byte) const;
  bool step_in_list(Place& place, char byte) const;
  void enter_part(Place& place) const;
  [[nodiscard]] State intern(const Place& place) const;

  std::vector<Form> forms_;
  bool may_lead_with_blank_ = false;
  std::size_t most_commas_ = 0;
  std::vector<Node> nodes_;
  std::array<std::uint32_t, k_contexts> roots_{};
  std::array<std::vector<std::string>, k_contexts> texts_;  ///< for gbnf()
  std::array<std::vector<std::pair<std::string, int>>, k_contexts> managers_;

  // The automaton as far as it is known; a cache.
  static constexpr State k_unknown = -2;
  mutable std::vector<Place> places_;
  mutable std::vector<std::array<State, 256>> transitions_;
  mutable std::map<std::string, State> interned_;
};

}  // namespace llmc
