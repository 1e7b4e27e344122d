// Changing pass lists so that every result is valid: the moves of the search.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "passes/call_decisions.h"
#include "passes/catalogue.h"
#include "passes/ingredients.h"
#include "passes/pass_list.h"
#include "support/random.h"

namespace llmc {

/// What lists are made from: the catalogue's candidates of a tier, with what experience prefers.
class Alphabet {
 public:
  /// All candidates up to `most`, uniformly. The catalogue must outlive this.
  Alphabet(const PassCatalogue& catalogue, PassTier most);

  /// Makes what occurs in `lists` (none of them empty) more likely, as much as it is frequent
  /// there: seven of ten draws are from these, the rest stay uniform.
  void prefer(const std::vector<PassList>& lists);

  /// Other parameters for the pass of that name; empty if it has none or is not in the alphabet.
  [[nodiscard]] std::string draw_parameters(const std::string& name, Random& random) const;

  /// A random element that may stand in a list of level `context`; parameters are sometimes
  /// drawn as well if `with_parameters`.
  [[nodiscard]] PassElement draw(Random& random, PassLevel context, bool with_parameters) const;

  /// One to four neighbours of a preferred list, for a list of module level; empty without any.
  [[nodiscard]] std::vector<PassElement> draw_run(Random& random) const;

  /// Every pass at module level with its default parameters, sorted by text.
  [[nodiscard]] std::vector<PassElement> all() const;

  [[nodiscard]] std::size_t size() const { return ingredients_.size(); }
  [[nodiscard]] const PassCatalogue& catalogue() const { return catalogue_; }

 private:
  const PassCatalogue& catalogue_;
  [[nodiscard]] const Ingredient* find(const std::string& name) const;
  std::vector<Ingredient> ingredients_;
  std::vector<PassList> preferred_;
  /// What stands in preferred lists at each level, with repetition.
  std::array<std::vector<PassElement>, 4> by_level_;
};

/// A random list as the LLM Compiler paper draws them: length uniform in 1..`most`, elements
/// uniform over the alphabet.
PassList random_list(const Alphabet& alphabet, std::size_t most, Random& random);

/// A neighbour of `list`: one to a few random insertions, deletions, replacements, moves,
/// duplications, changes of parameters or cut ends, at any depth.
PassList mutate(const PassList& list, const Alphabet& alphabet, Random& random);

/// `list` with other decisions on one to a few of `calls`, a program's (not empty): a call, or all
/// calls of its callee, is kept, inlined, or left to LLVM again. They stand at the list's
/// beginning, where their numbers are those of the program.
PassList mutate_calls(const PassList& list, const std::vector<CallSite>& calls, Random& random);

/// The beginning of one list followed by the end of another, or one whole list after another.
PassList crossover(const PassList& first, const PassList& second, Random& random);

}  // namespace llmc
