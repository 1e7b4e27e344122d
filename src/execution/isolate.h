// Assembly text to an object in which one function stands alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ir/normal_form.h"
#include "support/error.h"

namespace llmc {

/// A variable that a compiler has merged with others into one.
struct MergedVariable {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool local = true;  ///< no other file sees that name
};

/// A section of an isolated object: what lies between two labels of the text.
struct ObjectPiece {
  enum class Kind { code, constant, variable, other };
  Kind kind = Kind::other;
  std::string name;  ///< its first label that is not temporary; empty: private to the file
  bool local = true;  ///< no other file sees that name
  std::vector<MergedVariable> merged;  ///< what a private variable consists of, if that is said
};

/// An object whose functions but one are undefined symbols, each called by its own name, so that
/// calls of them can be intercepted. Every datum has a section of its own, as JITLink moves
/// sections only.
struct IsolatedObject {
  std::string bytes;  ///< ELF
  std::map<std::string, ObjectPiece> pieces;  ///< by name of the section
  std::map<std::string, bool> functions;  ///< the others that the text defines; true: local
  std::string problem;  ///< why the function cannot be run; empty if it can
};

/// The symbol at the function's first instruction in an isolated object.
inline constexpr std::string_view k_entry_symbol = "llmc$entry";

/// Assembles `text` for `target` (x86-64: AT&T or Intel syntax as its directives say) and isolates
/// `function`; what a compiler has split off it, into NAME.cold or into what functions have in
/// common, stays part of it. Fails if the text is not assembly or does not define the function.
/// `name` stands in messages.
Result<IsolatedObject> isolate_function(std::string_view text, NormalTarget target,
                                        const std::string& function, const std::string& name);

}  // namespace llmc
