#include "eval/statistics.h"

#include <cmath>

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;

TEST(Statistics, BootstrapAgreesWithTheNormalApproximation) {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 2);
  const Interval interval = bootstrap_mean(values, 4000, 1);
  const double expected = 1.96 * 0.5 / 20;  // 1.96 σ/√n
  EXPECT_NEAR(interval.low, 0.5 - expected, 0.005);
  EXPECT_NEAR(interval.high, 0.5 + expected, 0.005);
  EXPECT_EQ(bootstrap_mean({}, 100, 1).low, 0);
}

TEST(Statistics, ClustersThatAgreeWithinThemselvesMakeTheIntervalWider) {
  // 20 clusters of 20 equal values: 20 independent observations, not 400.
  std::vector<double> values;
  Resampling resampling{4000, 1, {}};
  for (std::size_t i = 0; i < 400; ++i) {
    values.push_back(static_cast<double>(i / 20 % 2));
    resampling.clusters.push_back(i / 20);
  }
  const Interval interval = bootstrap_mean(values, resampling);
  const double expected = 1.96 * 0.5 / std::sqrt(20.0);
  EXPECT_NEAR(interval.low, 0.5 - expected, 0.04);
  EXPECT_NEAR(interval.high, 0.5 + expected, 0.04);
}

TEST(Statistics, ClustersOfOneAreNoClusters) {
  const std::vector<double> values = {1, 5, 2, 8};
  const Interval alone = bootstrap_mean(values, 500, 3);
  const Interval clustered = bootstrap_mean(values, Resampling{500, 3, {0, 1, 2, 3}});
  EXPECT_EQ(alone.low, clustered.low);
  EXPECT_EQ(alone.high, clustered.high);
}

TEST(Statistics, TheGainIsThatOfTheGeometricMean) {
  EXPECT_NEAR(gain_of({std::log(0.5), std::log(0.8)}), 1 - std::sqrt(0.4), 1e-12);
  EXPECT_EQ(gain_of({}), 0);
  const Interval gains = gains_of({std::log(0.5), std::log(0.9)});
  EXPECT_NEAR(gains.low, 0.1, 1e-12);
  EXPECT_NEAR(gains.high, 0.5, 1e-12);
}

TEST(Statistics, TheMedianOfAnEvenNumberIsBetweenTheMiddleTwo) {
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 6}), 5.5);
  EXPECT_EQ(median({}), 0);
}

TEST(Statistics, EqualValuesShareTheirRanks) {
  EXPECT_THAT(average_ranks({30, 10, 20, 10, 10}), ElementsAre(5, 2, 4, 2, 2));
}

TEST(Statistics, SignedRanksOfATextbook) {
  // Wilcoxon 1945, Darwin's maize: W+ = 96 of 120 for n = 15, without ties.
  const SignedRankTest maize =
      signed_rank_test({49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48});
  EXPECT_EQ(maize.pairs, 15U);
  EXPECT_EQ(maize.positive, 96);
  // (96 - 60) / √(15·16·31/24)
  EXPECT_NEAR(maize.z, 36 / std::sqrt(310.0), 1e-12);
  EXPECT_NEAR(maize.p, 0.0409, 0.0001);
}

TEST(Statistics, SignedRanksWithTiesAndZeros) {
  // |d| = 1 1 2 2 3: ranks 1.5 1.5 3.5 3.5 5; two ties of two.
  const SignedRankTest test = signed_rank_test({1, 0, -1, 2, 2, 3, 0});
  EXPECT_EQ(test.pairs, 5U);
  EXPECT_EQ(test.positive, 13.5);
  EXPECT_NEAR(test.z, (13.5 - 7.5) / std::sqrt(5 * 6 * 11 / 24.0 - 2 * 6 / 48.0), 1e-12);
  EXPECT_EQ(signed_rank_test({0, 0}).p, 1);
  EXPECT_NEAR(signed_rank_test({1, -1}).p, 1, 1e-12);
}

TEST(Statistics, Correlations) {
  // Anscombe's first set: r = 0.81642.
  const std::vector<double> x = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
  const std::vector<double> y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
  EXPECT_NEAR(*pearson(x, y), 0.81642, 1e-5);
  EXPECT_NEAR(*spearman(x, y), 1 - 6.0 * 40 / (11 * 120), 1e-12);  // Σd² = 40, no ties
  EXPECT_NEAR(*spearman({1, 2, 3, 4}, {1, 8, 27, 1000}), 1, 1e-12);
  EXPECT_FALSE(pearson({1, 1}, {1, 2}));
  EXPECT_FALSE(pearson({1}, {1}));
}

TEST(Statistics, ErrorsAreSharesOfTheTruth) {
  EXPECT_NEAR(*mean_absolute_share({110, 50, 7}, {100, 100, 0}), 0.3, 1e-12);
  EXPECT_FALSE(mean_absolute_share({1}, {0}));
}

TEST(Statistics, PassAtKIsTheShareOfDrawsThatHoldARightAnswer) {
  // Of the C(5,2) = 10 pairs of five answers, C(3,2) = 3 hold none of the two right ones.
  EXPECT_NEAR(pass_at_k(5, 2, 2), 0.7, 1e-12);
  EXPECT_NEAR(pass_at_k(5, 2, 1), 0.4, 1e-12);
  EXPECT_EQ(pass_at_k(5, 4, 2), 1);
  EXPECT_EQ(pass_at_k(5, 0, 5), 0);
  // 200 of which 7: 1 - C(193,100) / C(200,100), by ∏ (100 - i) / (200 - i).
  double none = 1;
  for (int i = 0; i < 7; ++i) none *= (100.0 - i) / (200.0 - i);
  EXPECT_NEAR(pass_at_k(200, 7, 100), 1 - none, 1e-12);
}

}  // namespace
}  // namespace llmc
