// The portfolio: pass lists that did well on other programs, best first.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "passes/pass_list.h"
#include "support/error.h"

namespace llmc {

/// The lists that a search starts from. The file is text: a line `llmc-portfolio 1 <checksum>`,
/// then comment lines (#), then one pass list a line, ordered so that each prefix of the file is a
/// good set (greedily chosen). The checksum is the XXH3-128 of all bytes after the first line, so a
/// truncated file is refused.
Result<std::vector<PassList>> read_portfolio(const std::filesystem::path& path,
                                             const PassCatalogue& catalogue);

/// The lists of a portfolio, or of any text with one list a line and # for comments.
Result<std::vector<PassList>> read_lists(const std::filesystem::path& path,
                                         const PassCatalogue& catalogue);

/// The bytes of a portfolio file.
std::string print_portfolio(const std::vector<std::string>& lists, const std::string& comment);

/// The portfolio that came with this llmc: $LLMC_PORTFOLIO, else data/portfolio.txt of the source
/// or installation. Empty path if there is none.
std::filesystem::path default_portfolio();

/// Lists that need no experience: LLVM's own pipelines, and clang's -Oz pipeline spelled out, which
/// gives mutation something to work on.
std::vector<PassList> stock_lists(const PassCatalogue& catalogue);

/// What each of `programs` × `lists` costs, as log(size / -Oz size); NaN where the list failed.
using RatioTable = std::vector<std::vector<double>>;

/// Up to `most` list indices such that each prefix minimises, greedily, the mean over programs of
/// the best log ratio (at most 0, the -Oz backup). Nemhauser's bound: within 1 - 1/e of the best
/// set.
std::vector<std::size_t> choose_greedily(const RatioTable& log_ratios, std::size_t most);

}  // namespace llmc
