// Assembly as lines of text, of which functions can be cut out and replaced.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// The local symbols (".L…") that `line` names; what stands in quotes does not count.
std::vector<std::string> local_symbols(std::string_view line);

/// The name of the label that `line` begins with; empty if there is none.
std::string_view label_of(std::string_view line);

/// What replaces a function: text from its label to its .size, with data of its own.
using ReplacementTexts = std::map<std::string, std::vector<std::string>>;

/// The text of an assembly file, as compilers write it (ELF).
class AssemblyLines {
 public:
  explicit AssemblyLines(std::string_view text);

  /// Why the function `name` cannot be cut out, as far as its own lines tell; empty if it can.
  [[nodiscard]] std::string obstacle(const std::string& name) const;

  /// The text with functions replaced, and without the private data that only the replaced code
  /// used. A function that has labels inside that others refer to stays as it is, and `kept` gets
  /// its name.
  [[nodiscard]] std::string with(ReplacementTexts replacements, std::set<std::string>& kept) const;

 private:
  /// Lines [begin, end): a function with its label and .size, or a private datum.
  struct Span {
    std::string name;
    std::size_t begin = 0, end = 0;
  };
  [[nodiscard]] std::optional<Span> function(const std::string& name) const;
  [[nodiscard]] std::vector<Span> private_data() const;
  /// The local symbols that line `line` refers to.
  [[nodiscard]] std::vector<std::string> references(std::size_t line) const;
  /// How often each is referred to by the lines that are not gone.
  [[nodiscard]] std::map<std::string, std::size_t> count_references(
      const std::vector<bool>& gone) const;
  void remove_unused_data(std::vector<bool>& gone, const std::set<std::string>& used_anew) const;
  [[nodiscard]] std::size_t alignment_before(std::size_t label) const;

  std::vector<std::string> lines_;
};

/// What code generation printed for a module with the one function `name`, as a replacement text:
/// without directives about the file and about the function's symbol, data in sections of their own
/// put aside, and the labels that it defines renamed such that `tag` is in them.
Result<std::vector<std::string>> replacement_text(std::string_view assembly,
                                                  const std::string& name, const std::string& tag);

}  // namespace llmc
