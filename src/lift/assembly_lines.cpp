#include "lift/assembly_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace llmc {
namespace {

bool is_symbol_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$';
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
    line.remove_suffix(1);
  return line;
}

/// The first word of a line: a directive or an instruction.
std::string_view first_word(std::string_view line) {
  line = trimmed(line);
  return line.substr(0, line.find_first_of(" \t"));
}

/// What follows the first word.
std::string_view rest_of(std::string_view line) {
  line = trimmed(line);
  return trimmed(line.substr(std::min(line.find_first_of(" \t"), line.size())));
}

/// The symbol that a directive such as .size, .globl or .type is about.
std::string_view subject_of(std::string_view line) {
  const std::string_view rest = rest_of(line);
  return trimmed(rest.substr(0, rest.find_first_of(", \t#")));
}

bool changes_section(std::string_view word) {
  constexpr std::array k_words = {".text",        ".data",       ".bss",      ".section",
                                  ".pushsection", ".popsection", ".previous", ".subsection"};
  return std::ranges::find(k_words, word) != k_words.end();
}

bool is_code_section(std::string_view line) {
  return first_word(line) == ".text" ||
         (first_word(line) == ".section" && rest_of(line).starts_with(".text"));
}

bool is_data_directive(std::string_view word) {
  constexpr std::array k_words = {".byte",  ".short",  ".value", ".word",   ".long", ".int",
                                  ".quad",  ".2byte",  ".4byte", ".8byte",  ".zero", ".ascii",
                                  ".asciz", ".string", ".float", ".double", ".octa"};
  return std::ranges::find(k_words, word) != k_words.end();
}

bool is_alignment(std::string_view word) {
  return word == ".p2align" || word == ".align" || word == ".balign";
}

bool is_about_symbol(std::string_view word) {
  constexpr std::array k_words = {".globl", ".global",    ".weak", ".hidden",
                                  ".local", ".protected", ".type", ".internal"};
  return std::ranges::find(k_words, word) != k_words.end();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Calls `found` with the place and length of each local symbol outside of quotes and comments.
template <typename Found>
void find_local_symbols(std::string_view line, const Found& found) {
  bool is_quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '"' && (at == 0 || line[at - 1] != '\\')) is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (line[at] == '#') return;
    const bool begins =
        line.substr(at).starts_with(".L") && (at == 0 || !is_symbol_character(line[at - 1]));
    if (!begins) continue;
    std::size_t end = at;
    while (end < line.size() && is_symbol_character(line[end])) ++end;
    found(at, end - at);
    at = end - 1;
  }
}

}  // namespace

std::vector<std::string> local_symbols(std::string_view line) {
  std::vector<std::string> symbols;
  find_local_symbols(line, [&](std::size_t at, std::size_t length) {
    symbols.emplace_back(line.substr(at, length));
  });
  return symbols;
}

std::string_view label_of(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && is_symbol_character(line[end])) ++end;
  if (end == 0 || end == line.size() || line[end] != ':') return {};
  return line.substr(0, end);
}

AssemblyLines::AssemblyLines(std::string_view text) : lines_(split_lines(text)) {}

std::optional<AssemblyLines::Span> AssemblyLines::function(const std::string& name) const {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (label_of(lines_[i]) != name) continue;
    for (std::size_t j = i + 1; j < lines_.size(); ++j) {
      if (first_word(lines_[j]) != ".size" || subject_of(lines_[j]) != name) continue;
      // LLVM says the size first, gcc last.
      const bool is_open = j + 1 < lines_.size() && first_word(lines_[j + 1]) == ".cfi_endproc";
      return Span{name, i, is_open ? j + 2 : j + 1};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::string AssemblyLines::obstacle(const std::string& name) const {
  const auto span = function(name);
  if (!span) return "its text has no label, or no .size at its end";
  std::string_view section;
  std::size_t at = span->begin;
  while (at > 0 && section.empty())
    if (changes_section(first_word(lines_[--at]))) section = trimmed(lines_[at]);
  std::string_view now = section;
  for (at = span->begin + 1; at < span->end; ++at) {
    const std::string_view word = first_word(lines_[at]);
    const std::string_view label = label_of(lines_[at]);
    if (!label.empty() && !label.starts_with(".L"))
      return fmt::format("'{}' lies inside of it", label);
    if (word == ".section" || word == ".text")
      now = trimmed(lines_[at]);
    else if (changes_section(word) || word == ".macro" || word == ".rept" || word == ".if")
      return fmt::format("there is {} inside of it", word);
  }
  return now == section ? "" : "it ends in another section than it begins in";
}

std::vector<AssemblyLines::Span> AssemblyLines::private_data() const {
  std::vector<Span> data;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const std::string_view label = label_of(lines_[i]);
    if (!label.starts_with(".L")) continue;
    std::size_t end = i + 1;
    while (end < lines_.size() && is_data_directive(first_word(lines_[end]))) ++end;
    if (end == i + 1) continue;
    // Its size, where a compiler says it.
    if (end < lines_.size() && first_word(lines_[end]) == ".size" &&
        subject_of(lines_[end]) == label)
      ++end;
    data.push_back({std::string(label), i, end});
  }
  return data;
}

std::vector<std::string> AssemblyLines::references(std::size_t line) const {
  const std::string_view word = first_word(lines_[line]);
  if (!label_of(lines_[line]).empty() || word == ".type" || word == ".size") return {};
  return local_symbols(lines_[line]);
}

std::map<std::string, std::size_t> AssemblyLines::count_references(
    const std::vector<bool>& gone) const {
  std::map<std::string, std::size_t> counts;
  for (std::size_t i = 0; i < lines_.size(); ++i)
    if (!gone[i])
      for (const std::string& symbol : references(i)) ++counts[symbol];
  return counts;
}

/// Data that was used and is no more; removing one may free another.
void AssemblyLines::remove_unused_data(std::vector<bool>& gone,
                                       const std::set<std::string>& used_anew) const {
  const auto before = count_references(std::vector<bool>(lines_.size()));
  auto counts = count_references(gone);
  const std::vector<Span> data = private_data();
  for (bool changed = true; changed;) {
    changed = false;
    for (const Span& span : data) {
      if (gone[span.begin] || !before.contains(span.name) || used_anew.contains(span.name))
        continue;
      std::map<std::string, std::size_t> own;
      for (std::size_t i = span.begin; i < span.end; ++i)
        for (const std::string& symbol : references(i)) ++own[symbol];
      if (counts[span.name] != own[span.name]) continue;
      for (const auto& [symbol, count] : own) counts[symbol] -= count;
      for (std::size_t i = span.begin; i < span.end; ++i) gone[i] = true;
      for (std::size_t i = span.begin;
           i-- > 0 && first_word(lines_[i]) == ".type" && subject_of(lines_[i]) == span.name;)
        gone[i] = true;
      changed = true;
    }
  }
}

/// The line that aligns the function whose label is line `label`; that line itself if there is
/// none.
std::size_t AssemblyLines::alignment_before(std::size_t label) const {
  for (std::size_t i = label; i-- > 0;) {
    const std::string_view word = first_word(lines_[i]);
    if (is_alignment(word)) return i;
    if (!is_about_symbol(word)) return label;
  }
  return label;
}

std::string AssemblyLines::with(ReplacementTexts replacements, std::set<std::string>& kept) const {
  for (;;) {
    std::vector<bool> gone(lines_.size());
    std::set<std::string> used_anew;
    std::map<std::string, std::string> inner;  // labels in what is cut, and of which function
    std::map<std::size_t, const std::vector<std::string>*> at_line;
    std::set<std::size_t> alignments;
    for (const auto& [name, text] : replacements) {
      const Span span = function(name).value_or(Span{});
      at_line[span.begin] = &text;
      if (const std::size_t line = alignment_before(span.begin); line != span.begin)
        alignments.insert(line);
      for (std::size_t i = span.begin; i < span.end; ++i) {
        gone[i] = true;
        if (label_of(lines_[i]).starts_with(".L")) inner[std::string(label_of(lines_[i]))] = name;
      }
      for (const std::string& line : text)
        for (std::string& symbol : local_symbols(line)) used_anew.insert(std::move(symbol));
    }
    remove_unused_data(gone, used_anew);
    std::set<std::string> entangled;
    const auto counts = count_references(gone);
    for (const auto& [label, name] : inner)
      if (counts.contains(label) || used_anew.contains(label)) entangled.insert(name);
    if (entangled.empty()) {
      std::vector<std::string> made;
      for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (const auto found = at_line.find(i); found != at_line.end())
          made.insert(made.end(), found->second->begin(), found->second->end());
        // Members of C++ classes must be at even addresses.
        if (!gone[i]) made.push_back(alignments.contains(i) ? "\t.p2align\t1" : lines_[i]);
      }
      return joined(made);
    }
    for (const std::string& name : entangled) {
      replacements.erase(name);
      kept.insert(name);
    }
  }
}

Result<std::vector<std::string>> replacement_text(std::string_view assembly,
                                                  const std::string& name, const std::string& tag) {
  std::vector<std::string> text;
  std::set<std::string> own;
  bool is_in_code = true;
  for (const std::string& line : split_lines(assembly)) {
    const std::string_view word = first_word(line);
    if (const std::string_view label = label_of(line); label.starts_with(".L")) own.emplace(label);
    if (word.empty() || word == ".file" || word == ".ident" || word.starts_with(".addrsig") ||
        (word.starts_with('#') && word != "#APP" && word != "#NO_APP"))
      continue;
    if (is_about_symbol(word) && subject_of(line) == name) continue;
    if (!changes_section(word)) {
      text.push_back(line);
      continue;
    }
    if (rest_of(line).starts_with("\".note.GNU-stack\"")) continue;
    if (!is_in_code) text.emplace_back("\t.popsection");
    is_in_code = is_code_section(line);
    if (is_in_code) continue;
    const std::string_view section = word == ".section" ? rest_of(line) : word;
    text.push_back(fmt::format("\t.pushsection\t{}", section));
  }
  if (!is_in_code) text.emplace_back("\t.popsection");
  for (std::string& line : text) {
    std::string renamed;
    std::size_t copied = 0;
    find_local_symbols(line, [&](std::size_t at, std::size_t length) {
      const std::string symbol = line.substr(at, length);
      if (!own.contains(symbol)) return;
      renamed += line.substr(copied, at - copied) + ".L" + tag + symbol.substr(2);
      copied = at + length;
    });
    line = renamed + line.substr(copied);
  }
  const auto is_label = [&](const std::string& line) { return label_of(line) == name; };
  if (std::ranges::count_if(text, is_label) != 1) return fail("its new text has no label");
  return text;
}

}  // namespace llmc
