#include "eval/comparison.h"

#include <nlohmann/json.hpp>

#include <cmath>

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Twenty units of 100 bytes, the first `smaller` of which a list makes 90 bytes.
ResultSet results(std::size_t smaller, const std::string& model = "nano") {
  ResultSet set;
  set.runs = {{"flags", "0.1.0", "19.1.7", "x86_64", "binary", 1, "builtin", "llmc", model, "ab"}};
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string id = "u" + std::to_string(i);
    set.units.push_back({id, id + ".c", "b", "", Measurement{1, 100, 0, 0, 0, 0}, 100});
    set.proposals.push_back(
        {id, "model", 1, "sroa", ProposalStatus::ok, "", i < smaller ? 90 : 105, 1});
  }
  return set;
}

TEST(Comparison, GainsOfBothWithTheDifference) {
  const Comparison comparison = compare_results(results(5), results(15), {});
  ASSERT_EQ(comparison.gains.size(), 1U);
  const ComparedGains& gains = comparison.gains[0];
  EXPECT_EQ(gains.k, 1U);
  EXPECT_NEAR(gains.first, 1 - std::pow(0.9, 0.25), 1e-12);
  EXPECT_NEAR(gains.second, 1 - std::pow(0.9, 0.75), 1e-12);
  EXPECT_NEAR(gains.second_raw, 1 - std::pow(0.9, 0.75) * std::pow(1.05, 0.25), 1e-12);
  EXPECT_NEAR(gains.paired.difference, gains.second - gains.first, 1e-12);
  EXPECT_GT(gains.paired.interval.low, 0);
  EXPECT_LT(gains.paired.test.p, 0.01);
  EXPECT_EQ(gains.paired.smaller, 10U);
  EXPECT_FALSE(is_worse(gains, std::nullopt));
}

TEST(Comparison, WhatIsWorse) {
  const ComparedGains much = compare_results(results(15), results(5), {}).gains[0];
  EXPECT_TRUE(is_worse(much, std::nullopt));
  EXPECT_FALSE(is_worse(much, 0.5));
  const ComparedGains little = compare_results(results(15), results(14), {}).gains[0];
  EXPECT_FALSE(is_worse(little, std::nullopt));  // one unit of twenty could be chance
  EXPECT_TRUE(is_worse(little, 0.001));
  const ComparedGains same = compare_results(results(15), results(15), {}).gains[0];
  EXPECT_FALSE(is_worse(same, 0.0));
  EXPECT_EQ(same.paired.test.p, 1);
}

TEST(Comparison, UnitsAndProposersOfOnlyOneAreSaidAndDoNotCount) {
  ResultSet first = results(5), second = results(5);
  first.units.push_back({"only", "only.c", "b", "", Measurement{1, 100, 0, 0, 0, 0}, 100});
  first.proposals.push_back({"only", "model", 1, "sroa", ProposalStatus::ok, "", 1, 1});
  second.units.push_back({"other", "other.c", "b", "", Measurement{1, 10, 0, 0, 0, 0}, 10});
  second.proposals.push_back({"u0", "random", 1, "sroa", ProposalStatus::ok, "", 1, 1});
  second.units[0].size = 101;
  const Comparison comparison = compare_results(first, second, {});
  EXPECT_EQ(comparison.common_units, 20U);
  EXPECT_THAT(comparison.only_first, ElementsAre("only.c"));
  EXPECT_THAT(comparison.only_second, ElementsAre("other.c"));
  EXPECT_THAT(comparison.proposers_only_second, ElementsAre("random"));
  EXPECT_EQ(comparison.other_baselines, 1U);
  EXPECT_NEAR(comparison.gains[0].first, 1 - std::pow(0.9, 0.25), 1e-12);
  EXPECT_THAT(print_comparison(comparison), HasSubstr("1 only in B: other.c"));
}

TEST(Comparison, TheOrderOfUnitsIsOfNoAccount) {
  ResultSet reversed = results(15);
  std::ranges::reverse(reversed.units);
  std::ranges::reverse(reversed.proposals);
  EXPECT_EQ(comparison_json(compare_results(results(5), reversed, {})),
            comparison_json(compare_results(results(5), results(15), {})));
}

TEST(Comparison, OtherVersionsAreSaid) {
  const Comparison comparison = compare_results(results(5), results(5, "small"), {});
  ASSERT_EQ(comparison.versions.size(), 1U);
  EXPECT_EQ(comparison.versions[0].what, "model");
  EXPECT_THAT(print_comparison(comparison), HasSubstr("model: A nano, B small\n"));
  EXPECT_THAT(compare_results(results(5), results(5), {}).versions, IsEmpty());
}

TEST(Comparison, NumbersOfOtherTasks) {
  ResultSet first, second;
  for (int i = 0; i < 4; ++i) {
    LiftRow row{std::to_string(i), "b", "u.c", "f", "rules", 3};
    row.rung = i < 1 ? LiftedTo::identical : LiftedTo::compiles;
    first.lifts.push_back(row);
    row.rung = i < 3 ? LiftedTo::identical : LiftedTo::compiles;
    second.lifts.push_back(row);
  }
  second.lifts.push_back({"9", "b", "u.c", "f", "rules", 3});
  first.perplexities = {{"t", "b", "ir", 10, 30, 10}};
  second.perplexities = {{"t", "b", "ir", 20, 30, 10}};
  first.codes = {{"1", "MBPP", 4, 1}};
  second.codes = {{"1", "MBPP", 4, 2}};
  const Comparison comparison = compare_results(first, second, {});
  ASSERT_EQ(comparison.numbers.size(), 3U);
  EXPECT_EQ(comparison.numbers[0].what, "rules lifted identically");
  EXPECT_EQ(comparison.numbers[0].count, 4U);
  EXPECT_EQ(comparison.numbers[0].first, 0.25);
  EXPECT_EQ(comparison.numbers[0].second, 0.75);
  EXPECT_NEAR(comparison.numbers[1].second, std::exp(0.5), 1e-12);
  EXPECT_EQ(comparison.numbers[2].second, 0.5);
  EXPECT_FALSE(is_worse(comparison.numbers[1], 0));
  const Comparison back = compare_results(second, first, {});
  EXPECT_TRUE(is_worse(back.numbers[0], 0.1) && is_worse(back.numbers[1], 0.1));
  EXPECT_FALSE(is_worse(back.numbers[2], 0.5));
}

TEST(Comparison, AsJson) {
  const auto json = nlohmann::json::parse(
      comparison_json(compare_results(results(5), results(15), {{1}, {200, 1, {}}, true})));
  EXPECT_EQ(json["common_units"], 20);
  EXPECT_EQ(json["gains"][0]["proposer"], "model");
  EXPECT_GT(json["gains"][0]["difference"], 0.04);
}

}  // namespace
}  // namespace llmc
