#include "benchmark/flag_rows.h"

#include <set>

#include "benchmark/evaluated_program.h"
#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

FlagSizes sizes_of_unit() {
  FlagSizes sizes;
  sizes.baseline = 100;
  sizes.measured.text = 100;
  sizes.with = {{"a", 90}, {"b", 80}, {"c", std::nullopt}, {"d", 100}};
  sizes.failures = {{"c", "crash: signal 11"}};
  return sizes;
}

std::vector<ProposalRow> rows_of_unit(const std::string& proposer,
                                      const std::vector<std::string>& lists) {
  return list_rows("u", proposer, lists, sizes_of_unit());
}

/// The unit u of 100 bytes, and what is proposed for it.
ResultSet results_of(std::vector<ProposalRow> rows) {
  ResultSet results;
  results.units.emplace_back().id = "u";
  results.units[0].size = 100;
  results.proposals = std::move(rows);
  return results;
}

TEST(FlagRows, ListsHaveTheirRankAndCost) {
  const auto rows = rows_of_unit("portfolio", {"a", "b", "c", "d"});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[1].rank, 2U);
  EXPECT_EQ(rows[1].compilations, 2U);
  EXPECT_EQ(rows[1].size, 80U);
  EXPECT_EQ(rows[2].status, ProposalStatus::failed);
  EXPECT_EQ(rows[2].reason, "crash: signal 11");
  EXPECT_FALSE(rows[2].size);
}

TEST(FlagRows, AUnitWithoutABaselineSaysWhy) {
  Program program;
  program.name = "x.c";
  FlagSizes sizes;
  sizes.failures["clang -Oz"] = "timeout: no end";
  EXPECT_EQ(unit_row(program, "b", sizes).failed, "timeout: no end");
  const UnitRow row = unit_row(program, "b", sizes_of_unit());
  EXPECT_EQ(row.size, 100U);
  EXPECT_EQ(row.baseline->text, 100U);
  EXPECT_EQ(row.benchmark, "b");
}

/// Tests where nothing is known but that `known` are sound; those of `unsound` turn out to be.
class RecordedTests {
 public:
  explicit RecordedTests(std::set<std::string> unsound, std::set<std::string> known = {})
      : unsound_(std::move(unsound)), known_(std::move(known)) {}

  TestedLists run(ResultSet& results, std::size_t most = SIZE_MAX) {
    ListTests tests;
    tests.known = [&](const std::string& list) -> Result<std::optional<bool>> {
      return known_.contains(list) ? std::optional(true) : std::nullopt;
    };
    tests.test = [&](const std::string& list) -> Result<bool> {
      asked.push_back(list);
      return !unsound_.contains(list);
    };
    tests.most = most;
    tests.progress = [](std::size_t done, std::size_t all) { EXPECT_LE(done, all); };
    return take(test_deciding_lists(results, {1}, tests));
  }

  std::vector<std::string> asked;

 private:
  std::set<std::string> unsound_, known_;
};

std::vector<std::string> tested_lists(ResultSet& results, const std::set<std::string>& unsound) {
  RecordedTests tests(unsound);
  tests.run(results);
  return tests.asked;
}

TEST(FlagRows, OnlyListsThatDecideAreTested) {
  ResultSet results = results_of(rows_of_unit("portfolio", {"a", "b", "c", "d"}));
  // a is the best of the first, b of all; d is no smaller, c failed.
  EXPECT_THAT(tested_lists(results, {}), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(results.proposals[0].status, ProposalStatus::ok);
}

TEST(FlagRows, WhereTheBestIsUnsoundTheNextIsTested) {
  ResultSet results = results_of(rows_of_unit("model", {"b", "a"}));
  EXPECT_THAT(tested_lists(results, {"b"}), UnorderedElementsAre("a", "b"));
  const auto& rows = results.proposals;
  EXPECT_EQ(rows[0].status, ProposalStatus::unsound);
  EXPECT_FALSE(rows[0].reason.empty());
  EXPECT_EQ(rows[1].status, ProposalStatus::ok);
}

TEST(FlagRows, ListsThatSaveMostAreTestedFirstAndTheRestCountsAsFailed) {
  ResultSet results = results_of(rows_of_unit("model", {"a", "b"}));
  RecordedTests tests({});
  const TestedLists counts = tests.run(results, 1);
  EXPECT_THAT(tests.asked, ElementsAre("b"));
  EXPECT_EQ(counts.deciding, 1U);
  EXPECT_EQ(counts.left_untested, 1U);
  EXPECT_EQ(results.proposals[0].status, ProposalStatus::untested);
  EXPECT_EQ(results.proposals[1].status, ProposalStatus::ok);
}

TEST(FlagRows, KnownListsCostNoTestAndTakeThePlaceOfOthersAsSmall) {
  FlagSizes sizes = sizes_of_unit();
  sizes.with["e"] = 80;
  ResultSet results = results_of(list_rows("u", "model", {"b", "e", "a"}, sizes));
  RecordedTests tests({}, {"e"});
  const TestedLists counts = tests.run(results);
  EXPECT_THAT(tests.asked, ElementsAre("b"));  // the smallest of the first one
  EXPECT_EQ(counts.left_untested, 0U);
  results = results_of(list_rows("u", "model", {"a", "b", "e"}, sizes));
  RecordedTests again({}, {"a", "e"});
  EXPECT_EQ(again.run(results).deciding, 2U);
  EXPECT_THAT(again.asked, ElementsAre());
  EXPECT_EQ(results.proposals[1].status, ProposalStatus::untested);
  EXPECT_EQ(results.proposals[2].status, ProposalStatus::ok);
}

TEST(FlagRows, WhatClangMakesAtALevelIsNoListOfPasses) {
  ResultSet results = results_of(rows_of_unit("model", {"d", "a"}));
  ProposalRow level = results.proposals[0];
  level.list = "clang -Os";
  level.size = 70;
  const ProposalRow &same_as_oz = results.proposals[0], &a = results.proposals[1];
  const UnitRow& unit = results.units[0];
  EXPECT_EQ(smaller_pass_list(unit, {&same_as_oz, &level, &a}), &a);
  EXPECT_EQ(smaller_pass_list(unit, {&same_as_oz, &level}), nullptr);
}

TEST(FlagRows, AProgramThatFailedIsARowWithTheReason) {
  Program program;
  program.name = "x.c";
  const UnitRow failed = failed_row(program, "b", "no header");
  EXPECT_EQ(failed.id, program.id.hex());
  EXPECT_EQ(failed.benchmark, "b");
  EXPECT_EQ(failed.failed, "no header");
  EXPECT_EQ(unloaded_row("x.c", "", "no header").id, Digest::of("x.c").hex());
  EXPECT_TRUE(parse_result_row(print_result_row(failed)));
}

TEST(FlagRows, AnErrorOfATestEndsTheRun) {
  ResultSet results = results_of(rows_of_unit("model", {"a"}));
  ListTests tests;
  tests.known = [](const std::string&) -> Result<std::optional<bool>> { return std::nullopt; };
  tests.test = [](const std::string&) -> Result<bool> {
    return fail("interrupted", ErrorKind::interrupted);
  };
  const auto result = test_deciding_lists(results, {1}, tests);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::interrupted);
}

TEST(FlagRows, ASearchHasARowForEachImprovement) {
  SearchResult result;
  result.trace = {{3, 95, "x"}, {40, 90, "y"}};
  result.baseline.sizes.text = 100;
  const auto rows = search_rows("u", "evolve", result, Objective::binary);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].rank, 1U);
  EXPECT_EQ(rows[0].list, k_baseline_list);
  EXPECT_EQ(rows[0].size, 100U);
  EXPECT_EQ(rows[2].rank, 40U);
  EXPECT_EQ(rows[2].compilations, 40U);
  EXPECT_EQ(rows[2].list, "y");
  EXPECT_EQ(rows[2].size, 90U);
}

}  // namespace
}  // namespace llmc
