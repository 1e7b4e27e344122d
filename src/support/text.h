// Text for people: a message in one line, which known name was probably meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace llmc {

/// `text` up to its first line break.
std::string first_line(std::string_view text);

/// Takes the first line off `text`, its line break with it, and returns it without that.
std::string_view take_line(std::string_view& text);

/// `text` with every `from` replaced, from left to right; nothing is replaced where `from` is
/// empty.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal
/// string alignment distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name in `known` nearest to `wanted`, the first of equals; empty unless it is near enough to
/// be a misspelling (a third of the letters wrong at most, and never all of them).
std::string nearest_name(std::string_view wanted, const std::vector<std::string>& known);

}  // namespace llmc
