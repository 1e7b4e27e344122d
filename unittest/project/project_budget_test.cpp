#include "project/project_budget.h"

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A claim after its first chunk.
BudgetClaim started(double bytes) {
  BudgetClaim claim(bytes);
  claim.learn(16, 0);
  return claim;
}

TEST(Budget, LargeUnitsComeFirstAsLongAsNothingElseIsKnown) {
  const std::vector<BudgetClaim> claims = {BudgetClaim(100), BudgetClaim(900), BudgetClaim(500)};
  EXPECT_THAT(choose_claims(claims, 16, 2), ElementsAre(1, 2));
}

TEST(Budget, TheExpectedSavingIsTheRateForEachDoubling) {
  BudgetClaim claim = started(1000);
  EXPECT_DOUBLE_EQ(claim.expected_saving(16), 6);  // 0.6 % of it: from 16 to 32
  EXPECT_DOUBLE_EQ(claim.expected_saving(48), 12);  // from 16 to 64
}

TEST(Budget, TheRateMovesHalfWayToWhatAChunkShows) {
  BudgetClaim claim = started(1000);
  claim.learn(16, 30);
  EXPECT_DOUBLE_EQ(claim.expected_saving(32), 18);  // between 6 and 30, from 32 to 64
  claim.learn(32, 0);
  EXPECT_DOUBLE_EQ(claim.expected_saving(64), 9);
  EXPECT_EQ(claim.spent(), 64U);
}

TEST(Budget, AUnitThatRespondsGoesBeforeALargerOneThatDoesNot) {
  std::vector<BudgetClaim> claims = {started(4000), started(1000)};
  EXPECT_THAT(choose_claims(claims, 16, 1), ElementsAre(0));
  claims[0].learn(16, 0);
  claims[1].learn(16, 40);
  EXPECT_THAT(choose_claims(claims, 16, 1), ElementsAre(1));
}

TEST(Budget, WhereSecondsCountQuickUnitsGoFirst) {
  const std::vector<BudgetClaim> claims = {BudgetClaim(1000, 0.1), BudgetClaim(2000, 0.5)};
  EXPECT_THAT(choose_claims(claims, 16, 1), ElementsAre(0));
}

TEST(Budget, WhatIsFinishedOrEmptyGetsNothing) {
  std::vector<BudgetClaim> claims = {BudgetClaim(1000), BudgetClaim(0)};
  claims[0].finish();
  EXPECT_THAT(choose_claims(claims, 16, 5), IsEmpty());
}

}  // namespace
}  // namespace llmc
