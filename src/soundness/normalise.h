// What two correct runs of a test may print differently, replaced by placeholders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmc {

/// `text` with
///
///     any of `folders`, as a text              ->  <tree>
///     3 s, 0.01 sec, 1.5ms, 2 minutes, 1m2.5s  ->  <time>    blanks before it become one
///     2026-01-31, 31/01/2026, Jan 31 2026      ->  <date>
///     23:59:01, 23:59:01.25                    ->  <time>
///     Sat Jan 31 23:59:01 UTC 2026             ->  <date>
///
/// Numbers without a unit of time stay, whatever they mean.
std::string normalise_output(std::string_view text, const std::vector<std::string>& folders);

/// Where two texts part: "line 3: 'a' became 'b'", lines cut to 120 bytes; empty if they are equal.
std::string first_difference(std::string_view before, std::string_view after);

}  // namespace llmc
