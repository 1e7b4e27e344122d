// Numbers in text: whole words as numbers, and rows of words with counts for equal neighbours.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmc {

/// The whole of `text` as a number; false if it is none, or none that `number` can hold.
template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// {"0", "0", "0", "7"} as " 3*0 7": a space before each word, equal neighbours as one with a
/// count.
std::string print_repeated(const std::vector<std::string>& words);

/// What `print_repeated` printed; nothing if a count is no number or there are more than `most`
/// words.
std::optional<std::vector<std::string>> parse_repeated(std::string_view text, std::size_t most);

}  // namespace llmc
