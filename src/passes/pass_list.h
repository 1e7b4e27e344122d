// A pass list as a value: one canonical form, parsed from several spellings, printed as opt's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passes/catalogue.h"
#include "support/error.h"

namespace llmc {

/// One element of a list: a pass (`gvn<no-pre>`), a whole pipeline (`default<Oz>`), or a manager
/// that holds a list of its own (`function(…)`, `cgscc(…)`, `devirt<4>(…)`).
struct PassElement {
  std::string name;
  std::string parameters;          ///< what stands between < and >, empty if nothing
  bool is_manager = false;         ///< has brackets, even if they are empty
  std::vector<PassElement> inner;  ///< the list in the brackets

  friend bool operator==(const PassElement&, const PassElement&) = default;
};

/// A pass list in canonical form:
///
///     list    := element (',' element)*            at module level
///     element := name ['<' parameters '>'] ['(' list ')']
///
/// with every change of level spelled out, as `opt -passes=` of the linked LLVM accepts it:
/// `licm` is `function(loop-mssa(licm))`, `inline` is `cgscc(inline)`, `module(a,b)` is `a,b`. One
/// manager is ours: `on<NAME>(…)`, a function list for one function (passes/targeted.h).
/// Spellings that kill the process are replaced: `instcombine` always carries
/// `no-verify-fixpoint`, and licm and lnicm always run under `loop-mssa`.
class PassList {
 public:
  PassList() = default;

  /// Wraps elements that are canonical already (a search builds them so).
  explicit PassList(std::vector<PassElement> elements) : elements_(std::move(elements)) {}

  /// Reads opt's spelling, the paper's (`module(licm)`), and LLVM 17 names; LLVM's own parser has
  /// the last word. The error names what is unknown and, where one is near, the name that was
  /// probably meant. The empty string is the empty list.
  static Result<PassList> parse(std::string_view text, const PassCatalogue& catalogue);

  /// The canonical text; `parse(to_string())` is the same list.
  [[nodiscard]] std::string to_string() const;

  /// The paper's spelling: `module(x)` around each top-level element.
  [[nodiscard]] std::string to_paper_string() const;

  [[nodiscard]] const std::vector<PassElement>& elements() const { return elements_; }
  [[nodiscard]] bool empty() const { return elements_.empty(); }

  /// Passes and pipelines in it, managers not counted.
  [[nodiscard]] std::size_t pass_count() const;

  /// The least trusted tier of any pass in it (`trusted` for an empty list).
  [[nodiscard]] PassTier tier(const PassCatalogue& catalogue) const;

  friend bool operator==(const PassList&, const PassList&) = default;

 private:
  std::vector<PassElement> elements_;
};

/// Whether the linked LLVM's parser takes `passes` as a list of module level; the error is its.
Result<void> check_with_llvm(std::string_view passes);

/// The elements that `text` spells, without looking at their names: for text that was canonical
/// once. Fails if the brackets do not match.
Result<std::vector<PassElement>> read_elements(std::string_view text);

/// The text of one element.
std::string to_string(const PassElement& element);

/// `name` as a canonical element in a list of level `context`, wrapped in the managers it needs.
PassElement make_element(const PassInfo& pass, const std::string& parameters, PassLevel context);

}  // namespace llmc
