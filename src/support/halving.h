// Searching by halves for the first of a row after which something holds.
#pragma once

#include <cstddef>
#include <functional>

#include "support/error.h"

namespace llmc {

/// The smallest k in 1..`count` for which `holds(k)`, if it holds for `count`, not for 0, and for
/// all larger ones once it holds. Asks log2(`count`) times; an error of `holds` ends the search.
inline Result<std::size_t> smallest_that_holds(
    std::size_t count, const std::function<Result<bool>(std::size_t)>& holds) {
  std::size_t without = 0;
  std::size_t with = count;
  while (with - without > 1) {
    const std::size_t middle = without + (with - without) / 2;
    LLMC_TRY(const bool does, holds(middle));
    (does ? with : without) = middle;
  }
  return with;
}

}  // namespace llmc
