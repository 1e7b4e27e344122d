// Building a portfolio from what searches have found.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/portfolio.h"
#include "tune/search.h"

namespace llmc {

struct PortfolioOptions {
  std::size_t per_program = 2;  ///< the best lists of each program become candidates
  std::size_t most = 48;        ///< lists to choose
};

/// A portfolio and how it does on the programs it was chosen on, with the -Oz backup.
struct ChosenPortfolio {
  /// Best first, each prefix a good set; after the chosen ones, the candidates that add nothing.
  std::vector<std::string> lists;
  std::vector<double> gain_of_prefix;  ///< 1 - geometric mean, after the first 1, 2, … lists
  std::size_t candidates = 0;
};

/// The candidates are the best rows that `store` holds for each program, minimised on it (as the
/// setting says). All candidates are evaluated on all programs, then chosen greedily.
Result<ChosenPortfolio> build_portfolio(Evaluator& evaluator, Store& store,
                                        const std::vector<Program>& programs,
                                        const SearchSetting& setting,
                                        const PortfolioOptions& options,
                                        const std::function<void(const std::string&)>& observer);

}  // namespace llmc
