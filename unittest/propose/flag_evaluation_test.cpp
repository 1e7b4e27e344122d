#include "propose/flag_evaluation.h"

#include <cmath>

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;

const auto k_all_sound = [](const std::string&) { return true; };

/// Three programs; with a and b the first shrinks, the second grows, and the third only stands.
std::vector<FlagSizes> example() {
  return {
      {100, {{"a", 90}, {"b", 80}}}, {200, {{"a", 210}, {"b", std::nullopt}}}, {50, {{"a", 50}}}};
}

FlagProposals proposals() { return {"test", {{"a", "b"}, {"b", "a"}, {"a"}}}; }

TEST(FlagEvaluation, ScoresTheFirstLists) {
  const auto scores = score_proposals(example(), proposals(), {1, 2}, k_all_sound);
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].programs, 3U);
  EXPECT_EQ(scores[0].improved, 1U);
  EXPECT_EQ(scores[0].regressed, 1U);  // a list that failed
  EXPECT_NEAR(scores[0].gain, 1 - std::cbrt(0.9), 1e-12);
  EXPECT_NEAR(scores[0].unguarded, 1 - std::cbrt(0.9), 1e-12);
  EXPECT_NEAR(scores[1].gain, 1 - std::cbrt(0.8), 1e-12);
  EXPECT_NEAR(scores[1].unguarded, 1 - std::cbrt(0.8 * 1.05), 1e-12);
  EXPECT_EQ(scores[1].bytes_before, 350U);
  EXPECT_EQ(scores[1].bytes_after, 330U);
}

TEST(FlagEvaluation, UnsoundListsCountForNothing) {
  const auto no_b = [](const std::string& list) { return list != "b"; };
  const auto scores = score_proposals(example(), proposals(), {2}, no_b);
  EXPECT_NEAR(scores[0].gain, 1 - std::cbrt(0.9), 1e-12);
  EXPECT_NEAR(score_best(example(), no_b).gain, 1 - std::cbrt(0.9), 1e-12);
  EXPECT_NEAR(score_best(example(), k_all_sound).gain, 1 - std::cbrt(0.8), 1e-12);
}

TEST(FlagEvaluation, ProgramsWithoutABaselineAreLeftOut) {
  std::vector<FlagSizes> sizes = example();
  sizes[0].baseline.reset();
  EXPECT_EQ(score_proposals(sizes, proposals(), {1}, k_all_sound)[0].programs, 2U);
  EXPECT_THAT(score_proposals(sizes, proposals(), {2}, k_all_sound)[0].log_ratios,
              ElementsAre(0, 0));
}

TEST(FlagEvaluation, BootstrapAgreesWithTheNormalApproximation) {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 2);
  const Interval interval = bootstrap_mean(values, 4000, 1);
  const double expected = 1.96 * 0.5 / 20;  // 1.96 σ/√n
  EXPECT_NEAR(interval.low, 0.5 - expected, 0.005);
  EXPECT_NEAR(interval.high, 0.5 + expected, 0.005);
  EXPECT_EQ(bootstrap_mean({}, 100, 1).low, 0);
}

}  // namespace
}  // namespace llmc
