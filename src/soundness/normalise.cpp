#include "soundness/normalise.h"

#include <fmt/format.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Regex.h>

#include <algorithm>

#include "support/text.h"

namespace llmc {
namespace {

constexpr std::size_t k_shown = 120;

/// One kind of volatile text. The expression's second group is what is replaced; the first and the
/// third are its surroundings, and stay.
struct Volatile {
  const char* expression;
  const char* placeholder;
};

#define LLMC_MONTH "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
#define LLMC_CLOCK "[0-9]{1,2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?"

// From the most special to the most general: the first that applies to a place wins.
constexpr Volatile k_volatile[] = {
    {"(^|[^A-Za-z])((Mon|Tue|Wed|Thu|Fri|Sat|Sun) " LLMC_MONTH " +[0-9]{1,2} " LLMC_CLOCK
     "( [A-Z]{3,4})? [0-9]{4})($|[^0-9])",
     "<date>"},
    {"(^|[^0-9])([0-9]{4}-[0-9]{2}-[0-9]{2})($|[^0-9-])", "<date>"},
    {"(^|[^0-9/])([0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4})($|[^0-9/])", "<date>"},
    {"(^|[^A-Za-z])(" LLMC_MONTH " +[0-9]{1,2},? [0-9]{4})($|[^0-9])", "<date>"},
    {"(^|[^0-9:.])(" LLMC_CLOCK ")($|[^0-9:])", "<time>"},
    {"(^|[^A-Za-z0-9_.+-])([0-9]+m[0-9]+([.,][0-9]+)?s)($|[^A-Za-z0-9_])", "<time>"},
    {"(^|[^A-Za-z0-9_.+-])([0-9]+([.,][0-9]+)? "
     "?(ns|us|ms|s|secs?|seconds?|minutes?|milli-?seconds?|"
     "microseconds?|usecs?|msecs?))($|[^A-Za-z0-9_])",
     "<time>"},
};

/// One line with every place that the expression matches replaced.
std::string replace_matches(const std::string& line, const llvm::Regex& expression,
                            std::string_view placeholder) {
  std::string result;
  std::string_view rest = line;
  llvm::SmallVector<llvm::StringRef, 8> groups;
  while (expression.match(rest, &groups)) {
    const auto offset = static_cast<std::size_t>(groups[2].data() - rest.data());
    std::string before(rest.substr(0, offset));
    if (placeholder == "<time>") {  // numbers of different width are padded differently
      const std::size_t end = before.find_last_not_of(' ');
      const std::size_t length = end == std::string::npos ? 0 : end + 1;
      if (before.size() > length) before.resize(length + 1);
    }
    result += before;
    result += placeholder;
    rest.remove_prefix(offset + groups[2].size());
  }
  return result + std::string(rest);
}

std::string shown(std::string_view line) {
  std::string text;
  for (const char byte : line.substr(0, k_shown)) {
    const auto code = static_cast<unsigned char>(byte);
    text += code < 0x20 || code == 0x7f ? fmt::format("\\x{:02x}", code) : std::string(1, byte);
  }
  return text + (line.size() > k_shown ? "…" : "");
}

}  // namespace

std::string normalise_output(std::string_view text, const std::vector<std::string>& folders) {
  std::vector<llvm::Regex> expressions;
  for (const Volatile& one : k_volatile) expressions.emplace_back(llvm::StringRef(one.expression));
  std::string with_trees(text);
  for (const std::string& folder : folders) with_trees = replace_all(with_trees, folder, "<tree>");
  std::string result;
  std::string_view rest = with_trees;
  while (!rest.empty()) {
    const bool ends = rest.find('\n') != std::string_view::npos;
    std::string line(take_line(rest));
    const bool has_digit = line.find_first_of("0123456789") != std::string::npos;
    for (std::size_t i = 0; has_digit && i < expressions.size(); ++i)
      line = replace_matches(line, expressions[i], k_volatile[i].placeholder);
    result += line;
    if (ends) result += '\n';
  }
  return result;
}

std::string first_difference(std::string_view before, std::string_view after) {
  if (before == after) return "";
  for (std::size_t line = 1;; ++line) {
    if (before.empty() != after.empty()) {
      const bool lost = after.empty();
      return fmt::format("line {}: '{}' {}", line, shown(take_line(lost ? before : after)),
                         lost ? "is missing" : "is new");
    }
    if (before.empty()) return "the last line's end";
    const std::string_view one = take_line(before);
    const std::string_view other = take_line(after);
    if (one != other) {
      // Long lines are shown from shortly before the place where they part.
      const auto parted =
          static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
      const std::size_t from = parted > k_shown / 2 ? parted - k_shown / 4 : 0;
      return fmt::format("line {}: '{}' became '{}'", line, shown(one.substr(from)),
                         shown(other.substr(from)));
    }
  }
}

}  // namespace llmc
