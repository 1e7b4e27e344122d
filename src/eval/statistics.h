// Statistics of evaluations: means with intervals, paired tests, errors of predictions. All are
// functions of their arguments alone; what is drawn is drawn from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace llmc {

struct Interval {
  double low = 0, high = 0;
};

/// 0 for no values.
double mean(const std::vector<double>& values);
/// The middle value, or the mean of the two in the middle; 0 for no values.
double median(std::vector<double> values);

/// How resamples are drawn.
struct Resampling {
  std::size_t draws = 2000;
  std::uint64_t seed = 1;
  /// For each item the number of its cluster: a draw takes whole clusters, so that items that
  /// resemble each other are no independent evidence. Empty: every item is its own.
  std::vector<std::size_t> clusters;
};

/// A number that is computed of some items, given by index, one several times if it was drawn so.
using ItemStatistic = std::function<double(const std::vector<std::size_t>& items)>;

/// An interval that holds the statistic of what `count` items are drawn from with 95 % confidence:
/// percentile bootstrap (Efron 1979). 0 to 0 without items or draws.
Interval bootstrap(std::size_t count, const Resampling& resampling, const ItemStatistic& statistic);

/// The same for the mean of values, each by itself.
Interval bootstrap_mean(const std::vector<double>& values, std::size_t draws, std::uint64_t seed);
Interval bootstrap_mean(const std::vector<double>& values, const Resampling& resampling);

/// 1 - the geometric mean of the ratios with these logarithms: the gain of sizes of which they are
/// the ratios after / before.
double gain_of(const std::vector<double>& log_ratios);
/// The gains at the ends of an interval of mean logarithms.
Interval gains_of(const Interval& mean_log_ratios);

/// The rank of each value from 1; equal values share the mean of their ranks.
std::vector<double> average_ranks(const std::vector<double>& values);

/// Wilcoxon's signed-rank test of paired differences.
struct SignedRankTest {
  std::size_t pairs = 0;  ///< that differ; the others count for nothing
  double positive = 0;    ///< sum of the ranks of positive differences
  double z = 0;
  double p = 1;  ///< two-sided; 1 where nothing differs
};
/// By the normal approximation, with the variance corrected for ties and without correction for
/// continuity; good from some ten pairs on.
SignedRankTest signed_rank_test(const std::vector<double>& differences);

/// Pearson's correlation; nothing for fewer than two pairs or where one side is constant.
std::optional<double> pearson(const std::vector<double>& x, const std::vector<double>& y);
/// Pearson's correlation of the ranks.
std::optional<double> spearman(const std::vector<double>& x, const std::vector<double>& y);

/// Mean absolute error as a share of the true value (MAPE); pairs with a true value of 0 are left
/// out, nothing if none is left.
std::optional<double> mean_absolute_share(const std::vector<double>& predicted,
                                          const std::vector<double>& truth);

/// The probability that one of k answers is right, where `right` of `samples` were (k at most
/// samples): 1 - C(n-c, k) / C(n, k), the unbiased estimator of Chen et al. 2021.
double pass_at_k(std::uint64_t samples, std::uint64_t right, std::uint64_t k);

}  // namespace llmc
