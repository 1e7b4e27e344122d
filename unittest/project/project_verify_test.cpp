#include "project/project_verify.h"

#include <set>

#include "project/project_choice.h"
#include "support/halving.h"
#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Decisions for the units u0, u1, …
LockFile lock_of(std::size_t units) {
  LockFile lock("19.1.7");
  for (std::size_t i = 0; i < units; ++i)
    lock.set({Digest{0, i + 1}, "u" + std::to_string(i), "dce", 100, 90, Digest{}});
  return lock;
}

std::set<std::string> units_of(const LockFile& lock) {
  std::set<std::string> units;
  for (const LockEntry& entry : lock.entries()) units.insert(entry.unit);
  return units;
}

/// A project that fails where one of `guilty` has its decision.
LockTrial fails_with(const std::set<std::string>& guilty, std::size_t& trials) {
  return [&trials, guilty](const LockFile& lock) -> Result<std::string> {
    ++trials;
    for (const std::string& unit : units_of(lock))
      if (guilty.contains(unit)) return "the tests fail with " + unit;
    return std::string();
  };
}

TEST(DropGuilty, FindsTheOnlyOneInLogarithmicTime) {
  std::size_t trials = 0;
  std::vector<DroppedDecision> dropped;
  const LockFile left = test::take(drop_guilty(lock_of(9), fails_with({"u6"}, trials), dropped));
  EXPECT_EQ(left.entries().size(), 8U);
  EXPECT_FALSE(units_of(left).contains("u6"));
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].entry.unit, "u6");
  EXPECT_EQ(dropped[0].reason, "the tests fail with u6");
  EXPECT_LE(trials, 7U);
}

TEST(DropGuilty, FindsSeveral) {
  std::size_t trials = 0;
  std::vector<DroppedDecision> dropped;
  const LockFile left =
      test::take(drop_guilty(lock_of(8), fails_with({"u0", "u4", "u7"}, trials), dropped));
  EXPECT_EQ(left.entries().size(), 5U);
  EXPECT_EQ(dropped.size(), 3U);
}

TEST(DropGuilty, LeavesAGoodLockAlone) {
  std::size_t trials = 0;
  std::vector<DroppedDecision> dropped;
  EXPECT_EQ(test::take(drop_guilty(lock_of(3), fails_with({}, trials), dropped)), lock_of(3));
  EXPECT_EQ(trials, 1U);
  EXPECT_THAT(dropped, IsEmpty());
}

TEST(DropGuilty, BlamesNobodyForWhatFailsAnyway) {
  std::vector<DroppedDecision> dropped;
  const LockTrial never = [](const LockFile&) -> Result<std::string> {
    return std::string("the tests fail: flaky");
  };
  EXPECT_THAT(test::message_of(drop_guilty(lock_of(3), never, dropped)),
              HasSubstr("even with an empty lock file"));
}

TEST(Halving, FindsTheFirstThatHolds) {
  for (std::size_t count = 1; count < 20; ++count)
    for (std::size_t first = 1; first <= count; ++first)
      EXPECT_EQ(test::take(smallest_that_holds(
                    count, [&](std::size_t k) -> Result<bool> { return k >= first; })),
                first);
}

/// A result with rows below an -Oz of 1000 bytes.
TunedProgram tuned(const std::vector<std::pair<std::string, std::uint64_t>>& rows) {
  TunedProgram one;
  SearchResult result;
  result.baseline.list = k_baseline_list;
  result.baseline.outcome = Outcome::ok;
  result.baseline.sizes.text = 1000;
  result.best = result.baseline;
  for (const auto& [list, bytes] : rows) {
    Evaluation row = result.baseline;
    row.list = list;
    row.sizes.text = bytes;
    contend(result, row, Objective::binary);
  }
  if (!result.contenders.empty()) result.best = result.contenders.front();
  one.result = std::move(result);
  return one;
}

constexpr auto k_none_known = [](const std::string&) { return false; };

TEST(ListsWorthTesting, AreThoseThatSaveMostInAllUnits) {
  const std::vector<TunedProgram> units = {tuned({{"a", 900}, {"b", 910}}),
                                           tuned({{"b", 920}, {"c", 915}}), tuned({{"d", 990}})};
  EXPECT_THAT(lists_worth_testing(units, {1, 1, 1}, 1, k_none_known), ElementsAre("b"));
  EXPECT_THAT(lists_worth_testing(units, {1, 1, 1}, 2, k_none_known), ElementsAre("a", "b"));
  EXPECT_THAT(lists_worth_testing(units, {1, 1, 100}, 1, k_none_known), ElementsAre("d"));
}

TEST(ListsWorthTesting, AreNoneWhereKnownOnesDoAsMuch) {
  const std::vector<TunedProgram> units = {tuned({{"a", 900}, {"b", 900}})};
  const auto knows_a = [](const std::string& list) { return list == "a"; };
  EXPECT_THAT(lists_worth_testing(units, {1}, 5, knows_a), IsEmpty());
}

TEST(KeepOnly, TakesTheSmallestOfWhatIsLeft) {
  std::vector<TunedProgram> units = {tuned({{"a", 900}, {"b", 910}}), tuned({{"c", 915}})};
  keep_only(units, {"b"}, k_none_known);
  EXPECT_EQ(units[0].result->best.list, "b");
  EXPECT_EQ(units[1].result->best.list, k_baseline_list);
  EXPECT_THAT(units[1].result->contenders, IsEmpty());
}

}  // namespace
}  // namespace llmc
