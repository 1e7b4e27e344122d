#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assembly/compare.h"
#include "support/text.h"

namespace llmc {
namespace {

constexpr long k_most_edits = 4000;

/// The lines of two texts as numbers, equal ones as the same.
class LineNumbers {
 public:
  std::vector<unsigned> of(std::string_view text) {
    std::vector<unsigned> lines;
    while (!text.empty()) {
      const auto number = static_cast<unsigned>(numbers_.size());
      lines.push_back(numbers_.emplace(take_line(text), number).first->second);
    }
    return lines;
  }

 private:
  std::map<std::string, unsigned> numbers_;
};

/// The fewest insertions and deletions, or -1 if they are more than k_most_edits. `furthest[k]` is
/// how far in `a` one comes on the diagonal k (line of a less line of b) with so many edits.
long myers(const std::vector<unsigned>& a, const std::vector<unsigned>& b) {
  const long rows = static_cast<long>(a.size()), columns = static_cast<long>(b.size());
  const long most = std::min(rows + columns, k_most_edits);
  std::vector<long> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](long diagonal) -> long& {
    return furthest[static_cast<std::size_t>(diagonal + most + 1)];
  };
  for (long edits = 0; edits <= most; ++edits) {
    for (long diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const bool down =
          diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
      long row = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (row < rows && row - diagonal >= 0 && row - diagonal < columns &&
             a[static_cast<std::size_t>(row)] == b[static_cast<std::size_t>(row - diagonal)])
        ++row;
      at(diagonal) = row;
      if (row >= rows && row - diagonal >= columns) return edits;
    }
  }
  return -1;
}

std::size_t uncommon_lines(std::vector<unsigned> a, std::vector<unsigned> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  std::vector<unsigned> uncommon;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(uncommon));
  return uncommon.size();
}

}  // namespace

EditDistance edit_distance(const AsmUnit& unit_a, const AsmFunction& a, const AsmUnit& unit_b,
                           const AsmFunction& b) {
  LineNumbers numbers;
  const std::vector<unsigned> lines_a = numbers.of(canonical_text(unit_a, a));
  const std::vector<unsigned> lines_b = numbers.of(canonical_text(unit_b, b));
  EditDistance result{.length = lines_a.size() + lines_b.size()};
  if (const long distance = myers(lines_a, lines_b); distance >= 0) {
    result.distance = static_cast<std::size_t>(distance);
  } else {
    result.exact = false;
    result.distance =
        std::max(uncommon_lines(lines_a, lines_b), static_cast<std::size_t>(k_most_edits) + 1);
  }
  return result;
}

}  // namespace llmc
