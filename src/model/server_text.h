// Words of servers, made fit for a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace llmc {

/// `text` on one line: runs of blanks are one blank, control characters are left out, bytes beyond
/// ASCII are '?', every occurrence of `secret` (if it is not empty) is "***", and what is longer
/// than `most` characters ends in "...".
std::string printable(std::string_view text, std::string_view secret = {}, std::size_t most = 200);

/// Whether `word` (in small letters) stands in `text` in whatever case.
bool mentions(std::string_view text, std::string_view word);

}  // namespace llmc
