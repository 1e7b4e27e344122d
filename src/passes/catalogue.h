// The catalogue of passes: what the linked LLVM knows, at which level, and what may be searched.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// The unit of IR that a pass works on, from the outermost to the innermost.
enum class PassLevel { module, cgscc, function, loop };

/// How far a pass is trusted when lists are searched.
enum class PassTier {
  trusted,      ///< runs in LLVM's own default<O1..Oz>, or reviewed; nothing speaks against it
  quarantined,  ///< only in lists that passed the gate: not reviewed, or blamed for a failure
  denied        ///< does not preserve semantics, or convicted of making wrong programs by itself
};

/// One pass, or one whole pipeline such as default<Oz>.
struct PassInfo {
  std::string name;  ///< as LLVM prints it, without parameters ("gvn"), or whole ("default<Oz>")
  PassLevel level = PassLevel::module;
  std::string parameters;  ///< the parameters LLVM lists, "no-pre;pre;…", or empty
  PassTier tier = PassTier::quarantined;
  std::string excluded;  ///< why it is not a transformation to search over; empty: it is one
  std::string note;  ///< why it has its tier, where that needs a reason
};

/// "module", "cgscc", "function" or "loop".
std::string_view to_string(PassLevel level);
/// "trusted", "quarantined" or "denied".
std::string_view to_string(PassTier tier);

/// The tier of that name; the error lists the names.
Result<PassTier> parse_tier(std::string_view name);

/// Every pass of the linked LLVM, read from LLVM itself at construction (about 2 ms).
class PassCatalogue {
 public:
  PassCatalogue();

  /// Lowers the tier of the transformations of this name to `tier`, if it is not as low already;
  /// `evidence` becomes their note.
  void distrust(std::string_view name, PassTier tier, const std::string& evidence);

  /// All entries, sorted by name; analyses and utilities included, with their reason.
  [[nodiscard]] const std::vector<PassInfo>& all() const { return passes_; }

  /// The entry with this exact name, the outermost level first; null if LLVM has none.
  [[nodiscard]] const PassInfo* find(std::string_view name) const;

  /// The nearest known name, if one is near enough to be a misspelling; else empty.
  [[nodiscard]] std::string nearest(std::string_view name) const;

  /// Transformations that the tier allows into a search: everything not excluded whose tier is at
  /// most `most` in the order of PassTier.
  [[nodiscard]] std::vector<const PassInfo*> candidates(PassTier most) const;

 private:
  std::vector<PassInfo> passes_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

/// One hand-made judgement: a name (or a prefix ending in '*') and what is known about it.
struct PassRule {
  std::string_view name;
  PassTier tier;
  bool excluded;  ///< true: `reason` says why it is no searchable transformation
  std::string_view reason;
};

/// The reviewed judgements. Every name in it exists in the linked LLVM; a test holds it to that.
const std::vector<PassRule>& pass_rules();

/// The name today of a pass that LLVM 17 (whose names the LLM Compiler models use) spelled
/// `name`; empty if it has not changed.
std::string_view renamed_since_llvm_17(std::string_view name);

}  // namespace llmc
