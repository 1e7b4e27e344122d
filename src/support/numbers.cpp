#include "support/numbers.h"

#include <sstream>

namespace llmc {

std::string print_repeated(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t end = i + 1;
    while (end < words.size() && words[end] == words[i]) ++end;
    text += ' ';
    if (end - i > 1) text += std::to_string(end - i) + '*';
    text += words[i];
    i = end;
  }
  return text;
}

std::optional<std::vector<std::string>> parse_repeated(std::string_view text, std::size_t most) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;) {
    std::size_t times = 1;
    if (const std::size_t star = word.find('*'); star != word.npos) {
      if (!parse_number(std::string_view(word).substr(0, star), times)) return std::nullopt;
      word.erase(0, star + 1);
    }
    if (times > most - words.size()) return std::nullopt;
    words.insert(words.end(), times, word);
  }
  return words;
}

}  // namespace llmc
