#include "tasks/assembly_text.h"

#include <algorithm>

#include "support/text.h"

namespace llmc {
namespace {

/// The line without comment, with blanks for tabs, trimmed.
std::string clean_line(std::string_view line, std::string_view comment) {
  std::string result;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\' && i + 1 < line.size()) {
      result += line[i++];
      result += line[i];
      continue;
    }
    if (line[i] == '"') quoted = !quoted;
    if (!quoted && line.substr(i).starts_with(comment)) break;
    const bool blank = !quoted && (line[i] == '\t' || line[i] == ' ');
    if (!blank)
      result += line[i];
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  while (result.ends_with(' ')) result.pop_back();
  return result;
}

bool is_noise(std::string_view line) {
  if (line.empty()) return true;
  const std::string_view word = line.substr(0, line.find(' '));
  if (word == ".file" || word == ".ident" || word.starts_with(".addrsig") || word == ".text")
    return true;
  if (word == ".section") return line.contains(".note.GNU-stack");
  if (word == ".type") return line.ends_with("@function");
  if (word == ".size") return line.contains(".Lfunc_end");
  if (word.starts_with(".Lfunc_end") || word.starts_with(".Lfunc_begin"))
    return word.ends_with(':');
  return word.starts_with(".cfi_") && word != ".cfi_startproc" && word != ".cfi_personality" &&
         word != ".cfi_lsda";
}

}  // namespace

std::string clean_assembly(std::string_view assembly, NormalTarget target) {
  const std::string_view comment = target == NormalTarget::x86_64 ? "#" : "//";
  std::string text;
  while (!assembly.empty()) {
    const std::string line = clean_line(take_line(assembly), comment);
    if (!is_noise(line)) text += line + '\n';
  }
  return text;
}

}  // namespace llmc
