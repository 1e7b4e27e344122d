// Lines of text files that are merged, cut off and edited by others: fields separated by tabs, the
// last a checksum of those before it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/digest.h"

namespace llmc {

/// The line, with its line feed. Tabs, line feeds, carriage returns and backslashes in fields are
/// written as \t, \n, \r and \\.
std::string print_checked_line(const std::vector<std::string>& fields);

/// The fields of a line (without its line feed; a carriage return before that is ignored), without
/// the checksum; nothing if the checksum does not fit.
std::optional<std::vector<std::string>> parse_checked_line(std::string_view line);

/// What Digest::hex() printed; nothing if it is something else.
std::optional<Digest> digest_of_hex(std::string_view hex);

}  // namespace llmc
