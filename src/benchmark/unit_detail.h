// What a list does to a unit, to be looked at: IR, sections, symbols.
#pragma once

#include <cstddef>
#include <vector>

#include "eval/results.h"
#include "support/error.h"
#include "tune/evaluator.h"

namespace llmc {

/// Details of the `most` units of `results` that some sound list makes smallest in relation to -Oz,
/// with that list: IR and symbols as clang -Oz makes them and as the list does. Of long IR only the
/// beginning is kept, which says so.
Result<std::vector<DetailRow>> unit_details(Evaluator& evaluator,
                                            const std::vector<Program>& programs,
                                            const ResultSet& results, std::size_t most);

}  // namespace llmc
