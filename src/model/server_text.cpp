#include "model/server_text.h"

#include <algorithm>

namespace llmc {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// On one line and in ASCII.
std::string flattened(std::string_view text) {
  std::string flat;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      if (!flat.empty() && flat.back() != ' ') flat += ' ';
    } else if (byte >= 0x80) {
      flat += '?';
    } else if (byte > 0x20 && byte < 0x7f) {
      flat += c;
    }
  }
  if (flat.ends_with(' ')) flat.pop_back();
  return flat;
}

}  // namespace

std::string printable(std::string_view text, std::string_view secret, std::size_t most) {
  std::string line = flattened(text);
  // Only now: a secret with something unprintable inside would come together above.
  if (!secret.empty())
    for (std::size_t at = 0; (at = line.find(secret, at)) != line.npos; at += 3)
      line.replace(at, secret.size(), "***");
  if (line.size() > most) line = line.substr(0, most) + "...";
  return line;
}

bool mentions(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return lower(a) == b; };
  return !std::ranges::search(text, word, same).empty() || word.empty();
}

}  // namespace llmc
